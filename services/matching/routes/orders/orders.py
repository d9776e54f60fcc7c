"""/matching/v1/orders and /task-types: what companies order, from the draft to their acceptance."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.matching.ordering.desk import ReturnLine
from services.matching.ordering.parts import Ordering
from services.matching.orders.order import Order, State
from services.matching.routes.orders.shapes import (
    OrderBody,
    OrderOut,
    OrderPath,
    OrderTerms,
    Reader,
    ReturnBody,
    TypeBody,
    TypeOut,
    TypePath,
    Writer,
)
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf


def task_type_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/task-types", tags=["orders"])
    kinds = ordering.books.task_types

    @router.get("")
    async def list_task_types(actor: Reader) -> list[TypeOut]:
        """The kinds of tasks that the municipality has declared, by code."""
        return [TypeOut.of(found) for found in await kinds.every(actor.tenant)]

    @router.put("/{code}")
    async def put_task_type(
        code: TypePath, body: TypeBody, actor: Writer, response: Response, expected: IfMatch
    ) -> TypeOut:
        """Declare a kind of task, or say anew what is so. Tasks that exist keep their own terms."""
        kept = await kinds.put(actor.tenant, body.task_type(code), expected)
        response.headers.update(etag(kept.version))
        return TypeOut.of(kept)

    return router


def order_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/orders", tags=["orders"])
    desk, books = ordering.desk, ordering.books

    @router.post("", status_code=201)
    async def receive_order(
        body: OrderBody, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """A company's order, as a draft: nobody is asked for anything until it is accepted."""
        order = await desk.receive(
            actor.tenant, body.company_id, body.title, body.due_at, body.critical, actor.name, command
        )
        return _shown(order, response)

    @router.get("")
    async def list_orders(
        actor: Reader,
        state: Annotated[State | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[OrderOut]:
        """Orders, newest first."""
        page = await books.orders.page(actor.tenant, {"state": state} if state else {}, cursor, limit)
        return Page(data=[OrderOut.of(order) for order in page.data], next=page.next)

    @router.get("/{order_id}")
    async def get_order(order_id: OrderPath, actor: Reader, response: Response) -> OrderOut:
        """One order; `ETag` is the version for `If-Match`."""
        return _shown(await books.orders.get(actor.tenant, order_id), response)

    @router.put("/{order_id}")
    async def change_order(
        order_id: OrderPath,
        body: OrderTerms,
        actor: Writer,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> OrderOut:
        """Other words, another date. 409 `order-state` once it was delivered."""
        order = await desk.change(
            actor.tenant, order_id, body.title, body.due_at, body.critical, command, expected
        )
        return _shown(order, response)

    @router.post("/{order_id}/accept")
    async def accept_order(
        order_id: OrderPath, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """The centre takes it on: its tasks may be planned."""
        return _shown(await desk.accept(actor.tenant, order_id, actor.name, command), response)

    @router.post("/{order_id}/cancel")
    async def cancel_order(
        order_id: OrderPath, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """It is not wanted any more. What nobody has finished is taken back."""
        return _shown(await ordering.cancelling.cancel(actor.tenant, order_id, actor.name, command), response)

    @router.post("/{order_id}/deliver")
    async def deliver_order(
        order_id: OrderPath, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """Hand it to the client. 409 `order-unfinished` names the tasks that are not done."""
        return _shown(await desk.deliver(actor.tenant, order_id, actor.name, command), response)

    @router.post("/{order_id}/client-acceptance")
    async def record_client_acceptance(
        order_id: OrderPath, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """The client has accepted it."""
        return _shown(await desk.client_accepts(actor.tenant, order_id, actor.name, command), response)

    @router.post("/{order_id}/client-return")
    async def record_client_return(
        order_id: OrderPath, body: ReturnBody, actor: Writer, command: CommandOf, response: Response
    ) -> OrderOut:
        """The client gives units back: they become tasks of their own. It says nothing about anybody's work."""
        lines = [ReturnLine(line.task_id, line.quantity) for line in body.lines]
        order = await desk.client_returns(actor.tenant, order_id, lines, body.due_at, actor.name, command)
        return _shown(order, response)

    return router


def _shown(order: Order, response: Response) -> OrderOut:
    response.headers.update(etag(order.version))
    return OrderOut.of(order)
