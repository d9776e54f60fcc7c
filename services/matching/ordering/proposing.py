"""Asking somebody: a batch of a task becomes an assignment that they may accept or not. Of two members of staff who ask for the same units, one is first."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from services.matching.ordering.knowing import Knowing
from services.matching.ordering.together import together
from services.matching.orders import assignment as rules
from services.matching.orders import task as tasks
from services.matching.orders.assignment import Assignment, DayShare, Reason
from services.matching.orders.capacity import Capacity, due_of, first_day, release_of
from services.matching.orders.order import WORKABLE, Order, OrderNotThere
from services.matching.orders.problem import Hand
from services.matching.orders.schedule import Job, schedule
from services.matching.orders.task import Task
from shared.changing import settled
from shared.errors import Conflict
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.outbox import Changes

BY_HAND = (Reason("by_hand"),)


class WorkerCannot(Conflict):
    """The worker is not asked for this. `why`: skill, barred (they have declined it, or staff have left them out), room (no time before it is due)."""

    slug: ClassVar[str] = "worker-cannot"


@dataclass(frozen=True)
class Ask:
    """`minutes` None: by the worker's pace. `beyond`: although no time is planned for it."""

    task_id: str
    resident_id: str
    quantity: int | None = None
    minutes: int | None = None
    reasons: tuple[Reason, ...] = BY_HAND
    stretch: bool | None = None
    beyond: bool = False
    note: str | None = None


