"""`python -m shared.replay`: publish every event of every service's `event_log` again, in the order in which they happened.

For a JetStream store that was lost: streams and durables are created anew and every consumer gets everything; what it had
handled before meets its inbox row.
"""

import argparse
import asyncio

import nats

from shared.events.envelope import decode
from shared.mongo import Database, reachable
from shared.settings import CoreSettings
from shared.streams import reconcile

SERVICES = ("intake", "matching", "booking", "notify")
PAGE = 500


async def replay(settings: CoreSettings) -> dict[str, int]:
    """Republish the logs; returns the number of events per service. Raises Unavailable, or the broker's errors."""
    nc = await nats.connect(settings.nats_url)
    counts: dict[str, int] = {}
    try:
        js = nc.jetstream(publish_async_max_pending=2 * PAGE)
        await reconcile(js, replicas=settings.nats_replicas)
        for service in SERVICES:
            db = Database(settings.mongo_url, f"{settings.database_prefix}_{service}")
            count = 0
            async with reachable():
                # tenant: the lost streams held the events of all
                rows = db["event_log"].find({}, {"event": 1}).sort("_id", 1)
                while page := await rows.to_list(PAGE):
                    acks = []
                    for row in page:
                        event = decode(row["event"].encode())
                        acks.append(
                            await js.publish_async(
                                event.nats_subject, event.encode(), headers=event.headers()
                            )
                        )
                    await asyncio.wait_for(asyncio.gather(*acks), 30)
                    count += len(acks)
            counts[service] = count
            db.close()
    finally:
        await nc.close()
    return counts


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m shared.replay",
        description="Publish every logged event again (after JetStream was lost).",
    ).parse_args()
    for service, count in asyncio.run(replay(CoreSettings())).items():
        print(f"{service}: {count} events")


if __name__ == "__main__":
    main()
