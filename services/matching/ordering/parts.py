"""Client orders, put together once."""

from dataclasses import dataclass

from services.matching.ordering.cancelling import Cancelling
from services.matching.ordering.desk import OrderDesk
from services.matching.ordering.knowing import Knowing
from services.matching.ordering.plan_asking import PlanAsking
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
    cancelling: Cancelling
    knowing: Knowing
    proposing: Proposing
    working: Working
    planning: Planning
    plan_asking: PlanAsking


def ordering_of(store: Store, clock: Clock) -> Ordering:
    """All of it, over one store."""
    knowing = Knowing(store, clock)
    proposing = Proposing(knowing)
    return Ordering(
        store.order_books,
        OrderDesk(store, clock),
        Cancelling(store.order_books, clock),
        knowing,
        proposing,
        Working(proposing),
        Planning(knowing),
        PlanAsking(knowing),
    )
