"""What a process that died has left half done, of things that take several transactions: orders that are being cancelled, plans whose workers are being
asked. Looked for at the start and again and again, by one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from services.matching.ordering.parts import Ordering
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry

log = structlog.get_logger()

ROUND = "order-finishing"
SOME = 50
"""Of each kind, of one municipality, at one look."""


class Finishing:
    """`every`: seconds between two looks."""

    def __init__(self, db: Database, registry: Registry, ordering: Ordering, every: float) -> None:
        self.db = db
        self.registry = registry
        self.ordering = ordering
        self.every = every

    async def run(self, stop: asyncio.Event) -> None:
        lasting = timedelta(seconds=max(30.0, 3 * self.every))
        await alone(self.db, ROUND, lasting, self.every, self.once, stop)

    async def once(self) -> int:
        """Finish what is there, tenant by tenant; returns how many. What fails keeps nothing else waiting."""
        books, count = self.ordering.books, 0
        for tenant in list(self.registry.tenants):
            try:
                orders = await books.orders.every(tenant, {"clearing": True}, SOME)
                plans = await books.plans.every(tenant, {"unfinished": True}, SOME)
            except Exception as error:  # it stays half done: the next look tries again
                log.warning("half_done_not_read", tenant=tenant, error=type(error).__name__)
                continue
            for order in orders:
                count += await _tried(self.ordering.cancelling.finish, tenant, order.id)
            for plan in plans:
                count += await _tried(self.ordering.plan_asking.finish, tenant, plan.id)
        return count


async def _tried(finish: Callable[[str, str], Awaitable[object]], tenant: str, thing_id: str) -> bool:
    try:
        await finish(tenant, thing_id)
    except Exception as error:  # the same
        log.warning("half_done_not_finished", tenant=tenant, id=thing_id, error=type(error).__name__)
        return False
    return True
