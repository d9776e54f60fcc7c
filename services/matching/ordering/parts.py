"""Client orders, put together once."""

from dataclasses import dataclass

from services.matching.ordering.desk import OrderDesk
from services.matching.ordering.knowing import Knowing
from services.matching.ordering.planning import Planning
from services.matching.ordering.proposing import Proposing
from services.matching.ordering.working import Working
from services.matching.orders.order import Order
from services.matching.store import Store
from services.matching.store.orders import OrderStore
from shared.clock import Clock
from shared.idempotency import Command

EVERY_ASSIGNMENT = 20_000
"""Of one order."""


@dataclass(frozen=True)
class Ordering:
    books: OrderStore
    desk: OrderDesk
    knowing: Knowing
    proposing: Proposing
    working: Working
    planning: Planning

    async def cancel(self, tenant: str, order_id: str, by: str, command: Command) -> Order:
        """An order is not wanted any more: what nobody has finished is taken back. Raises NotFound, OrderNotThere."""
        order = await self.desk.cancel(tenant, order_id, by, command)
        asked = await self.books.assignments.every(tenant, {"order_id": order_id}, EVERY_ASSIGNMENT)
        await self.proposing.withdraw_all(tenant, asked)
        return order


def ordering_of(store: Store, clock: Clock) -> Ordering:
    """All of it, over one store."""
    knowing = Knowing(store, clock)
    proposing = Proposing(knowing)
    return Ordering(
        store.order_books,
        OrderDesk(store, clock),
        knowing,
        proposing,
        Working(proposing),
        Planning(proposing),
    )
