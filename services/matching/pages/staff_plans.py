"""/matching/staff/plans: who might be asked for what, how much time it takes of everybody, why, and what nobody could be found for."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.plan_record import PlanRecord
from services.matching.orders.task import Task
from services.matching.orders.wording import ASSIGNMENT_STATES, WHY, reason_text
from services.matching.pages.order_views import FULL, by_task, days_text, loads
from services.matching.pages.orders_route import Reader, Writer, orders_router
from services.matching.pages.plan_view import asked_of
from services.matching.pages.sent import command_of
from services.matching.routes.orders.shapes import PlanPath
from shared.errors import NotFound
from shared.http.texts import TITLES
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

PAGE = "/matching/staff/plans"
LISTED = 10


def staff_plan_pages(pages: Pages, ordering: Ordering) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "お願いの計画", "orders:read"))
    router = orders_router(pages)
    books, planning = ordering.books, ordering.planning

    async def tasks_of(tenant: str, plan: PlanRecord) -> dict[str, tuple[Task, str]]:
        """Task -> itself and the title of its order."""
        found: dict[str, tuple[Task, str]] = {}
        titles: dict[str, str] = {}
        for task_id in [*(p.task_id for p in plan.proposals), *(u.task_id for u in plan.unplaced)]:
            if task_id in found:
                continue
            try:
                task = await books.tasks.get(tenant, task_id)
                if task.order_id not in titles:
                    titles[task.order_id] = (await books.orders.get(tenant, task.order_id)).title
            except NotFound:
                continue
            found[task_id] = (task, titles[task.order_id])
        return found

    async def shown(
        request: Request, staff: Staff, plan_id: str, *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        tenant = staff.tenant.id
        plan = await books.plans.get(tenant, plan_id)
        known = await ordering.knowing.everybody(tenant)
        asked = await asked_of(books, tenant, plan)
        titles = {**TITLES, **request.app.state.problem_titles}
        return pages.render(
            "staff_plan.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=PAGE,
            plan=plan,
            loads=loads(plan, known.hands, {n: one.present for n, one in asked.items()}),
            asked=asked,
            states=ASSIGNMENT_STATES,
            full=FULL,
            by_task=by_task(plan),
            tasks=await tasks_of(tenant, plan),
            kinds={kind.code: kind for kind in await books.task_types.every(tenant)},
            why=WHY,
            reason_text=reason_text,
            days_text=days_text,
            refused={n: titles.get(slug, TITLES["conflict"])["ja"] for n, slug in plan.refused.items()},
            may_write=staff.may("orders:write"),
            idempotency_key=new_ulid(),
        )

    @router.get("/plans")
    async def see_plans(staff: Reader) -> HTMLResponse:
        found = await books.plans.page(staff.tenant.id, {}, None, LISTED)
        return pages.render(
            "staff_plans.html",
            staff.tenant,
            staff=staff,
            here=PAGE,
            plans=found.data,
            may_write=staff.may("orders:write"),
            idempotency_key=new_ulid(),
        )

    @router.post("/plans")
    async def make(staff: Writer, request: Request) -> Response:
        command = await command_of(request, staff, await form_of(request))
        plan = await planning.make(staff.tenant, staff.actor.name, command)
        return go(f"{PAGE}/{plan.id}")

    @router.get("/plans/{plan_id}")
    async def see_plan(staff: Reader, request: Request, plan_id: PlanPath) -> HTMLResponse:
        return await shown(request, staff, plan_id)

    @router.post("/plans/{plan_id}/ask")
    async def ask(staff: Writer, request: Request, plan_id: PlanPath) -> Response:
        fields = await form_of(request)
        places = [int(n) for n in fields.get("place", ()) if n.isascii() and n.isdigit() and len(n) < 6]
        if not places:
            text = "お願いするものを、ひとつ以上選んでください。"
            return await shown(request, staff, plan_id, status=422, problem=text)
        command = await command_of(request, staff, fields)
        await ordering.plan_asking.ask(staff.tenant.id, plan_id, places, staff.actor.name, command)
        return go(f"{PAGE}/{plan_id}")

    return router
