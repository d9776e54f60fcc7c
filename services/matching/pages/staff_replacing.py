"""Asking somebody else, or for another number, in place of a proposal that nobody has answered yet: one step, so that its units are never lost."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.asking import Ask, WorkerCannot
from services.matching.orders.assignment import Assignment
from services.matching.pages.order_sheet import PAGE, OrderSheet
from services.matching.pages.orders_route import Writer, orders_router
from services.matching.pages.sent import Fields, command_of, count, one, refusal_text
from services.matching.routes.orders.shapes import MOST_UNITS, AssignmentPath
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

RESULTS = "/matching/staff/results"
NOTE = 400
NOBODY = "お願いする人を選んでください。"
NUMBER = "数を確かめてください。分けない仕事は、残りのぜんぶを1人にお願いします。"
NOTHING_NEW = "いまのお願いと同じです。ちがう人か、ちがう数にしてください。"
CANNOT = {
    "skill": "この人には、必要な技能がありません。",
    "barred": "この人は、この仕事から外しているか、前に見送っています。お願いするときは、先に「計画での決めごと」で選びます。",
    "room": "この人には、しめきりまでに空いている予定の時間がありません。",
}


@dataclass(frozen=True)
class _Form:
    resident_id: str
    quantity: str
    note: str
    beyond: bool


def staff_replacing_pages(pages: Pages, ordering: Ordering, sheet: OrderSheet) -> APIRouter:
    router = orders_router(pages)
    books, proposing = ordering.books, ordering.proposing

    async def ask(
        staff: Staff,
        found: Assignment,
        form: _Form,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        tenant = staff.tenant.id
        return pages.render(
            "staff_replace.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=PAGE,
            found=found,
            order=await books.orders.get(tenant, found.order_id),
            kind=await books.task_types.find(tenant, found.type),
            workers=await sheet.workers(tenant),
            form=form,
            problems=problems or {},
            problem=problem,
            idempotency_key=new_ulid(),
        )

    @router.get("/assignments/{assignment_id}/replace")
    async def see_form(staff: Writer, assignment_id: AssignmentPath) -> Response:
        found = await books.assignments.get(staff.tenant.id, assignment_id)
        if found.state != "proposed":
            return go(f"{RESULTS}/{assignment_id}")
        form = _Form(found.resident_id, str(found.quantity), found.note or "", False)
        return await ask(staff, found, form)

    @router.post("/assignments/{assignment_id}/replace")
    async def replace(staff: Writer, request: Request, assignment_id: AssignmentPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        found, form = await books.assignments.get(tenant, assignment_id), _sent(fields)
        quantity = count(form.quantity, MOST_UNITS)
        problems = {} if form.resident_id else {"resident_id": NOBODY}
        if not quantity:
            problems["quantity"] = NUMBER
        elif (form.resident_id, quantity) == (found.resident_id, found.quantity):
            problems["resident_id"] = NOTHING_NEW
        if problems:
            return await ask(staff, found, form, status=422, problems=problems)
        wanted = Ask(found.task_id, form.resident_id, quantity, beyond=form.beyond, note=form.note or None)
        command = await command_of(request, staff, fields)
        try:
            await proposing.replace(tenant, assignment_id, wanted, staff.actor.name, command)
        except NotFound:
            return await ask(staff, found, form, status=422, problems={"resident_id": NOBODY})
        except Invalid:
            return await ask(staff, found, form, status=422, problems={"quantity": NUMBER})
        except WorkerCannot as refused:
            problem = CANNOT.get(refused.params["extra"]["why"], refusal_text(request, refused))
            return await ask(staff, found, form, status=409, problem=problem)
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await ask(staff, found, form, status=409, problem=problem)
        return go(f"{PAGE}/{found.order_id}#{found.task_id}")

    return router


def _sent(fields: Fields) -> _Form:
    return _Form(
        one(fields, "resident_id", 40),
        one(fields, "quantity", 12),
        one(fields, "note", NOTE),
        bool(one(fields, "beyond")),
    )
