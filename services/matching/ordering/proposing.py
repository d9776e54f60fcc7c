"""Asking somebody: a batch of a task becomes an assignment that they may accept or not. Of two members of staff who ask for the same units, one is first."""

from dataclasses import replace

from services.matching.ordering.knowing import Knowing
from services.matching.orders import assignment as rules
from services.matching.orders import task as tasks
from services.matching.orders.asking import Ask, Effort, check_worker, effort_of, request
from services.matching.orders.assignment import Assignment
from services.matching.orders.capacity import Capacity
from services.matching.orders.order import Order, check_workable
from services.matching.orders.task import Task
from services.matching.store.together import together
from shared.changing import settled
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.outbox import Changes


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
                await self.books.capacities.ask(tenant, [capacity] if capacity else [], changes)
                await self.books.assignments.add(tenant, made, events, command, changes)

            await together(self.books.outbox, work)
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
            made, events = rules.propose(fresh)
            gone = replace(gone, replaced_by=new_id)
            held = tasks.hold(task, new_id, made.quantity)

            async def work(changes: Changes) -> None:
                await self.books.tasks.write(tenant, held, changes=changes)
                await self.books.capacities.ask(tenant, [capacity] if capacity else [], changes)
                await self.books.assignments.write(tenant, gone, gone_events, changes=changes)
                await self.books.assignments.add(tenant, made, events, command, changes)

            await together(self.books.outbox, work)
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

    async def workable(self, tenant: str, order_id: str) -> Order:
        """Raises OrderNotThere for an order that nobody works on."""
        order = await self.books.orders.get(tenant, order_id)
        check_workable(order)
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
        await self.workable(tenant, task.order_id)
        check_worker(task, hand)
        effort = await self._effort(tenant, task, ask)
        return request(new_id, ask, task, hand, effort, by, self.clock.now(), without), capacity

    async def _effort(self, tenant: str, task: Task, ask: Ask) -> Effort:
        """As a plan has said, or by what is known now."""
        if ask.minutes is not None and ask.stretch is not None:
            return Effort(ask.minutes, ask.stretch)
        ability = (await self.knowing.knowledge(tenant)).ability(ask.resident_id, task.terms.type)
        kind = await self.books.task_types.get(tenant, task.terms.type)
        return effort_of(ask, task, ability, kind.bar)
