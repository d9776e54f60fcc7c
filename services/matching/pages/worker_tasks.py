"""/matching/work: what I am asked for, what I have taken on, and what I have done. A request may be declined without a word."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import LONGEST, Assignment
from services.matching.orders.wording import reason_text
from services.matching.pages.sent import command_of, number, refusal_text
from services.matching.routes.orders.shapes import AssignmentPath
from services.matching.store.workers import Workers
from shared.errors import Conflict, Invalid
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

PAGE = "/matching/work"
LISTED = 100
RECENT = 10
TOLD = frozenset({"accepted", "declined", "recorded"})


def worker_task_pages(pages: Pages, workers: Workers, ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/work", route_class=page_route(pages, "work_refused.html"))
    books, working = ordering.books, ordering.working

    async def shown(
        visitor: Visitor,
        *,
        told: str = "",
        status: int = 200,
        problem: str = "",
        typed: dict[str, str] | None = None,
    ) -> HTMLResponse:
        tenant, me = visitor.tenant.id, visitor.resident_id
        await workers.get(tenant, me)
        found = (await books.assignments.page(tenant, {"resident_id": me}, None, LISTED)).data
        shown_ones = [one for one in found if one.state not in ("declined", "withdrawn")]
        orders = {one.order_id: await books.orders.get(tenant, one.order_id) for one in shown_ones}
        return pages.render(
            "work.html",
            visitor.tenant,
            status=status,
            told=told if told in TOLD else "",
            problem=problem,
            typed=typed or {},
            asked=_in(shown_ones, "proposed"),
            mine=_in(shown_ones, "accepted", "in_progress"),
            waiting=_in(shown_ones, "recorded"),
            finished=[one for one in shown_ones if one.state == "completed"][:RECENT],
            orders=orders,
            kinds={kind.code: kind for kind in await books.task_types.every(tenant)},
            reason_text=reason_text,
            idempotency_key=new_ulid(),
        )

    @router.get("")
    async def see_tasks(visitor: VisitorOf, told: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        return await shown(visitor, told=told)

    @router.post("/assignments/{assignment_id}/accept")
    async def accept(visitor: VisitorOf, request: Request, assignment_id: AssignmentPath) -> Response:
        command = await command_of(request, visitor, await form_of(request))
        try:
            await working.accept(visitor.tenant.id, visitor.resident_id, assignment_id, command)
        except Conflict as refused:
            return await shown(visitor, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}?told=accepted")

    @router.post("/assignments/{assignment_id}/decline")
    async def decline(visitor: VisitorOf, request: Request, assignment_id: AssignmentPath) -> Response:
        command = await command_of(request, visitor, await form_of(request))
        try:
            await working.decline(visitor.tenant.id, visitor.resident_id, assignment_id, command)
        except Conflict as refused:
            return await shown(visitor, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}?told=declined")

    @router.post("/assignments/{assignment_id}/record")
    async def record(visitor: VisitorOf, request: Request, assignment_id: AssignmentPath) -> Response:
        fields, tenant, me = await form_of(request), visitor.tenant.id, visitor.resident_id
        found = await working.of(tenant, me, assignment_id)
        done, minutes = number(fields, "done", found.quantity), number(fields, "minutes", LONGEST)
        typed = {
            f"{name}-{assignment_id}": next(iter(fields.get(name, ())), "")[:12]
            for name in ("done", "minutes")
        }
        text = f"できた数は0から{found.quantity}まで、かかった時間は分の数字で書いてください。"
        if done is None or minutes is None:
            return await shown(visitor, status=422, problem=text, typed=typed)
        command = await command_of(request, visitor, fields)
        try:
            await working.record(tenant, assignment_id, done, minutes, visitor.actor, command, me)
        except Invalid:
            return await shown(visitor, status=422, problem=text, typed=typed)
        except Conflict as refused:
            return await shown(visitor, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}?told=recorded")

    return router


def _in(found: list[Assignment], *states: str) -> list[Assignment]:
    """Those in one of the states, what is due first on top."""
    return sorted((one for one in found if one.state in states), key=lambda one: (one.due_at, one.id))
