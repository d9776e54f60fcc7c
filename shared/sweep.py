"""The leased look for documents whose events a crash left behind."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from shared.clock import system_now
from shared.events.envelope import Event
from shared.ids import new_ulid
from shared.leases import take_lease
from shared.metrics import OUTBOX_AGE
from shared.mongo import reachable
from shared.publisher import WINDOW, Pending, Publisher

log = structlog.get_logger()

SWEEP_AFTER = timedelta(seconds=5)
SWEEP_EVERY = 2.0
LEASE_FOR = timedelta(seconds=15)


class Sweep:
    """Finds pending events that nobody drained: a process died between the write and the publishing."""

    def __init__(self, publisher: Publisher, collections: Sequence[str]) -> None:
        self.publisher = publisher
        self.db = publisher.db
        self.collections = collections
        self.holder = new_ulid()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if await take_lease(self.db, "outbox-sweep", self.holder, LEASE_FOR):
                    await self.once()
                else:
                    OUTBOX_AGE.set(
                        0
                    )  # whoever has the lease tells the age; ours would stay as it was for good
            except Exception as error:
                first = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
                log.warning("outbox_sweep_failed", error=type(first).__name__)
            try:
                await asyncio.wait_for(stop.wait(), SWEEP_EVERY)
            except TimeoutError:
                continue

    async def once(self, *, older_than: timedelta = SWEEP_AFTER) -> int:
        """Drain what has waited longer than `older_than`; returns the number of events published.

        What cannot be drained in one collection keeps no other from being swept. Raises ExceptionGroup with what went wrong.
        """
        published, oldest = 0, 0.0
        failures: list[Exception] = []
        for name in self.collections:
            try:
                while batch := await self._find(name, older_than):
                    # noted before the draining: an age that grows is how it shows that nothing can be published
                    oldest = max(oldest, batch[0][0])
                    published += await self.publisher.drain([pending for _, pending in batch])
                    if len(batch) < WINDOW:
                        break
            except Exception as error:
                failures.append(error)
        OUTBOX_AGE.set(oldest)
        if published:
            log.info("outbox_swept", count=published)
        if failures:
            raise ExceptionGroup("not everything could be swept", failures)
        return published

    async def _find(self, name: str, older_than: timedelta) -> list[tuple[float, Pending]]:
        now = system_now()
        async with reachable():
            # tenant: whatever is pending is published, each event under its own tenant
            documents = (
                await self.db[name]
                .find({"outbox_at": {"$lt": now - older_than}}, {"tenant_id": 1, "outbox": 1, "outbox_at": 1})
                .sort("outbox_at", 1)
                .limit(WINDOW)
                .to_list(WINDOW)
            )
        return [
            (
                (now - document["outbox_at"]).total_seconds(),
                Pending(
                    name,
                    document["tenant_id"],
                    document["_id"],
                    tuple(
                        Event.model_validate_json(stored["event"]) for stored in document.get("outbox", ())
                    ),
                ),
            )
            for document in documents
        ]