class Proposing:
    def __init__(self, knowing: Knowing) -> None:
        self.knowing = knowing
        self.books = knowing.books
        self.clock = knowing.clock

    async def propose(self, tenant: str, ask: Ask, by: str, command: Command) -> Assignment:
        """Ask a worker; without a quantity, for all that is left or one batch.

        Raises NotFound (task, worker), OrderNotThere, TaskTaken, TaskClosed, WorkerCannot, Invalid, IdempotencyConflict.
        """
        new_id = command.new_id("asg")

        async def attempt() -> Assignment:
            if made := await self.books.assignments.made_by(tenant, new_id, command):
                return made
            task = await self.books.tasks.get(tenant, ask.task_id)
            fresh, capacity = await self._new(tenant, task, ask, by, new_id)
            made, events = rules.propose(fresh)
            held = tasks.hold(task, new_id, made.quantity)

            async def work(changes: Changes) -> None:
                await self.books.tasks.write(tenant, held, changes=changes)
                if capacity:
                    await self.books.capacities.ask(tenant, capacity, changes)
                await self.books.assignments.add(tenant, made, events, command, changes)

            await together(self.books.outbox, work)
            await self._still_wanted(tenant, made)
            return made

        return await settled(attempt)

    async def replace(
        self, tenant: str, assignment_id: str, ask: Ask, by: str, command: Command
    ) -> Assignment:
        """Staff edit what was proposed: another worker or quantity instead. Raises as `propose`, and AssignmentNotThere."""
        new_id = command.new_id("asg")

        async def attempt() -> Assignment:
            if made := await self.books.assignments.made_by(tenant, new_id, command):
                return made
            before = await self.books.assignments.get(tenant, assignment_id)
            if before.state != "proposed":
                raise rules.AssignmentNotThere(f"it is {before.state}", extra={"state": before.state})
            gone, gone_events = rules.withdraw(before)
            task = tasks.give_back(await self.books.tasks.get(tenant, before.task_id), before.id)
            wanted = replace(ask, task_id=before.task_id, quantity=ask.quantity or before.quantity)
            fresh, capacity = await self._new(tenant, task, wanted, by, new_id, without=before)
            made, events = rules.propose(replace(fresh, replaces=before.id))
            held = tasks.hold(task, new_id, made.quantity)

            async def work(changes: Changes) -> None:
                await self.books.tasks.write(tenant, held, changes=changes)
                if capacity:
                    await self.books.capacities.ask(tenant, capacity, changes)
                await self.books.assignments.write(tenant, gone, gone_events, changes=changes)
                await self.books.assignments.add(tenant, made, events, command, changes)

            await together(self.books.outbox, work)
            await self._still_wanted(tenant, made)
            return made

        return await settled(attempt)

    async def withdraw(self, tenant: str, assignment_id: str, command: Command) -> Assignment:
        """Staff take it back; its units are left again. Raises NotFound, AssignmentNotThere."""

        async def attempt() -> Assignment:
            found = await self.books.assignments.find(tenant, assignment_id)
            if command.seen_in(found.document):
                return found.thing
            gone, events = rules.withdraw(found.thing)
            return await self.give_back(tenant, found.thing, gone, events, command)

        return await settled(attempt)

    async def withdraw_all(self, tenant: str, assignments: Sequence[Assignment]) -> None:
        """Those of them that have no result yet: their order is not wanted any more."""
        for assignment in assignments:
            if assignment.state in rules.MAY_END:
                key = f"withdraw:{assignment.id}"
                with suppress(rules.AssignmentNotThere):  # just declined, or a result has just come
                    await self.withdraw(tenant, assignment.id, Command(key, key))

    async def give_back(
        self,
        tenant: str,
        before: Assignment,
        after: Assignment,
        events: list[Payload],
        command: Command,
        declined_by: str | None = None,
    ) -> Assignment:
        """Keep an assignment that came to nothing. Raises StaleVersion."""
        if after == before:
            return after
        task = tasks.give_back(await self.books.tasks.get(tenant, before.task_id), before.id, declined_by)

        async def work(changes: Changes) -> None:
            await self.books.assignments.write(tenant, after, events, command, changes)
            await self.books.tasks.write(tenant, task, changes=changes)

        await together(self.books.outbox, work)
        return replace(after, version=after.version + 1)

    async def _still_wanted(self, tenant: str, made: Assignment) -> None:
        """Whoever has cancelled the order in this moment may not have seen the request: then it is taken back. Raises OrderNotThere."""
        try:
            await self.workable(tenant, made.order_id)
        except OrderNotThere:
            await self.withdraw_all(tenant, [made])
            raise

    async def workable(self, tenant: str, order_id: str) -> Order:
        """Raises OrderNotThere for an order that nobody works on."""
        order = await self.books.orders.get(tenant, order_id)
        if order.state not in WORKABLE:
            raise OrderNotThere(
                f"an order that is {order.state} is not worked on", extra={"state": order.state}
            )
        return order

    async def _new(
        self,
        tenant: str,
        task: Task,
        ask: Ask,
        by: str,
        new_id: str,
        without: Assignment | None = None,
    ) -> tuple[Assignment, Capacity | None]:
        hand, capacity = await self.knowing.one(tenant, ask.resident_id)
        order = await self.workable(tenant, task.order_id)
        if ask.resident_id in task.barred:
            raise WorkerCannot(
                "they have declined it, or are left out: pin them first", extra={"why": "barred"}
            )
        if not set(task.terms.skills) <= hand.skills:
            raise WorkerCannot("they lack a skill that the task asks for", extra={"why": "skill"})
        quantity = ask.quantity or min(task.left, task.terms.batch or task.left)
        minutes, stretch = await self._judged(tenant, task, ask, quantity)
        made = Assignment(
            id=new_id,
            order_id=order.id,
            task_id=task.id,
            resident_id=ask.resident_id,
            type=task.terms.type,
            quantity=quantity,
            unit_minutes=task.terms.unit_minutes,
            minutes=minutes,
            days=self._days(task, hand, minutes, ask, without),
            due_at=task.terms.due_at,
            check=task.terms.check,
            proposed_at=self.clock.now(),
            proposed_by=by,
            stretch=stretch,
            pinned=task.pinned == ask.resident_id,
            reasons=ask.reasons,
            note=ask.note,
        )
        return made, capacity

    async def _judged(self, tenant: str, task: Task, ask: Ask, quantity: int) -> tuple[int, bool]:
        """Minutes, and whether it is a stretch: as a plan has said, or by what is known now."""
        if ask.minutes is not None and ask.stretch is not None:
            return ask.minutes, ask.stretch
        ability = (await self.knowing.knowledge(tenant)).ability(ask.resident_id, task.terms.type)
        bar = (await self.books.task_types.get(tenant, task.terms.type)).bar
        minutes = math.ceil(quantity * task.terms.unit_minutes * ability.speed.upper)
        return max(minutes, 1), ability.quality.lower < bar

    def _days(
        self, task: Task, hand: Hand, minutes: int, ask: Ask, without: Assignment | None
    ) -> tuple[DayShare, ...]:
        first = first_day(self.clock.now())
        free = list(hand.free)
        if without and without.resident_id == hand.resident_id:
            for share in without.days:  # the time of what is replaced is free for what comes instead
                if 0 <= (day := (share.day - first).days) < len(free):
                    free[day] += share.minutes
        release, due = release_of(task.terms.earliest_at, first), due_of(task.terms.due_at, first)
        found = schedule([Job(0, release, due, minutes)], free)
        if found is None and not ask.beyond:
            raise WorkerCannot("they have no time for it before it is due", extra={"why": "room"})
        shares = sorted(found[0].items()) if found else []
        return tuple(DayShare(first + timedelta(days=day), share) for day, share in shares)
