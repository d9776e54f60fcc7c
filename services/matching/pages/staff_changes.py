"""Changing an order, and the terms of a task: who has an older version before them is told, and keeps what they have typed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.order import CHANGEABLE, Order
from services.matching.orders.task import Task
from services.matching.pages.order_form import OrderForm, form_of_order, read_due, sent_order
from services.matching.pages.order_sheet import NOTHING_WRONG, PAGE, OrderSheet
from services.matching.pages.orders_route import Writer, orders_router
from services.matching.pages.sent import command_of, one, refusal_text, version_in
from services.matching.pages.terms_form import (
    TermsForm,
    form_of_terms,
    problem_of,
    read_terms,
    sent_terms,
)
from services.matching.routes.orders.shapes import OrderPath, TaskPath
from shared.errors import Conflict, Invalid, StaleVersion
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

TOO_EARLY = "しめきりは、注文を受けたときよりあとで、仕事のしめきりより前にならない日にしてください。"


def staff_change_pages(pages: Pages, ordering: Ordering, sheet: OrderSheet) -> APIRouter:
    router = orders_router(pages)
    desk, books = ordering.desk, ordering.books

    async def ask_order(
        staff: Staff,
        order: Order,
        form: OrderForm,
        version: int,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        return pages.render(
            "staff_order_edit.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=PAGE,
            order=order,
            form=form,
            version=version,
            problems=problems or NOTHING_WRONG,
            problem=problem,
            idempotency_key=new_ulid(),
        )

    async def ask_task(
        staff: Staff,
        task: Task,
        form: TermsForm,
        version: int,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        tenant = staff.tenant.id
        kinds = {kind.code: kind for kind in await books.task_types.every(tenant)}
        used = _used(task)
        return pages.render(
            "staff_task.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=PAGE,
            task=task,
            order=await books.orders.get(tenant, task.order_id),
            form=form,
            version=version,
            used=used,
            all_kinds=kinds,
            kinds={code: kind for code, kind in kinds.items() if not used or code == task.terms.type},
            skills=await sheet.skills(tenant, (*task.terms.skills, *form.skills)),
            problems=problems or NOTHING_WRONG,
            problem=problem,
            idempotency_key=new_ulid(),
        )

    @router.get("/orders/{order_id}/edit")
    async def see_order_form(staff: Writer, order_id: OrderPath) -> Response:
        order = await books.orders.get(staff.tenant.id, order_id)
        if order.state not in CHANGEABLE:
            return go(f"{PAGE}/{order_id}")
        return await ask_order(staff, order, form_of_order(order), order.version)

    @router.post("/orders/{order_id}/edit")
    async def change_order(staff: Writer, request: Request, order_id: OrderPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        order = await books.orders.get(tenant, order_id)
        form, version = sent_order(fields), version_in(fields)
        due_at, problems = read_due(form, order)
        if problems or due_at is None:
            return await ask_order(staff, order, form, version, status=422, problems=problems)
        command = await command_of(request, staff, fields)
        try:
            await desk.change(tenant, order_id, form.title, due_at, form.critical, command, version)
        except Invalid:
            return await ask_order(staff, order, form, version, status=422, problems={"due": TOO_EARLY})
        except StaleVersion as refused:
            latest, problem = await books.orders.get(tenant, order_id), refusal_text(request, refused)
            return await ask_order(staff, latest, form, latest.version, status=409, problem=problem)
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await ask_order(staff, order, form, version, status=409, problem=problem)
        return go(f"{PAGE}/{order_id}")

    @router.get("/tasks/{task_id}/edit")
    async def see_task_form(staff: Writer, task_id: TaskPath) -> Response:
        task = await books.tasks.get(staff.tenant.id, task_id)
        order = await books.orders.get(staff.tenant.id, task.order_id)
        if task.cancelled or order.state not in CHANGEABLE:
            return go(f"{PAGE}/{task.order_id}")
        return await ask_task(staff, task, form_of_terms(task.terms), task.version)

    @router.post("/tasks/{task_id}/edit")
    async def change_task(staff: Writer, request: Request, task_id: TaskPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        task = await books.tasks.get(tenant, task_id)
        form, version = sent_terms(fields), version_in(fields)
        kind = await books.task_types.find(tenant, one(fields, "type", 40))
        terms, problems = read_terms(form, kind, task.terms)
        if terms is None:
            return await ask_task(staff, task, form, version, status=422, problems=problems)
        command = await command_of(request, staff, fields)
        try:
            await desk.change_task(tenant, task_id, terms, command, version)
        except Invalid as wrong:
            problems = problem_of(wrong, _used(task))
            return await ask_task(staff, task, form, version, status=422, problems=problems)
        except StaleVersion as refused:
            latest, problem = await books.tasks.get(tenant, task_id), refusal_text(request, refused)
            return await ask_task(staff, latest, form, latest.version, status=409, problem=problem)
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await ask_task(staff, task, form, version, status=409, problem=problem)
        return go(f"{PAGE}/{task.order_id}#{task_id}")

    return router


def _used(task: Task) -> int:
    """Units that are done or with somebody."""
    return task.done + sum(task.held.values())
