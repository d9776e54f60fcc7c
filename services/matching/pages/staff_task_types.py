"""/matching/staff/task-types: the kinds of tasks that the municipality has declared, a new one, and saying one anew."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.task_type import TaskType
from services.matching.pages.order_sheet import NOTHING_WRONG
from services.matching.pages.order_sheet import PAGE as ORDERS
from services.matching.pages.orders_route import Reader, Writer, orders_router
from services.matching.pages.sent import command_of, refusal_text, version_in
from services.matching.pages.task_type_form import NEW, TypeForm, form_of_type, read_type, sent_type
from services.matching.routes.orders.shapes import TypePath
from shared.errors import StaleVersion
from shared.ids import derived_id, new_ulid
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

PAGE = "/matching/staff/task-types"
KNOWN = "このコードの種類は、もうあります。下の一覧から変えられます。"


def staff_task_type_pages(pages: Pages, ordering: Ordering) -> APIRouter:
    router = orders_router(pages)
    kinds = ordering.books.task_types

    async def listed(
        staff: Staff, form: TypeForm = NEW, problems: dict[str, str] | None = None
    ) -> HTMLResponse:
        return pages.render(
            "staff_task_types.html",
            staff.tenant,
            status=422 if problems else 200,
            staff=staff,
            here=ORDERS,
            kinds=await kinds.every(staff.tenant.id),
            form=form,
            problems=problems or NOTHING_WRONG,
            may_write=staff.may("orders:write"),
            idempotency_key=new_ulid(),
        )

    def ask(
        staff: Staff,
        present: TaskType,
        form: TypeForm,
        version: int,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        return pages.render(
            "staff_task_type.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=ORDERS,
            present=present,
            form=form,
            version=version,
            problems=problems or NOTHING_WRONG,
            problem=problem,
        )

    async def keep(tenant: str, wanted: TaskType, expected: int) -> None:
        """Raises StaleVersion, but not at a form that is sent a second time: what it wants is there already."""
        try:
            await kinds.put(tenant, wanted, expected)
        except StaleVersion:
            found = await kinds.find(tenant, wanted.code)
            if found is None or replace(found, version=wanted.version) != wanted:
                raise

    @router.get("/task-types")
    async def see_all(staff: Reader) -> HTMLResponse:
        return await listed(staff)

    @router.post("/task-types")
    async def declare(staff: Writer, request: Request) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        form = sent_type(fields)
        command = await command_of(request, staff, fields)
        wanted, problems = read_type(form, form.code or derived_id("tty", command.key))
        if wanted is None:
            return await listed(staff, form, problems)
        try:
            await keep(tenant, wanted, 0)
        except StaleVersion:
            return await listed(staff, form, {"code": KNOWN})
        return go(PAGE)

    @router.get("/task-types/{code}")
    async def see_one(staff: Writer, code: TypePath) -> HTMLResponse:
        present = await kinds.get(staff.tenant.id, code)
        return ask(staff, present, form_of_type(present), present.version)

    @router.post("/task-types/{code}")
    async def change(staff: Writer, request: Request, code: TypePath) -> Response:
        fields, tenant = await form_of(request), staff.tenant.id
        present = await kinds.get(tenant, code)
        form, version = sent_type(fields), version_in(fields)
        wanted, problems = read_type(form, code, present)
        if wanted is None:
            return ask(staff, present, form, version, status=422, problems=problems)
        try:
            await keep(tenant, wanted, version)
        except StaleVersion as refused:
            latest, problem = await kinds.get(tenant, code), refusal_text(request, refused)
            return ask(staff, latest, form, latest.version, status=409, problem=problem)
        return go(PAGE)

    return router
