"""/matching/staff/requests: what residents asked of offers and the desk has still to see to."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.matching.offer_texts import SAYINGS
from services.matching.pages.staff_route import (
    COUNT,
    Explainer,
    FormOf,
    reference,
    shown,
    staff_command,
    staff_router,
)
from services.matching.routes.fields import InterestId, ListQuery
from services.matching.store import Store
from shared.clock import TOKYO, Clock
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink, service_day_text
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import go

PAGE = "/matching/staff/requests"
SETTLES = "slates:write"
Settler = Annotated[Staff, Depends(StaffWith(SETTLES))]


def request_pages(pages: Pages, clock: Clock, store: Store) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "仕事への問い合わせ", "slates:read"))
    router = staff_router(pages)

    @router.get("/requests")
    async def show_requests(staff: Explainer, query: Annotated[ListQuery, Depends()]) -> Response:
        tenant = staff.tenant
        found = await store.interests.waiting(tenant.id, query.after, COUNT + 1)
        last = found[:COUNT][-1] if found else None
        listed = shown(found, (last.created_at, last.id) if last else None, PAGE, {})
        offers = await store.offers.of_ids(tenant.id, {interest.offer_id for interest in listed.entries})
        return pages.render(
            "staff_requests.html",
            tenant,
            staff=staff,
            here=PAGE,
            requests=[(i, offers.get(i.offer_id), reference(i.resident_id)) for i in listed.entries],
            following=listed.following,
            sayings=SAYINGS,
            day=_day,
            may_settle=staff.may(SETTLES),
            idempotency_key=new_ulid(),
        )

    @router.post("/requests/{interest_id}/answered")
    async def settle(interest_id: InterestId, staff: Settler, request: Request, form: FormOf) -> Response:
        command = await staff_command(request, staff, form)
        await store.interests.settle(staff.tenant.id, interest_id, clock.now(), command)
        return go(PAGE)

    return router


def _day(at: datetime) -> str:
    return service_day_text(at.astimezone(TOKYO).date())
