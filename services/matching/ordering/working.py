"""What a worker does with what they are asked for, and what comes of it. Accepting is a promise they may take back; declining needs no reason."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.matching.ordering.proposing import Proposing
from services.matching.orders import assignment as rules
from services.matching.orders import task as tasks
from services.matching.orders.assignment import Assignment, Changed
from services.matching.orders.evidence import line_of
from services.matching.orders.order import Order, move
from services.matching.orders.task import Task
from services.matching.store.together import together
from shared.changing import settled
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.events.matching.orders import ReturnReason
from shared.idempotency import Command
from shared.ids import derived_id
from shared.outbox import Changes

REWORK_DAYS = 7
"""For units that come back when the order itself is due already."""


class Working:
    def __init__(self, proposing: Proposing) -> None:
        self.proposing = proposing
        self.books = proposing.books
        self.clock = proposing.clock

    async def of(self, tenant: str, resident_id: str, assignment_id: str) -> Assignment:
        """A worker's own. Raises NotFound, also for somebody else's."""
        found = await self.books.assignments.get(tenant, assignment_id)
        if found.resident_id != resident_id:
            raise NotFound(f"no assignment {assignment_id}")
        return found

    async def accept(self, tenant: str, resident_id: str, assignment_id: str, command: Command) -> Assignment:
        """Say yes; the first yes puts the order to work. Raises NotFound, AssignmentNotThere, OrderNotThere."""

        async def attempt() -> Assignment:
            before, seen = await self._mine(tenant, resident_id, assignment_id, command)
            if seen:
                return before
            order = await self.proposing.workable(tenant, before.order_id)
            after, events = rules.accept(before, self.clock.now())
            if after == before:
                return after

            async def work(changes: Changes) -> None:
                await self.books.assignments.write(tenant, after, events, command, changes)
                if order.state != "in_progress":
                    begun, told = move(order, "in_progress", f"resident:{resident_id}", self.clock.now())
                    await self.books.orders.write(tenant, begun, told, changes=changes)

            await together(self.books.outbox, work)
            return replace(after, version=after.version + 1)

        return await settled(attempt)

    async def decline(
        self, tenant: str, resident_id: str, assignment_id: str, command: Command
    ) -> Assignment:
        """Say no, or hand it back. They are not asked for this task again by themselves. Raises NotFound, AssignmentNotThere."""

        async def attempt() -> Assignment:
            before, seen = await self._mine(tenant, resident_id, assignment_id, command)
            if seen:
                return before
            after, events = rules.decline(before, self.clock.now())
            return await self.proposing.give_back(
                tenant, before, after, events, command, declined_by=resident_id
            )

        return await settled(attempt)

    async def start(self, tenant: str, resident_id: str, assignment_id: str, command: Command) -> Assignment:
        """Raises NotFound, AssignmentNotThere."""

        async def attempt() -> Assignment:
            before, seen = await self._mine(tenant, resident_id, assignment_id, command)
            after, events = (before, list[Payload]()) if seen else rules.start(before)
            if after == before:
                return after
            await self.books.assignments.write(tenant, after, events, command)
            return replace(after, version=after.version + 1)

        return await settled(attempt)

    async def record(
        self,
        tenant: str,
        assignment_id: str,
        done: int,
        minutes: int,
        by: str,
        command: Command,
        resident_id: str | None = None,
    ) -> Assignment:
        """What was done: by the worker (`resident_id`), or written down by staff. Raises NotFound, AssignmentNotThere, Invalid."""

        async def attempt() -> Assignment:
            before, seen = await self._mine(tenant, resident_id, assignment_id, command)
            if seen:
                return before
            after = rules.record(before, done, minutes, by, self.clock.now())
            return await self._keep(tenant, after, command)

        return await settled(attempt)

    async def check(
        self,
        tenant: str,
        assignment_id: str,
        checked: int,
        passed: int,
        returned: int,
        reason: ReturnReason | None,
        by: str,
        command: Command,
    ) -> Assignment:
        """Staff have looked at it; units that come back become a task of their own. Raises NotFound, AssignmentNotThere, Invalid."""
        rework_id = derived_id("tsk", assignment_id, "rework")

        async def attempt() -> Assignment:
            before, seen = await self._mine(tenant, None, assignment_id, command)
            if seen:
                return before
            after = rules.check(before, checked, passed, returned, reason, rework_id, by, self.clock.now())
            return await self._keep(tenant, after, command, rework_id)

        return await settled(attempt)

    async def _mine(
        self, tenant: str, resident_id: str | None, assignment_id: str, command: Command
    ) -> tuple[Assignment, bool]:
        """The assignment (of that worker, if one is named), and whether the command was done before."""
        found = await self.books.assignments.find(tenant, assignment_id)
        if resident_id is not None and found.thing.resident_id != resident_id:
            raise NotFound(f"no assignment {assignment_id}")
        return found.thing, command.seen_in(found.document)

    async def _keep(
        self, tenant: str, changed: Changed, command: Command, rework_id: str | None = None
    ) -> Assignment:
        after, events = changed
        if after.state != "completed" or after.result is None:
            await self.books.assignments.write(tenant, after, events, command)
            return replace(after, version=after.version + 1)
        task = await self.books.tasks.get(tenant, after.task_id)
        finished = tasks.finish(task, after.id, after.result.done, after.resident_id)
        line, again = line_of(after), None
        if rework_id and after.checked and after.checked.returned:
            order = await self.books.orders.get(tenant, after.order_id)
            again = self._rework(task, order, after, rework_id, after.checked.returned)

        async def work(changes: Changes) -> None:
            await self.books.assignments.write(tenant, after, events, command, changes)
            await self.books.tasks.write(tenant, finished, changes=changes)
            if line:
                await self.books.results.add(tenant, line, changes)
            if again:
                await self.books.tasks.add(tenant, again, changes=changes)

        await together(self.books.outbox, work)
        return replace(after, version=after.version + 1)

    def _rework(self, task: Task, order: Order, after: Assignment, new_id: str, quantity: int) -> Task:
        now = self.clock.now()
        due: datetime = order.due_at if order.due_at > now else now + timedelta(days=REWORK_DAYS)
        again = tasks.rework(task, new_id, quantity, after.id, due, now)
        return tasks.drop(again) if order.state == "cancelled" else again
