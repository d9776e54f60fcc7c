"""Cancelling an order: it, every request of it that nobody has finished, and its tasks. One transaction; for a very large order several, of which
the first cancels and the rest are made up for by `Finishing` if this process dies between them. Every task of it is written: whoever asks for something of one at the same
moment meets that, and asks nobody."""

from dataclasses import replace

from services.matching.orders import assignment as work
from services.matching.orders import order as rules
from services.matching.orders import task as tasks
from services.matching.orders.assignment import Assignment
from services.matching.orders.order import Order
from services.matching.orders.task import Task
from services.matching.store.bulk import Bulk, in_one
from services.matching.store.orders import OrderStore
from shared.clock import Clock
from shared.idempotency import Command
from shared.outbox import Changes

AT_ONCE = 200
"""Requests, and tasks, of one transaction."""
EVERY_TASK = 5_000
"""Of one order, those that came back included."""


class Cancelling:
    def __init__(self, books: OrderStore, clock: Clock, at_once: int = AT_ONCE) -> None:
        self.books = books
        self.clock = clock
        self.at_once = at_once

    async def cancel(self, tenant: str, order_id: str, by: str, command: Command) -> Order:
        """An order is not wanted any more: what nobody has finished is taken back. Raises NotFound, OrderNotThere."""

        async def begin(changes: Changes) -> Order:
            found = await self.books.orders.find(tenant, order_id, changes)
            if command.seen_in(found.document):
                return found.thing
            order, events = rules.move(found.thing, "cancelled", by, self.clock.now())
            if order == found.thing:
                return order
            order = replace(order, clearing=await self._clear(tenant, order_id, changes))
            await self.books.orders.write(tenant, order, events, command, changes)
            return replace(order, version=order.version + 1)

        order = await in_one(self.books.outbox, begin)
        return await self.finish(tenant, order_id) if order.clearing else order

    async def finish(self, tenant: str, order_id: str) -> Order:
        """What is left to take back of a cancelled order. Raises NotFound."""

        async def some(changes: Changes) -> Order:
            order = (await self.books.orders.find(tenant, order_id, changes)).thing
            if not order.clearing or await self._clear(tenant, order_id, changes):
                return order
            order = replace(order, clearing=False)
            await self.books.orders.write(tenant, order, changes=changes)
            return replace(order, version=order.version + 1)

        while (order := await in_one(self.books.outbox, some)).clearing:
            continue
        return order

    async def _clear(self, tenant: str, order_id: str, changes: Changes) -> bool:
        """Take some of it back; whether something is left."""
        asked = await self._asked(tenant, order_id, changes)
        every = await self.books.tasks.every(tenant, {"order_id": order_id}, EVERY_TASK, changes)
        present = {task.id: task for task in every}
        changed: dict[str, Task] = {}
        bulk = Bulk(self.books.outbox, tenant)
        for one in asked:
            gone, events = work.withdraw(one)
            self.books.assignments.put(bulk, gone, events)
            task = changed.get(one.task_id, present[one.task_id])
            changed[one.task_id] = tasks.give_back(task, one.id)
        left = len(asked) == self.at_once
        if not left:  # nobody is asked for anything of it any more
            over = [task for task in ({**present, **changed}).values() if tasks.drop(task) != task]
            left = len(over) > self.at_once
            changed.update({task.id: tasks.drop(task) for task in over[: self.at_once]})
        for task in changed.values():
            self.books.tasks.put(bulk, task)
        await bulk.write(changes)
        return left

    async def _asked(self, tenant: str, order_id: str, changes: Changes) -> list[Assignment]:
        """Requests that may be taken back, `at_once` at most."""
        found: list[Assignment] = []
        for state in sorted(work.MAY_END):
            if room := self.at_once - len(found):
                where = {"order_id": order_id, "state": state}
                found += await self.books.assignments.every(tenant, where, room, changes)
        return found
