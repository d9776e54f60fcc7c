"""Client orders, put together once."""

from dataclasses import dataclass

from services.matching.ordering.desk import OrderDesk
from services.matching.ordering.knowing import Knowing
from services.matching.ordering.planning import Planning
from services.matching.ordering.proposing import Proposing
from services.matching.ordering.working import Working
from services.matching.store import Store
from services.matching.store.orders import OrderStore
from shared.clock import Clock


@dataclass(frozen=True)
class Ordering:
    books: OrderStore
    desk: OrderDesk
    knowing: Knowing
    proposing: Proposing
    working: Working
    planning: Planning


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
