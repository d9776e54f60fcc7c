"""Rights to do something alone, that run out by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from shared.clock import system_now
from shared.ids import new_ulid
from shared.mongo import CollectionSpec, Database, Duplicate, reachable

log = structlog.get_logger()

LEASES = CollectionSpec("leases")


# tenant: a lease belongs to a process
async def take_lease(db: Database, name: str, holder: str, lasting: timedelta) -> bool:
    """Take or keep the lease `name`: at most one holder at a time, a dead one is succeeded after `lasting`."""
    now = system_now()
    leases = db["leases"]
    async with reachable():
        mine = await leases.update_one({"_id": name, "holder": holder}, {"$set": {"until": now + lasting}})
        if mine.matched_count:
            return True
        succeeded = await leases.update_one(
            {"_id": name, "until": {"$lt": now}}, {"$set": {"holder": holder, "until": now + lasting}}
        )
        if succeeded.matched_count:
            return True
        try:
            await leases.insert_one({"_id": name, "holder": holder, "until": now + lasting})
            return True
        except Duplicate:
            return False


async def alone(
    db: Database,
    name: str,
    lasting: timedelta,
    every: float,
    once: Callable[[], Awaitable[object]],
    stop: asyncio.Event,
    nudged: asyncio.Event | None = None,
) -> None:
    """Do `once` every `every` seconds until `stop`, in one process at a time. What fails is logged and tried again at the next look.

    Setting `nudged` brings the next look forward, if this process is the one.
    """
    holder = new_ulid()
    while not stop.is_set():
        try:
            if await take_lease(db, name, holder, lasting):
                await once()
        except Exception as error:  # the database is away, say: then nobody has the lease
            log.warning("round_failed", name=name, error=type(error).__name__)
        await _pause(every, stop, *([nudged] if nudged else []))
        if nudged:
            nudged.clear()


async def _pause(seconds: float, *events: asyncio.Event) -> None:
    """Until one of the events is set, `seconds` at most."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
