"""/matching/staff/results: what waits to be looked at. Each assignment's page takes its result and its check."""

from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import LONGEST, MAY_END, Assignment, State
from services.matching.orders.wording import ASSIGNMENT_STATES, RETURNS
from services.matching.pages.orders_route import Reader, Writer, orders_router
from services.matching.pages.sent import command_of, number, one, refusal_text
from services.matching.routes.orders.shapes import AssignmentPath
from shared.errors import Conflict, Invalid
from shared.events.matching.orders import ReturnReason
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

PAGE = "/matching/staff/results"
LISTED = 100
WAITING: tuple[State, ...] = ("recorded", "in_progress", "accepted", "proposed")
REASONS: tuple[ReturnReason, ...] = get_args(ReturnReason)


def staff_result_pages(pages: Pages, ordering: Ordering) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "仕事の確認", "orders:read"))
    router = orders_router(pages)
    books, working = ordering.books, ordering.working

    async def shown(staff: Staff, found: Assignment, *, status: int = 200, problem: str = "") -> HTMLResponse:
        tenant = staff.tenant.id
        done = found.result.done if found.result else 0
        return pages.render(
            "staff_assignment.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=PAGE,
            found=found,
            order=await books.orders.get(tenant, found.order_id),
            kind=await books.task_types.find(tenant, found.type),
            states=ASSIGNMENT_STATES,
            returns=RETURNS,
            done=done,
            least=found.check.units(done),
            recordable=found.state in ("accepted", "in_progress", "recorded"),
            withdrawable=found.state in MAY_END,
            may_write=staff.may("orders:write"),
            idempotency_key=new_ulid(),
        )

    @router.get("/results")
    async def see_waiting(staff: Reader) -> HTMLResponse:
        tenant = staff.tenant.id
        found = {s: (await books.assignments.page(tenant, {"state": s}, None, LISTED)).data for s in WAITING}
        titles = {}
        for one_of in (a for listed in found.values() for a in listed):
            if one_of.order_id not in titles:
                titles[one_of.order_id] = (await books.orders.get(tenant, one_of.order_id)).title
        return pages.render(
            "staff_results.html",
            staff.tenant,
            staff=staff,
            here=PAGE,
            found=found,
            titles=titles,
            kinds={kind.code: kind for kind in await books.task_types.every(tenant)},
            states=ASSIGNMENT_STATES,
        )

    @router.get("/results/{assignment_id}")
    async def see_one(staff: Reader, assignment_id: AssignmentPath) -> HTMLResponse:
        return await shown(staff, await books.assignments.get(staff.tenant.id, assignment_id))

    @router.post("/results/{assignment_id}/record")
    async def record(staff: Writer, request: Request, assignment_id: AssignmentPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        found = await books.assignments.get(tenant, assignment_id)
        done, minutes = number(fields, "done", found.quantity), number(fields, "minutes", LONGEST)
        if done is None or minutes is None:
            text = f"数は0から{found.quantity}まで、時間は分で入れてください。"
            return await shown(staff, found, status=422, problem=text)
        command = await command_of(request, staff, fields)
        try:
            await working.record(tenant, assignment_id, done, minutes, staff.actor.name, command)
        except Invalid:
            return await shown(staff, found, status=422, problem="かかった時間（分）を入れてください。")
        except Conflict as refused:
            return await shown(staff, found, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{assignment_id}")

    @router.post("/results/{assignment_id}/check")
    async def check(staff: Writer, request: Request, assignment_id: AssignmentPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        found = await books.assignments.get(tenant, assignment_id)
        most = found.result.done if found.result else 0
        checked, passed, returned = (number(fields, n, most) for n in ("checked", "passed", "returned"))
        reason = next((known for known in REASONS if known == one(fields, "reason")), None)
        if checked is None or passed is None:
            text = f"見た数とよかった数を、0から{most}までで入れてください。"
            return await shown(staff, found, status=422, problem=text)
        command = await command_of(request, staff, fields)
        try:
            await working.check(
                tenant, assignment_id, checked, passed, returned or 0,
                reason if returned else None, staff.actor.name, command,
            )  # fmt: skip
        except Invalid as wrong:
            texts = {
                "checked": f"見た数は、{found.check.units(most)}から{most}までです。",
                "passed": "よかった数は、見た数までです。",
                "reason": "やり直しがあるときは、その理由を選んでください。",
            }
            text = texts.get(wrong.field, "数を確かめてください。")
            return await shown(staff, found, status=422, problem=text)
        except Conflict as refused:
            return await shown(staff, found, status=409, problem=refusal_text(request, refused))
        return go(PAGE)

    return router
