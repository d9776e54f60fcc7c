"""/matching/v1/orders/{id}/tasks and /tasks: the parts of an order, and staff's word about who works on them."""

from fastapi import APIRouter, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.task import Task
from services.matching.routes.orders.shapes import (
    OrderPath,
    OverrideBody,
    Reader,
    TaskOut,
    TaskPath,
    TaskTerms,
    WorkerPath,
    Writer,
)
from shared.http.etag import IfMatch, etag
from shared.http.request import CommandOf


def task_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(tags=["orders"])
    desk, books = ordering.desk, ordering.books

    @router.post("/orders/{order_id}/tasks", status_code=201)
    async def add_task(
        order_id: OrderPath, body: TaskTerms, actor: Writer, command: CommandOf, response: Response
    ) -> TaskOut:
        """A part of the order. Its type must have been declared, and it is due before the order is."""
        return _shown(await desk.add_task(actor.tenant, order_id, body.terms(), command), response)

    @router.get("/orders/{order_id}/tasks")
    async def list_tasks(order_id: OrderPath, actor: Reader) -> list[TaskOut]:
        """All of the order's tasks, oldest first."""
        await books.orders.get(actor.tenant, order_id)
        return [TaskOut.of(task) for task in await desk.tasks(actor.tenant, order_id)]

    @router.get("/tasks/{task_id}")
    async def get_task(task_id: TaskPath, actor: Reader, response: Response) -> TaskOut:
        """One task; `ETag` is the version for `If-Match`."""
        return _shown(await books.tasks.get(actor.tenant, task_id), response)

    @router.put("/tasks/{task_id}")
    async def change_task(
        task_id: TaskPath,
        body: TaskTerms,
        actor: Writer,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> TaskOut:
        """Other terms. What is done or with somebody stays."""
        return _shown(
            await desk.change_task(actor.tenant, task_id, body.terms(), command, expected), response
        )

    @router.post("/tasks/{task_id}/cancel")
    async def cancel_task(
        task_id: TaskPath, actor: Writer, command: CommandOf, response: Response
    ) -> TaskOut:
        """It is not needed. 409 `task-closed` while somebody works on it."""
        return _shown(await desk.cancel_task(actor.tenant, task_id, command), response)

    @router.put("/tasks/{task_id}/overrides/{resident_id}")
    async def put_override(
        task_id: TaskPath,
        resident_id: WorkerPath,
        body: OverrideBody,
        actor: Writer,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> TaskOut:
        """Pin a worker to the task, or leave them out. Plans respect it; who said it, and why, is kept."""
        task = await desk.override(
            actor.tenant, task_id, body.kind, resident_id, body.note, actor.name, command, expected
        )
        return _shown(task, response)

    @router.delete("/tasks/{task_id}/overrides/{resident_id}", status_code=204)
    async def delete_override(
        task_id: TaskPath, resident_id: WorkerPath, actor: Writer, command: CommandOf
    ) -> None:
        """Say nothing about the worker any more."""
        await desk.remove_override(actor.tenant, task_id, resident_id, command)

    return router


def _shown(task: Task, response: Response) -> TaskOut:
    response.headers.update(etag(task.version))
    return TaskOut.of(task)
