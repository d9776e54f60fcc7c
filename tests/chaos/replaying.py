"""Losing the whole JetStream store, and what the event logs make of it."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from tests.chaos.databases import Databases
from tests.chaos.settling import settle
from tests.e2e.stacks import Running

REBUILT = (
    ("intake", "timeline", "intake-timeline-"),
    ("matching", "residents", "matching-residents:"),
)
"""Read models that nothing but events makes: they are deleted too, with the inbox rows of their durables."""


async def lose_and_replay(running: Running, databases: Databases, tenants: Path) -> tuple[int, list[str]]:
    """(events replayed, differences of the read models before and after)."""
    before = await asyncio.to_thread(databases.everything)
    stack, plan = running.stack, running.plan
    await asyncio.to_thread(stack.kill, "nats")
    shutil.rmtree(plan.data / "nats")
    await asyncio.to_thread(stack.start, "nats")
    for service, collection, durable in REBUILT:
        await asyncio.to_thread(_forget, databases, service, collection, durable)
    await running.commanded("shared.declare", "apply", str(plan.root / "declared"), str(tenants))
    printed = await running.commanded("shared.replay")
    count = sum(int(line.partition(": ")[2].split()[0]) for line in printed.splitlines())
    await settle(databases, plan.nats)
    after = await asyncio.to_thread(databases.everything)
    return count, list(_differences(before, after))


def _forget(databases: Databases, service: str, collection: str, durable: str) -> None:
    database = databases.of(service)
    database[collection].delete_many({})
    rows = [row["_id"] for row in database["inbox"].find({}, {"_id": 1}) if row["_id"].startswith(durable)]
    database["inbox"].delete_many({"_id": {"$in": rows}})


def _differences(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> list[str]:
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        lost, more = old.keys() - new.keys(), new.keys() - old.keys()
        changed = [key for key in old.keys() & new.keys() if old[key] != new[key]]
        if lost or more or changed:
            found.append(
                f"{name}: {len(lost)} lost, {len(more)} more, {len(changed)} changed, e.g. {changed[:1]}"
            )
    return found
