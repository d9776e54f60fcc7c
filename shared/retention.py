"""Forgetting: what a municipality declared to be kept so many days is deleted after them.

Document by document: a deletion of many at once would stand in the way of every transaction on any of them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pymongo import DeleteOne

from shared.clock import Clock
from shared.leases import alone
from shared.mongo import LONG_AGO, Database, reachable
from shared.registry import Registry
from shared.tenancy import Retention

log = structlog.get_logger()

LOOK_EVERY = 600.0
LEASE_FOR = timedelta(seconds=2 * LOOK_EVERY)
AT_ONCE = 200


@dataclass(frozen=True)
class Kept:
    """Documents of `collection` are kept for `days` of the tenant's declaration after the instant in the field `since`.

    Those where it is absent or null are still in use. The collection needs an index on (tenant_id, `since`).
    """

    collection: str
    since: str
    days: Callable[[Retention], int]


class Forgetting:
    """One process of a service does it at a time."""

    def __init__(self, db: Database, registry: Registry, clock: Clock, kept: Sequence[Kept]) -> None:
        self.db = db
        self.registry = registry
        self.clock = clock
        self.kept = kept

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "retention", LEASE_FOR, LOOK_EVERY, self.once, stop)

    async def once(self) -> int:
        """Delete what is due, tenant by tenant; returns how many documents were deleted."""
        count = 0
        for tenant in list(self.registry.tenants.values()):
            for kept in self.kept:
                cutoff = self.clock.now() - timedelta(days=kept.days(tenant.spec.retention))
                while deleted := await self._delete(tenant.id, kept, cutoff):
                    count += deleted
        if count:
            log.info("forgotten", count=count)
        return count

    async def _delete(self, tenant: str, kept: Kept, cutoff: datetime) -> int:
        # a document whose events still wait is left until they are published
        due = {
            "tenant_id": tenant,
            kept.since: {"$gt": LONG_AGO, "$lt": cutoff},
            "outbox_at": {"$exists": False},
        }
        async with reachable():
            found = await self.db[kept.collection].find(due, {"_id": 1}).limit(AT_ONCE).to_list(AT_ONCE)
            if not found:
                return 0
            deletions = [
                DeleteOne({"_id": row["_id"], "tenant_id": tenant, "outbox_at": {"$exists": False}})
                for row in found
            ]
            return (await self.db[kept.collection].bulk_write(deletions, ordered=False)).deleted_count
