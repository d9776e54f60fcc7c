"""/booking/stays: a resident's work experience and supported short jobs. Agreeing and stepping back ask once more; nobody asks why."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.centre.experience import Experience
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.stay_views import StayView, view_of
from services.booking.working.parts import Working
from shared.errors import Conflict, NotFound
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, go, page_route

WHERE = "/booking/stays"
LISTED = 30
Text = Annotated[str, Form()]


def stay_pages(pages: Pages, working: Working) -> APIRouter:
    router = APIRouter(prefix="/stays", route_class=page_route(pages))
    staying, crew = working.staying, working.crew
    acts: dict[str, Callable[[Visitor, str, Command], Awaitable[Experience]]] = {
        "agree": lambda v, stay_id, command: staying.agree(
            v.tenant, stay_id, "resident", v.actor, command, v.resident_id
        ),
        "withdraw": lambda v, stay_id, command: staying.withdraw(
            v.tenant, stay_id, "resident", command, v.resident_id
        ),
    }

    async def own(visitor: Visitor, stay_id: str) -> StayView:
        """Raises NotFound, also for another resident's."""
        stay = await staying.get(visitor.tenant, stay_id, visitor.resident_id)
        place = await staying.places.get(visitor.tenant.id, stay.place_id)
        return view_of(stay, place, crew.now())

    def show(
        tenant: Tenant, found: StayView, template: str = "stay.html", *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        return pages.render(
            template, tenant, status=status, problem=problem, found=found, idempotency_key=new_ulid()
        )

    @router.get("")
    async def see_stays(visitor: VisitorOf) -> HTMLResponse:
        tenant, who = visitor.tenant, visitor.resident_id
        known = await staying.latest(tenant.id, who, LISTED)
        found = [view_of(stay, place, crew.now()) for stay, place in known]
        return pages.render(
            "stays.html",
            tenant,
            ahead=[one for one in found if one.ahead],
            past=[one for one in found if not one.ahead],
            works=await crew.works(tenant, who),
        )

    @router.get("/{stay_id}")
    async def see_stay(visitor: VisitorOf, stay_id: str) -> HTMLResponse:
        return show(visitor.tenant, await own(visitor, stay_id))

    @router.get("/{stay_id}/{act}")
    async def ask_once_more(visitor: VisitorOf, stay_id: str, act: str) -> Response:
        found = await own(visitor, stay_id)
        if act not in acts:
            raise NotFound("no such page")
        if not (found.may_agree if act == "agree" else found.may_withdraw):
            return go(f"{WHERE}/{stay_id}")
        return show(visitor.tenant, found, f"stay_{act}.html")

    @router.post("/{stay_id}/{act}")
    async def answer(
        request: Request, visitor: VisitorOf, stay_id: str, act: str, idempotency_key: Text = ""
    ) -> Response:
        if act not in acts:
            raise NotFound("no such page")
        command = page_command(request, visitor, idempotency_key, act)
        try:
            await acts[act](visitor, stay_id, command)
        except Conflict as refused:
            found = await own(visitor, stay_id)
            return show(visitor.tenant, found, status=409, problem=problem_title(refused.slug))
        return go(f"{WHERE}/{stay_id}")

    return router
