"""/matching/staff/orders: what companies have ordered, where it stands, and the form of a new one."""

from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.desk import ReturnLine
from services.matching.ordering.parts import Ordering
from services.matching.orders.order import State
from services.matching.orders.wording import ORDER_STATES
from services.matching.pages.order_form import EMPTY, OrderForm, read_due, sent_order
from services.matching.pages.order_sheet import PAGE, OrderSheet
from services.matching.pages.order_views import due_at_of
from services.matching.pages.orders_route import Reader, Writer, orders_router
from services.matching.pages.sent import command_of, number, one, refusal_text
from services.matching.routes.orders.shapes import OrderPath
from services.matching.store import Store
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

SHOWN, COMPANIES = 30, 200
STATES: tuple[State, ...] = get_args(State)


def staff_order_pages(pages: Pages, store: Store, ordering: Ordering, sheet: OrderSheet) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "注文", "orders:read"))
    router = orders_router(pages)
    desk, books = ordering.desk, ordering.books

    async def new_form(
        staff: Staff,
        form: OrderForm = EMPTY,
        company_id: str = "",
        problems: dict[str, str] | None = None,
    ) -> HTMLResponse:
        return pages.render(
            "staff_order_new.html",
            staff.tenant,
            status=422 if problems else 200,
            staff=staff,
            here=PAGE,
            companies=await store.companies.newest(staff.tenant.id, None, COMPANIES),
            company_id=company_id,
            form=form,
            problems=problems or {},
            idempotency_key=new_ulid(),
        )

    @router.get("/orders")
    async def see_orders(
        staff: Reader,
        state: Annotated[str, Query(max_length=30)] = "",
        cursor: Annotated[str, Query(max_length=300)] = "",
    ) -> HTMLResponse:
        tenant = staff.tenant
        chosen = next((known for known in STATES if known == state), None)
        found = await books.orders.page(tenant.id, {"state": chosen} if chosen else {}, cursor or None, SHOWN)
        names = {o.company_id: await sheet.company_name(tenant.id, o.company_id) for o in found.data}
        return pages.render(
            "staff_orders.html",
            tenant,
            staff=staff,
            here=PAGE,
            orders=found.data,
            more=found.next,
            names=names,
            state=chosen,
            states=ORDER_STATES,
            now=desk.clock.now(),
        )

    @router.get("/orders/new")
    async def ask_new(staff: Writer) -> HTMLResponse:
        return await new_form(staff)

    @router.post("/orders/new")
    async def receive(staff: Writer, request: Request) -> Response:
        fields = await form_of(request)
        form, company = sent_order(fields), one(fields, "company_id", 40)
        due_at, problems = read_due(form)
        if problems or due_at is None:
            return await new_form(staff, form, company, problems)
        command = await command_of(request, staff, fields)
        try:
            made = await desk.receive(
                staff.tenant.id, company, form.title, due_at, form.critical, staff.actor.name, command
            )
        except NotFound:
            return await new_form(staff, form, company, {"company_id": "会社を選んでください。"})
        except Invalid:
            text = "しめきりは、きょうよりあとの日にしてください。"
            return await new_form(staff, form, company, {"due": text})
        return go(f"{PAGE}/{made.id}")

    @router.get("/orders/{order_id}")
    async def see_order(staff: Reader, order_id: OrderPath) -> HTMLResponse:
        return await sheet.show(staff, order_id)

    @router.post("/orders/{order_id}/state")
    async def move(staff: Writer, request: Request, order_id: OrderPath) -> Response:
        fields = await form_of(request)
        moves = {
            "accept": desk.accept,
            "cancel": ordering.cancelling.cancel,
            "deliver": desk.deliver,
            "client_accepts": desk.client_accepts,
        }
        wanted = moves.get(one(fields, "action"))
        if wanted is None:
            return go(f"{PAGE}/{order_id}")
        command = await command_of(request, staff, fields)
        try:
            await wanted(staff.tenant.id, order_id, staff.actor.name, command)
        except Conflict as refused:
            return await sheet.show(staff, order_id, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{order_id}")

    @router.post("/orders/{order_id}/returns")
    async def take_back(staff: Writer, request: Request, order_id: OrderPath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        lines = [
            ReturnLine(task.id, quantity)
            for task in await desk.tasks(tenant, order_id)
            if (quantity := number(fields, f"returned-{task.id}", task.done))
        ]
        try:
            due_at = due_at_of(one(fields, "due"))
        except ValueError:
            lines = []
        if not lines:
            text = "戻ってきた数（納品した数まで）と、やり直しのしめきりを入れてください。"
            return await sheet.show(staff, order_id, status=422, problem=text)
        command = await command_of(request, staff, fields)
        try:
            await desk.client_returns(tenant, order_id, lines, due_at, staff.actor.name, command)
        except Invalid:
            text = "やり直しのしめきりは、きょうよりあとの日にしてください。"
            return await sheet.show(staff, order_id, status=422, problem=text)
        except Conflict as refused:
            return await sheet.show(staff, order_id, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}/{order_id}")

    return router
