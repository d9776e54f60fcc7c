"""/booking/work/wishes: a worker says whether they would like more hours, and which weekdays and times suit them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.pages.route import page_command
from services.booking.pages.wish_views import WishDay, choices, hours_of, typed, wished
from services.booking.working.crew import Crew
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

WHERE = "/booking/work/wishes"


def wish_pages(pages: Pages, crew: Crew) -> APIRouter:
    router = APIRouter(prefix="/work", route_class=page_route(pages))

    def show(
        visitor: Visitor,
        days: list[WishDay],
        more: bool,
        *,
        status: int = 200,
        problem: str = "",
        saved: bool = False,
    ) -> HTMLResponse:
        return pages.render(
            "work_wishes.html",
            visitor.tenant,
            status=status,
            problem=problem,
            saved=saved,
            days=days,
            more=more,
            choices=choices(days),
            idempotency_key=new_ulid(),
        )

    @router.get("/wishes")
    async def see_wishes(
        visitor: VisitorOf, saved: Annotated[str, Query(max_length=10)] = ""
    ) -> HTMLResponse:
        worker = (await crew.workers.find(visitor.tenant.id, visitor.resident_id)).worker
        return show(visitor, wished(worker), worker.wishes_more, saved=saved == "yes")

    @router.post("/wishes")
    async def set_wishes(request: Request, visitor: VisitorOf) -> Response:
        form = await form_of(request)
        worker = (await crew.workers.find(visitor.tenant.id, visitor.resident_id)).worker
        more = next(iter(form.get("more", ())), "") == "yes"
        days = typed(wished(worker), form)
        broken = [day.name for day in days if day.broken]
        if broken:
            problem = f"{'、'.join(broken)}：始めの時間と、それより後の終わりの時間を選んでください。"
            return show(visitor, days, more, status=422, problem=problem)
        key = next(iter(form.get("idempotency_key", ())), "")
        said = "|".join(f"{d.weekday} {d.start} {d.end} {d.liked}" for d in days)
        command = page_command(request, visitor, key, str(more), said)
        await crew.wish(
            visitor.tenant, visitor.resident_id, more, lambda worker: hours_of(worker, days), command
        )
        return go(f"{WHERE}?saved=yes")

    return router
