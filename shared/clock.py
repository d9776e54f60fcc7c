"""Time. Rules get `now` passed in; whoever passes it asks the clock.

`python -m shared.clock set 2026-12-01T24:40 | reset` moves the clock of a stack started with BANSO_TEST_CLOCK=1 (the local
stack and tests), so that a journey of several days can be walked in a minute. Production has no such clock to move.

Leases, outbox sweeps and message ids use `system_now`: they are about machines, and no test moves those.
"""

import argparse
import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import nats
from nats.aio.client import Client
from nats.js.errors import BucketNotFoundError

from shared.metrics import CLOCK_SHIFT

TOKYO = ZoneInfo("Asia/Tokyo")
LAST_SERVICE_HOUR = 30
TEST_CLOCK_BUCKET = "test_clock"


def system_now() -> datetime:
    """The machine's time, UTC, to the millisecond (what MongoDB keeps)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Clock:
    """The domain's time. `shift` stays zero outside of stacks with a test clock."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        """The present instant, UTC, to the millisecond."""
        return system_now() + self.shift

    async def follow(self, nc: Client) -> None:
        """Follow the test clock until cancelled."""
        js = nc.jetstream()
        try:
            kv = await js.key_value(TEST_CLOCK_BUCKET)
        except BucketNotFoundError:
            kv = await js.create_key_value(bucket=TEST_CLOCK_BUCKET)
        watcher = await kv.watch("shift")
        async for entry in watcher:
            if entry is not None:
                self.shift = timedelta(seconds=float(entry.value or b"0"))
                CLOCK_SHIFT.set(self.shift.total_seconds())


def parse_service_time(text: str) -> datetime:
    """An ISO date and time whose hour may pass midnight up to 30 ("2026-12-01T24:40"), Asia/Tokyo, as a UTC instant.

    Raises ValueError with the text when it cannot be read.
    """
    day, _, time = text.partition("T")
    try:
        hours, minutes = (int(part) for part in time.split(":")[:2])
        if not (0 <= hours <= LAST_SERVICE_HOUR and 0 <= minutes < 60):
            raise ValueError(time)
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), TOKYO)
        return (midnight + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"not a date and time such as 2026-12-01T24:40: {text!r}") from None


async def set_shift(nats_url: str, shift: timedelta) -> None:
    """Move the test clock of every process of the stack at `nats_url` by `shift` from the machine's time."""
    nc = await nats.connect(nats_url, connect_timeout=3, allow_reconnect=False)
    try:
        js = nc.jetstream()
        kv = await js.create_key_value(bucket=TEST_CLOCK_BUCKET)
        await kv.put("shift", str(shift.total_seconds()).encode())
    finally:
        await nc.close()


def main() -> None:
    from shared.settings import CoreSettings

    parser = argparse.ArgumentParser(prog="python -m shared.clock", description="Move the test clock.")
    parser.add_argument("action", choices=["set", "reset"])
    parser.add_argument("to", nargs="?", help="2026-12-01T24:40, Asia/Tokyo")
    args = parser.parse_args()
    if args.action == "set" and not args.to:
        parser.error("set needs a time such as 2026-12-01T24:40")
    shift = parse_service_time(args.to) - system_now() if args.action == "set" else timedelta()
    asyncio.run(set_shift(CoreSettings().nats_url, shift))


if __name__ == "__main__":
    main()
