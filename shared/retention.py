"""Forgetting: what a municipality declared to be kept so many days is deleted after them (docs/retention.md).

Document by document: a deletion of many at once would stand in the way of every transaction on any of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pymongo import DeleteOne

from shared.clock import Clock
from shared.leases import alone
from shared.mongo import LONG_AGO, Database, Document, reachable
from shared.registry import Registry
from shared.tenancy import Retention

log = structlog.get_logger()

LOOK_EVERY = 600.0
LEASE_FOR = timedelta(seconds=2 * LOOK_EVERY)
AT_ONCE = 200

LetGo = Callable[[str, Sequence[Document]], Awaitable[int]]
"""Lets go of a tenant's documents that are due, with whatever else has to change for that; returns how many went. Some may stay."""


@dataclass(frozen=True)
class Kept:
    """Documents of `collection` are kept for `days` of the tenant's declaration after the instant in the field `since`; None: for good.

    Those where it is absent or null are still in use. `by_date`: the field is text that begins with an ISO date. `where` are equalities
    that hold of those that may go. The collection needs an index on (tenant_id, equalities, `since`). `let_go`: how they go, when
    others must change with them.
    """

    collection: str
    since: str
    days: Callable[[Retention], int | None]
    by_date: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)
    let_go: LetGo | None = None

    def due(self, cutoff: datetime) -> Document:
        """What holds of a document that is due. One whose events still wait is left until they are published."""
        first, end = ("2000", cutoff.date().isoformat()) if self.by_date else (LONG_AGO, cutoff)
        return {**self.where, self.since: {"$gt": first, "$lt": end}, "outbox_at": {"$exists": False}}


class Forgetting:
    """One process of a service does it at a time. A pool's own documents are kept as where nothing is declared."""

    def __init__(self, db: Database, registry: Registry, clock: Clock, kept: Sequence[Kept]) -> None:
        self.db = db
        self.registry = registry
        self.clock = clock
        self.kept = kept

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "retention", LEASE_FOR, LOOK_EVERY, self.once, stop)

    async def once(self) -> int:
        """Delete what is due, tenant by tenant; returns how many documents were deleted. What fails of one keeps no other waiting."""
        homes = {tenant.id: tenant.spec.retention for tenant in self.registry.tenants.values()}
        homes |= dict.fromkeys(self.registry.pools, Retention())
        count = 0
        for home, retention in homes.items():
            for kept in self.kept:
                if (days := kept.days(retention)) is None:
                    continue
                try:
                    count += await self._forget(home, kept, self.clock.now() - timedelta(days=days))
                except Exception as error:  # what is due stays due: the next look tries again
                    name = type(error).__name__
                    log.warning("not_forgotten", tenant=home, collection=kept.collection, error=name)
        if count:
            log.info("forgotten", count=count)
        return count

    async def _forget(self, tenant: str, kept: Kept, cutoff: datetime) -> int:
        gone = stayed = 0
        while found := await self._due(tenant, kept, cutoff, stayed):
            went = await (kept.let_go or self._delete(kept, cutoff))(tenant, found)
            gone, stayed = gone + went, stayed + len(found) - went
        return gone

    async def _due(self, tenant: str, kept: Kept, cutoff: datetime, skip: int) -> list[Document]:
        """Some, the oldest first, behind those that were seen and stay."""
        fields = None if kept.let_go else {"_id": 1}
        async with reachable():
            found = self.db[kept.collection].find({**kept.due(cutoff), "tenant_id": tenant}, fields)
            return await found.sort(kept.since).skip(skip).limit(AT_ONCE).to_list(AT_ONCE)

    def _delete(self, kept: Kept, cutoff: datetime) -> LetGo:
        async def delete(tenant: str, found: Sequence[Document]) -> int:
            due = kept.due(cutoff)
            deletions = [DeleteOne({"_id": each["_id"], **due, "tenant_id": tenant}) for each in found]
            async with reachable():
                return (await self.db[kept.collection].bulk_write(deletions, ordered=False)).deleted_count

        return delete
