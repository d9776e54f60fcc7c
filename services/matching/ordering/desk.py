"""Orders and their tasks, as staff and clients move them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.matching.orders import order as rules
from services.matching.orders import task as tasks
from services.matching.orders.order import Order, OrderNotThere
from services.matching.orders.task import Override, OverrideKind, Task, Terms
from services.matching.orders.task_type import TaskType
from services.matching.store import Store
from services.matching.store.changing import must_be
from services.matching.store.orders import OrderStore
from services.matching.store.together import together
from shared.changing import settled
from shared.clock import Clock
from shared.errors import Conflict, Invalid, NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.ids import derived_id
from shared.outbox import Changes

EVERY_TASK = 1_000
"""Of one order."""


class TooManyTasks(Conflict):
    slug = "too-many-tasks"


@dataclass(frozen=True)
class ReturnLine:
    """Units that the client gave back."""

    task_id: str
    quantity: int


class OrderDesk:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.books: OrderStore = store.order_books
        self.clock = clock

    async def receive(
        self,
        tenant: str,
        company_id: str,
        title: str,
        due_at: datetime,
        critical: bool,
        by: str,
        command: Command,
    ) -> Order:
        """A new draft. Raises NotFound (company), Invalid, IdempotencyConflict."""
        order_id = command.new_id("ord")
        if made := await self.books.orders.made_by(tenant, order_id, command):
            return made
        await self.store.companies.get(tenant, company_id)
        order, events = rules.receive(order_id, company_id, title, due_at, critical, by, self.clock.now())
        await self.books.orders.add(tenant, order, events, command)
        return await self.books.orders.get(tenant, order_id)

    async def change(
        self,
        tenant: str,
        order_id: str,
        title: str,
        due_at: datetime,
        critical: bool,
        command: Command,
        expected: int | None = None,
    ) -> Order:
        """Raises NotFound, Invalid, OrderNotThere, StaleVersion."""
        last = max(
            (t.terms.due_at for t in await self.tasks(tenant, order_id) if not t.cancelled), default=None
        )
        return await self._order(
            tenant, order_id, lambda o: rules.change(o, title, due_at, critical, last), command, expected
        )

    async def accept(self, tenant: str, order_id: str, by: str, command: Command) -> Order:
        """The centre takes the order on. Raises NotFound, OrderNotThere."""
        now = self.clock.now()
        return await self._order(tenant, order_id, lambda o: rules.move(o, "accepted", by, now), command)

    async def deliver(self, tenant: str, order_id: str, by: str, command: Command) -> Order:
        """Raises NotFound, OrderNotThere, OrderUnfinished."""
        left = tasks.unfinished(await self.tasks(tenant, order_id))
        now = self.clock.now()
        return await self._order(tenant, order_id, lambda o: rules.deliver(o, left, by, now), command)

    async def client_accepts(self, tenant: str, order_id: str, by: str, command: Command) -> Order:
        """Raises NotFound, OrderNotThere."""
        now = self.clock.now()
        return await self._order(
            tenant, order_id, lambda o: rules.move(o, "accepted_by_client", by, now), command
        )

    async def client_returns(
        self,
        tenant: str,
        order_id: str,
        lines: Sequence[ReturnLine],
        due_at: datetime,
        by: str,
        command: Command,
    ) -> Order:
        """The client gives units back: each line becomes a task of its own, due at `due_at`. It says nothing about anybody's work: who did which
        unit is not known to the client. Raises NotFound, Invalid, OrderNotThere."""
        now = self.clock.now()
        if due_at <= now:
            raise Invalid("due_at", "must be after now")

        async def attempt() -> Order:
            found = await self.books.orders.find(tenant, order_id)
            if command.seen_in(found.document):
                return found.thing
            known = {task.id: task for task in await self.tasks(tenant, order_id)}
            order, events = rules.move(found.thing, "returned", by, now)
            order = replace(order, due_at=max(order.due_at, due_at))
            made = [self._given_back(known, n, line, due_at, now, command) for n, line in enumerate(lines)]

            async def work(changes: Changes) -> None:
                await self.books.orders.write(tenant, order, events, command, changes)
                for task in made:
                    await self.books.tasks.add(tenant, task, changes=changes)

            await together(self.books.outbox, work)
            return await self.books.orders.get(tenant, order_id)

        return await settled(attempt)

    async def add_task(self, tenant: str, order_id: str, terms: Terms, command: Command) -> Task:
        """Raises NotFound (order), Invalid, OrderNotThere, TooManyTasks, IdempotencyConflict."""
        task_id = command.new_id("tsk")
        if made := await self.books.tasks.made_by(tenant, task_id, command):
            return made
        order = await self._changeable(tenant, order_id)
        if len(await self.tasks(tenant, order_id)) >= EVERY_TASK:
            raise TooManyTasks(f"an order has {EVERY_TASK} tasks at most")
        await self._type(tenant, terms.type)
        now = self.clock.now()
        task = Task(task_id, order_id, tasks.check_terms(terms, order.due_at, now), now)
        await self.books.tasks.add(tenant, task, command=command)
        return await self.books.tasks.get(tenant, task_id)

    async def change_task(
        self, tenant: str, task_id: str, terms: Terms, command: Command, expected: int | None = None
    ) -> Task:
        """Raises NotFound, Invalid, OrderNotThere, TaskClosed, StaleVersion."""
        task = await self.books.tasks.get(tenant, task_id)
        order = await self._changeable(tenant, task.order_id)
        await self._type(tenant, terms.type)
        now = self.clock.now()
        return await self._task(
            tenant, task_id, lambda t: tasks.change(t, terms, order.due_at, now), command, expected
        )

    async def cancel_task(self, tenant: str, task_id: str, command: Command) -> Task:
        """Raises NotFound, TaskClosed."""
        return await self._task(tenant, task_id, tasks.cancel, command)

    async def override(
        self,
        tenant: str,
        task_id: str,
        kind: OverrideKind,
        resident_id: str,
        note: str | None,
        by: str,
        command: Command,
        expected: int | None = None,
    ) -> Task:
        """Pin a worker to the task, or leave them out. Plans and proposals respect it. Raises NotFound (task, worker), TaskClosed."""
        await self.store.workers.get(tenant, resident_id)
        made = Override(kind, resident_id, by, self.clock.now(), note)
        return await self._task(tenant, task_id, lambda t: tasks.override(t, made), command, expected)

    async def remove_override(self, tenant: str, task_id: str, resident_id: str, command: Command) -> Task:
        """Raises NotFound (task, worker)."""
        await self.store.workers.get(tenant, resident_id)
        return await self._task(tenant, task_id, lambda t: tasks.without_override(t, resident_id), command)

    async def tasks(self, tenant: str, order_id: str) -> list[Task]:
        """An order's tasks, oldest first; of an order that there is not, none."""
        return await self.books.tasks.every(tenant, {"order_id": order_id}, EVERY_TASK + 10)

    async def _changeable(self, tenant: str, order_id: str) -> Order:
        order = await self.books.orders.get(tenant, order_id)
        if order.state not in rules.CHANGEABLE:
            raise OrderNotThere(
                f"an order that is {order.state} is not changed", extra={"state": order.state}
            )
        return order

    async def _type(self, tenant: str, code: str) -> TaskType:
        found = await self.books.task_types.find(tenant, code)
        if found is None:
            raise Invalid("type", "is no task type that the municipality has declared")
        return found

    def _given_back(
        self,
        known: dict[str, Task],
        n: int,
        line: ReturnLine,
        due_at: datetime,
        now: datetime,
        command: Command,
    ) -> Task:
        task = known.get(line.task_id)
        if task is None:
            raise NotFound(f"no task {line.task_id} of this order")
        if line.quantity > task.done:
            raise Invalid(f"lines.{n}.quantity", f"{task.done} units of it were delivered")
        new_id = derived_id("tsk", command.key, str(n))
        return tasks.rework(task, new_id, line.quantity, None, due_at, now)

    async def _order(
        self,
        tenant: str,
        order_id: str,
        rule: Callable[[Order], tuple[Order, list[Payload]]],
        command: Command,
        expected: int | None = None,
    ) -> Order:
        async def attempt() -> Order:
            found = await self.books.orders.find(tenant, order_id)
            if command.seen_in(found.document):
                return found.thing
            must_be(expected, found.thing.version)
            changed, events = rule(found.thing)
            if changed == found.thing:
                return changed
            await self.books.orders.write(tenant, changed, events, command)
            return replace(changed, version=changed.version + 1)

        return await settled(attempt, expected=expected)

    async def _task(
        self,
        tenant: str,
        task_id: str,
        rule: Callable[[Task], Task],
        command: Command,
        expected: int | None = None,
    ) -> Task:
        async def attempt() -> Task:
            found = await self.books.tasks.find(tenant, task_id)
            if command.seen_in(found.document):
                return found.thing
            must_be(expected, found.thing.version)
            changed = rule(found.thing)
            if changed == found.thing:
                return changed
            await self.books.tasks.write(tenant, changed, command=command)
            return replace(changed, version=changed.version + 1)

        return await settled(attempt, expected=expected)
