"""Waiting until everything that was promised has had its effects."""

import asyncio
import time
from datetime import UTC, datetime

from tests.chaos.databases import Databases, lag

SETTLE_SECONDS = 150.0
LOOK_SECONDS = 0.5
QUIET_LOOKS = 3


class NeverSettled(Exception):
    """Says what was still moving."""


async def settle(databases: Databases, nats_url: str) -> float:
    """Wait until nothing is pending, unacknowledged or due, several looks in a row. Returns the seconds it took."""
    began = time.monotonic()
    quiet = 0
    while quiet < QUIET_LOOKS:
        moving = await _moving(databases, nats_url)
        quiet = 0 if moving else quiet + 1
        if time.monotonic() - began > SETTLE_SECONDS:
            raise NeverSettled(f"after {SETTLE_SECONDS:.0f} s still moving: {moving}")
        await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic() - began


async def _moving(databases: Databases, nats_url: str) -> dict[str, int]:
    behind = await lag(nats_url)
    pending = await asyncio.to_thread(databases.pending)
    due = await asyncio.to_thread(_due, databases)
    return {**behind, **pending, **due}


def _due(databases: Databases) -> dict[str, int]:
    """Messages, webhook deliveries and referrals that somebody still has to do something about now."""
    now = datetime.now(UTC)
    counts = {
        "messages due": len(databases.rows("notify", "messages", {"due_at": {"$lte": now}})),
        "webhooks due": len(databases.rows("notify", "deliveries", {"state": "pending"})),
        "referrals sent": len(databases.rows("intake", "referrals", {"state": "sent"})),
    }
    return {name: count for name, count in counts.items() if count}
