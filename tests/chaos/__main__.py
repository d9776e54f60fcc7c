"""`python -m tests.chaos [--seed N] [--journeys N] [--at-once N]`: exit code 1 when anything was lost or doubled."""

import argparse
import asyncio
import itertools
import json
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.local.demo import samples
from deploy.local.demo.expecting import answered
from deploy.local.demo.person import text_of
from deploy.local.demo.world import World, open_world
from tests.chaos.asking import PromiseBroken, Unanswered
from tests.chaos.breaking import Breaker
from tests.chaos.databases import Databases, dead_letters
from tests.chaos.journeys import journey
from tests.chaos.ledger import Ledger
from tests.chaos.proof import Outside, findings
from tests.chaos.replaying import lose_and_replay
from tests.chaos.settling import NeverSettled, settle
from tests.e2e.stacks import Running, running

SHOWN = 25
TOLD_EVERY = 20


async def _journeys(world: World, ledger: Ledger, breaker: Breaker, args: argparse.Namespace) -> None:
    """All journeys, `at_once` at a time, while the breaker is at work."""
    stop, numbers, done = asyncio.Event(), iter(range(args.journeys)), itertools.count(1)

    async def walker() -> None:
        for number in numbers:
            await journey(world, ledger, number, args.seed)
            if (count := next(done)) % TOLD_EVERY == 0:
                print(f"  {count} journeys, {sum(breaker.done.values())} disturbances", flush=True)

    breaking = asyncio.ensure_future(breaker.run(stop))
    try:
        await asyncio.gather(*(walker() for _ in range(args.at_once)))
    finally:
        stop.set()
        await breaking
        await breaker.mend()


async def _outside(world: World, ledger: Ledger) -> Outside:
    seen = answered(await world.http.get(f"{world.plan.url('line')}/_fake/requests"), "LINE: requests")
    inboxes = {}
    for promised in ledger.residents:
        if promised.line_user:
            inbox = await world.line_inbox(promised.tenant, promised.line_user)
            inboxes[promised.tenant, promised.line_user] = [text_of(message) for message in inbox]
    return Outside(seen["accepted"], inboxes, (await world.partner_received())["webhooks"])


async def _prove(world: World, banso: Running, ledger: Ledger, databases: Databases) -> list[str]:
    took = await settle(databases, world.plan.nats)
    print(f"settled after {took:.1f} s; checking")
    found = await asyncio.to_thread(findings, ledger, databases, await _outside(world, ledger))
    if letters := await dead_letters(world.plan.nats):
        found.append(f"{letters} dead letters: {await banso.commanded('shared.deadletters', 'list')}")
    audit = await asyncio.to_thread(banso.command, "services.booking.audit")
    print(f"booking audit: {audit.stdout.strip()}")
    return found if audit.returncode == 0 else [*found, f"booking audit: {audit.stdout}{audit.stderr}"]


async def chaos(banso: Running, tenants: Path, args: argparse.Namespace) -> list[str]:
    """One whole run; returns what is wrong."""
    ledger, breaker = Ledger(), Breaker(banso.stack, args.seed)
    databases = Databases(banso.plan)
    began = time.monotonic()
    try:
        async with open_world(banso.plan) as world:
            for tenant in world.tenants:
                await samples.load(world, tenant)
            await samples.connect_partner(world, "sample-a")
            print(f"{args.journeys} journeys, {args.at_once} at once, seed {args.seed}", flush=True)
            await _journeys(world, ledger, breaker, args)
            found = await _prove(world, banso, ledger, databases)
            _tell(ledger, breaker, databases, time.monotonic() - began)
            if not found:
                count, different = await lose_and_replay(banso, databases, tenants)
                print(
                    f"JetStream store deleted; {count} events replayed; {len(different)} read models differ"
                )
                found += different
    finally:
        databases.close()
    return found


def _tell(ledger: Ledger, breaker: Breaker, databases: Databases, seconds: float) -> None:
    waits = sorted(ledger.waits)
    hits: dict[str, dict[str, int]] = {}
    for (kind, process), count in sorted(breaker.done.items()):
        hits.setdefault(process, {})[kind] = count
    rows: list[tuple[str, Any]] = [
        ("seconds", f"{seconds:.0f}"),
        ("residents", len(ledger.residents)),
        *sorted(ledger.figures.items()),
        ("wait for an acknowledgement, p50 / p99 / max s",
         f"{statistics.median(waits):.3f} / {waits[int(len(waits) * 0.99)]:.1f} / {waits[-1]:.1f}"),
        ("events logged", len(databases.events())),
        ("appointments", len(databases.rows("booking", "appointments"))),
        ("messages", len(databases.rows("notify", "messages"))),
        ("disturbances", sum(breaker.done.values())),
    ]  # fmt: skip
    for name, value in rows:
        print(f"  {name:<48} {value}")
    for process, kinds in hits.items():
        print(f"    {process:<10} {json.dumps(kinds)}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--journeys", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--keep", action="store_true", help="keep the data and logs of the run")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stack is stopped then, too
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    with running(folder) as banso:
        try:
            found = asyncio.run(chaos(banso, folder / "tenants", args))
        except (Unanswered, NeverSettled, PromiseBroken) as error:
            found = [f"{type(error).__name__}: {error}"]
    for line in found[:SHOWN]:
        print(f"BROKEN  {line}")
    if found or args.keep:
        print(f"data and logs: {folder}")
    print("chaos: nothing lost, nothing doubled" if not found else f"chaos: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
