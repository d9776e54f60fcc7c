"""Many requests of one transaction: each is judged beside those before it, and what the judgement rests on is looked at again when they are written."""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.matching.ordering.knowing import EVERY_OPEN, Knowing
from services.matching.orders import assignment as rules
from services.matching.orders import task as tasks
from services.matching.orders.asking import Ask, Effort, request
from services.matching.orders.assignment import Assignment, Changed
from services.matching.orders.capacity import Capacity, first_day, hand_of
from services.matching.orders.order import Order, check_workable
from services.matching.orders.problem import Hand
from services.matching.orders.task import Task
from shared.errors import NotFound, Refused, Unavailable


class Batch:
    """As of `now`. `workers` are the active ones, `open_ones` what everybody is asked for already (by resident)."""

    def __init__(
        self,
        now: datetime,
        workers: Collection[str],
        capacities: Mapping[str, Capacity],
        open_ones: Mapping[str, list[Assignment]],
        orders: Mapping[str, Order],
        tasks: Mapping[str, Task],
    ) -> None:
        self.now = now
        self.made: list[Changed] = []
        self.asked: dict[str, str] = {}
        """Place -> assignment."""
        self.refused: dict[str, str] = {}
        """Place -> slug."""
        self._workers = workers
        self._capacities = capacities
        self._open = {who: list(ones) for who, ones in open_ones.items()}
        self._orders = orders
        self._tasks = dict(tasks)

    def ask(self, place: str, ask: Ask, new_id: str, by: str) -> None:
        """As a plan has judged it, if nothing is against it now."""
        try:
            made, events = rules.propose(self._request(ask, new_id, by))
            self._tasks[made.task_id] = tasks.hold(self._tasks[made.task_id], new_id, made.quantity)
        except Unavailable:
            raise
        except Refused as error:
            self.refused[place] = error.slug
            return
        self._open.setdefault(made.resident_id, []).append(made)
        self.made.append((made, events))
        self.asked[place] = new_id

    def _request(self, ask: Ask, new_id: str, by: str) -> Assignment:
        task = self._tasks.get(ask.task_id)
        if task is None:
            raise NotFound(f"no task {ask.task_id}")
        if ask.resident_id not in self._workers:
            raise NotFound(f"no worker {ask.resident_id}")
        check_workable(self._orders[task.order_id])
        effort = Effort(ask.minutes or 1, bool(ask.stretch))
        return request(new_id, ask, task, self._hand(ask.resident_id), effort, by, self.now)

    def _hand(self, resident_id: str) -> Hand:
        capacity = self._capacities.get(resident_id)
        if capacity is None:
            return Hand(resident_id, ())
        return hand_of(capacity, self._open.get(resident_id, ()), first_day(self.now))

    @property
    def tasks(self) -> list[Task]:
        """Those that are held now for somebody."""
        return [self._tasks[task_id] for task_id in sorted({made.task_id for made, _ in self.made})]

    @property
    def capacities(self) -> list[Capacity]:
        """Of whoever is asked, as they were read."""
        return [self._capacities[who] for who in sorted({made.resident_id for made, _ in self.made})]


async def batch_of(knowing: Knowing, tenant: str, task_ids: Collection[str]) -> Batch:
    """What has to be known to ask for something of these tasks. Capacities before what takes of them: who is asked in between is asked by a later
    count, and the batch is found to be stale."""
    books = knowing.books
    capacities = {capacity.resident_id: capacity for capacity in await books.capacities.every(tenant)}
    known = await books.tasks.of(tenant, task_ids)
    orders = await books.orders.of(tenant, {task.order_id for task in known.values()})
    workers = {w.resident_id for w in await knowing.store.workers.of_tenant(tenant) if w.active}
    open_ones: dict[str, list[Assignment]] = {}
    for one in await books.assignments.every(tenant, {"open": True}, EVERY_OPEN):
        open_ones.setdefault(one.resident_id, []).append(one)
    return Batch(knowing.clock.now(), workers, capacities, open_ones, orders, known)
