"""What is known when somebody is to be asked: their time, their skills, and how past work went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.matching.orders.assignment import Assignment
from services.matching.orders.capability import Knowledge
from services.matching.orders.capacity import Capacity, first_day, hand_of
from services.matching.orders.problem import Hand
from services.matching.store import Store
from services.matching.store.orders import OrderStore
from shared.clock import Clock
from shared.errors import NotFound

EVERY_OPEN = 20_000


@dataclass(frozen=True)
class Known:
    """As of `now`. `hands` are active workers by resident; `first` is the first day that anybody is asked for."""

    now: datetime
    first: date
    hands: Mapping[str, Hand]
    knowledge: Knowledge


class Knowing:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.books: OrderStore = store.order_books
        self.clock = clock

    async def everybody(self, tenant: str) -> Known:
        """All active workers whose time booking has forecast."""
        now = self.clock.now()
        first = first_day(now)
        active = {w.resident_id for w in await self.store.workers.of_tenant(tenant) if w.active}
        open_ones: dict[str, list[Assignment]] = {}
        for assignment in await self.books.assignments.every(tenant, {"open": True}, EVERY_OPEN):
            open_ones.setdefault(assignment.resident_id, []).append(assignment)
        hands = {
            capacity.resident_id: hand_of(capacity, open_ones.get(capacity.resident_id, ()), first)
            for capacity in await self.books.capacities.every(tenant)
            if capacity.resident_id in active
        }
        return Known(now, first, hands, Knowledge(await self.books.results.known(tenant, now), now))

    async def one(self, tenant: str, resident_id: str) -> tuple[Hand, Capacity | None]:
        """An active worker with the time that is left, none while booking has forecast nothing. Raises NotFound."""
        worker = await self.store.workers.get(tenant, resident_id)
        if not worker.active:
            raise NotFound(f"no worker {resident_id}")
        capacity = await self.books.capacities.find(tenant, resident_id)
        if capacity is None:
            return Hand(resident_id, ()), None
        where = {"resident_id": resident_id, "open": True}
        asked_for = await self.books.assignments.every(tenant, where, EVERY_OPEN)
        return hand_of(capacity, asked_for, first_day(self.clock.now())), capacity

    async def knowledge(self, tenant: str) -> Knowledge:
        """How past work went, as of now."""
        now = self.clock.now()
        return Knowledge(await self.books.results.known(tenant, now), now)
