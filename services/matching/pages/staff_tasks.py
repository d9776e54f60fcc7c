"""Forms of staff about one task: a new one, whom to ask or leave out and why, asking by hand, taking back."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.asking import Ask
from services.matching.orders.task import OverrideKind
from services.matching.pages.order_sheet import PAGE, OrderSheet
from services.matching.pages.orders_route import Writer, orders_router
from services.matching.pages.sent import command_of, number, one, refusal_text
from services.matching.pages.terms_form import problem_of, read_terms, sent_terms
from services.matching.routes.orders.shapes import MOST_UNITS, AssignmentPath, OrderPath, TaskPath
from shared.errors import Conflict, Invalid, NotFound
from shared.web import Pages
from shared.web.visiting import form_of, go

NOTE = 400


def staff_task_pages(pages: Pages, ordering: Ordering, sheet: OrderSheet) -> APIRouter:
    router = orders_router(pages)
    desk, books, proposing = ordering.desk, ordering.books, ordering.proposing

    @router.post("/orders/{order_id}/tasks")
    async def add(staff: Writer, request: Request, order_id: OrderPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        form = sent_terms(fields)
        terms, problems = read_terms(form, await books.task_types.find(tenant, form.type))
        if terms is None:
            return await sheet.show(staff, order_id, status=422, form=form, problems=problems)
        command = await command_of(request, staff, fields)
        try:
            made = await desk.add_task(tenant, order_id, terms, command)
        except Invalid as wrong:
            return await sheet.show(staff, order_id, status=422, form=form, problems=problem_of(wrong))
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await sheet.show(staff, order_id, status=409, problem=problem, form=form)
        return go(f"{PAGE}/{order_id}#{made.id}")

    @router.post("/tasks/{task_id}/override")
    async def override(staff: Writer, request: Request, task_id: TaskPath) -> Response:
        """Pin or forbid somebody with a reason, or say nothing about them any more."""
        fields, tenant = await form_of(request), staff.tenant.id
        order_id = (await books.tasks.get(tenant, task_id)).order_id
        who, note, kind = one(fields, "resident_id", 40), one(fields, "note", NOTE), one(fields, "kind")
        if kind not in ("pin", "forbid", "none") or not who or (kind != "none" and not note):
            text = "だれのことかを選び、理由を短く書いてください。理由は職員だけが読みます。"
            return await sheet.show(staff, order_id, status=422, problem=text)
        command = await command_of(request, staff, fields)
        try:
            if kind == "none":
                await desk.remove_override(tenant, task_id, who, command)
            else:
                wanted: OverrideKind = "pin" if kind == "pin" else "forbid"
                await desk.override(tenant, task_id, wanted, who, note, staff.actor.name, command)
        except Conflict as refused:
            return await sheet.show(staff, order_id, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{order_id}#{task_id}")

    @router.post("/tasks/{task_id}/ask")
    async def ask(staff: Writer, request: Request, task_id: TaskPath) -> Response:
        """Ask somebody by hand."""
        fields, tenant = await form_of(request), staff.tenant.id
        order_id = (await books.tasks.get(tenant, task_id)).order_id
        wanted = Ask(
            task_id,
            one(fields, "resident_id", 40),
            number(fields, "quantity", MOST_UNITS) or None,
            beyond=bool(one(fields, "beyond")),
            note=one(fields, "note", NOTE) or None,
        )
        command = await command_of(request, staff, fields)
        try:
            await proposing.propose(tenant, wanted, staff.actor.name, command)
        except NotFound:
            return await sheet.show(staff, order_id, status=422, problem="お願いする人を選んでください。")
        except Invalid:
            text = "数を確かめてください。分けない仕事は、残りのぜんぶを1人にお願いします。"
            return await sheet.show(staff, order_id, status=422, problem=text)
        except Conflict as refused:
            return await sheet.show(staff, order_id, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{order_id}#{task_id}")

    @router.post("/tasks/{task_id}/cancel")
    async def cancel(staff: Writer, request: Request, task_id: TaskPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        order_id = (await books.tasks.get(tenant, task_id)).order_id
        try:
            await desk.cancel_task(tenant, task_id, await command_of(request, staff, fields))
        except Conflict as refused:
            return await sheet.show(staff, order_id, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{order_id}")

    @router.post("/assignments/{assignment_id}/withdraw")
    async def withdraw(staff: Writer, request: Request, assignment_id: AssignmentPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        found = await books.assignments.get(tenant, assignment_id)
        try:
            await proposing.withdraw(tenant, assignment_id, await command_of(request, staff, fields))
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await sheet.show(staff, found.order_id, status=409, problem=problem)
        return go(f"{PAGE}/{found.order_id}#{found.task_id}")

    return router
