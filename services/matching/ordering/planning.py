"""A plan over everybody and everything that is open: computed beside the event loop, and kept."""

import asyncio
from collections.abc import Sequence

from services.matching.ordering.knowing import Knowing, Known
from services.matching.orders.capacity import due_of, release_of
from services.matching.orders.order import WORKABLE, Order
from services.matching.orders.plan_record import PlanRecord, record_of
from services.matching.orders.planning import make_plan
from services.matching.orders.problem import Piece, Problem
from services.matching.orders.task import Task
from services.matching.orders.task_type import TaskType
from shared.idempotency import Command
from shared.tenancy import Tenant

SECONDS = 5.0
AT_ONCE = 1
"""Plans that one process computes at a time: each takes a core."""
MOST_PIECES = 1_500
EVERY_OPEN_TASK, EVERY_ORDER = 5_000, 5_000


class Planning:
    def __init__(self, knowing: Knowing) -> None:
        self.knowing = knowing
        self.books = knowing.books
        self.turn = asyncio.Semaphore(AT_ONCE)

    async def make(self, tenant: Tenant, by: str, command: Command) -> PlanRecord:
        """Compute a plan for the next four weeks within about five seconds, and keep it. Nobody is asked yet. Raises IdempotencyConflict."""
        plan_id = command.new_id("pln")
        if made := await self.books.plans.made_by(tenant.id, plan_id, command):
            return made
        known = await self.knowing.everybody(tenant.id)
        pieces = await self._pieces(tenant.id, known)
        problem = self._problem(tenant, known, pieces[:MOST_PIECES])
        async with self.turn:
            found = await asyncio.to_thread(make_plan, problem, SECONDS)
        record = record_of(found, plan_id, by, known.now, max(len(pieces) - MOST_PIECES, 0))
        await self.books.plans.add(tenant.id, record, command=command)
        return await self.books.plans.get(tenant.id, plan_id)

    async def _pieces(self, tenant: str, known: Known) -> list[Piece]:
        """Batches of all open tasks, those due first first."""
        orders: dict[str, Order] = {}
        for state in sorted(WORKABLE):
            for order in await self.books.orders.every(tenant, {"state": state}, EVERY_ORDER):
                orders[order.id] = order
        types = {kind.code: kind for kind in await self.books.task_types.every(tenant)}
        tasks = await self.books.tasks.every(tenant, {"open": True}, EVERY_OPEN_TASK)
        open_ones = [t for t in tasks if t.order_id in orders and t.terms.due_at > known.now]
        familiar: dict[str, set[str]] = {}
        for task in tasks:
            familiar.setdefault(task.order_id, set()).update(task.workers)
        return [
            piece
            for task in sorted(open_ones, key=lambda t: (t.terms.due_at, t.id))
            for piece in pieces_of(
                task, orders[task.order_id], types[task.terms.type], known, familiar[task.order_id]
            )
        ]

    def _problem(self, tenant: Tenant, known: Known, pieces: Sequence[Piece]) -> Problem:
        hands = tuple(known.hands[resident_id] for resident_id in sorted(known.hands))
        kinds = {piece.type for piece in pieces}
        abilities = {
            (hand.resident_id, kind): known.knowledge.ability(hand.resident_id, kind)
            for hand in hands
            for kind in sorted(kinds)
        }
        share = tenant.spec.matching.stretch
        return Problem(known.first, tuple(pieces), hands, abilities, share)


def pieces_of(task: Task, order: Order, kind: TaskType, known: Known, familiar: set[str]) -> list[Piece]:
    """What is left of a task, in batches; a rest that is smaller than a batch is one, too."""
    size, left = task.terms.batch or task.left, task.left
    found = []
    for number in range(-(-left // size) if size else 0):
        quantity = min(size, left - number * size)
        found.append(
            Piece(
                task_id=task.id,
                number=number,
                order_id=order.id,
                type=task.terms.type,
                quantity=quantity,
                unit_minutes=task.terms.unit_minutes,
                release=release_of(task.terms.earliest_at, known.first),
                due=due_of(task.terms.due_at, known.first),
                looked_at=task.terms.check.units(quantity),
                bar=kind.bar,
                critical=order.critical,
                skills=frozenset(task.terms.skills),
                barred=task.barred,
                familiar=frozenset(familiar),
                pinned=task.pinned,
            )
        )
    return found
