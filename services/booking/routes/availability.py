"""/booking/v1/availability: which times are free."""

import json
from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.booking.counsellor import Asked, Gender
from services.booking.explain_texts import for_residents
from services.booking.free_times import Search
from services.booking.openings import FreeDays, Openings
from services.booking.routes.shapes import (
    Code,
    CounsellorId,
    FreeDaysOut,
    Language,
    Minutes,
    SlotOut,
    SlotsOut,
)
from services.booking.routes.why import WhyOut
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.problems import language
from shared.http.request import ResidentOf, TenantOf, scope
from shared.tenancy import Tenant

From = Annotated[
    date | None, Query(alias="from", description="First service date; the one that runs now if left out")
]
Days = Annotated[int, Query(ge=1, le=31)]
Long = Annotated[Minutes, Query()]
Limit = Annotated[int, Query(ge=1, le=2000, description="At most so many slots, the earliest ones")]
Reader = Annotated[Actor, Depends(scope("appointments:read"))]


async def _asked(
    channel: AppointmentChannel = "online",
    counsellor_id: Annotated[CounsellorId | None, Query()] = None,
    language: Annotated[Language | None, Query(description="Somebody who speaks it")] = None,
    skill: Annotated[list[Code], Query(max_length=5, description="Somebody who has all of them")] = [],  # noqa: B006
    gender: Annotated[Gender | None, Query()] = None,
) -> Asked:
    return Asked(channel, counsellor_id, language, tuple(sorted(set(skill))), gender)


Wanted = Annotated[Asked, Depends(_asked)]


def availability_routes(openings: Openings) -> APIRouter:
    router = APIRouter(tags=["availability"])

    def search(
        tenant: Tenant, first: date | None, days: int, asked: Asked, minutes: int, resident: str | None = None
    ) -> Search | None:
        start = first or openings.today(tenant)
        own_limit = resident is not None
        return openings.search(tenant, start, days, asked, minutes, resident_id=resident, own_limit=own_limit)

    async def slots(tenant: Tenant, wish: Search | None, limit: int) -> SlotsOut:
        found = await openings.slots(tenant, wish)
        return SlotsOut(slots=[SlotOut.of(slot) for slot in islice(found, limit)])

    @router.get("/me/availability")
    async def my_availability(
        actor: ResidentOf,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 7,
        minutes: Long = 60,
        limit: Limit = 1000,
    ) -> SlotsOut:
        """Free times for the resident who asks: what they have booked already is left out. A hint; the booking decides."""
        wish = search(tenant, first, days, asked, minutes, actor.require_resident())
        return await slots(tenant, wish, limit)

    @router.get("/availability")
    async def availability(
        actor: Reader,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 7,
        minutes: Long = 60,
        limit: Limit = 1000,
    ) -> SlotsOut:
        """Free times of counsellors, for staff. A hint; the booking decides."""
        return await slots(tenant, search(tenant, first, days, asked, minutes), limit)

    @router.get("/me/availability/days", response_model=FreeDaysOut)
    async def my_free_days(
        actor: ResidentOf,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 31,
        minutes: Long = 60,
    ) -> Response:
        """Free times for the resident who asks, day by day: the minutes at which one could begin, and with how many counsellors.

        Short also for a national pool. A hint; the booking decides.
        """
        wish = search(tenant, first, days, asked, minutes, actor.require_resident())
        return _compact(await openings.days(tenant, wish))

    @router.get("/availability/days", response_model=FreeDaysOut)
    async def free_days(
        actor: Reader,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 31,
        minutes: Long = 60,
    ) -> Response:
        """Free times of counsellors, for staff, day by day: the minutes at which one could begin, and with how many counsellors."""
        return _compact(await openings.days(tenant, search(tenant, first, days, asked, minutes)))

    @router.get("/me/availability/why")
    async def why_i_find_nothing(
        request: Request,
        actor: ResidentOf,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 7,
        minutes: Long = 60,
    ) -> WhyOut:
        """Why there are no (more) free times, and what would help. Tells nothing of who is away or how many people there are."""
        start = first or openings.today(tenant)
        found = await openings.why(tenant, start, days, asked, minutes, actor.require_resident())
        return WhyOut.of(for_residents(found), _language(request), staff=False)

    @router.get("/availability/why")
    async def why_nothing_is_free(
        request: Request,
        actor: Reader,
        tenant: TenantOf,
        asked: Wanted,
        first: From = None,
        days: Days = 7,
        minutes: Long = 60,
    ) -> WhyOut:
        """Why there are no (more) free times, rule by rule with counts, and what would help; `text` by Accept-Language."""
        start = first or openings.today(tenant)
        found = await openings.why(tenant, start, days, asked, minutes, None)
        return WhyOut.of(found, _language(request), staff=True)

    return router


def _language(request: Request) -> str:
    return language(request.headers.get("accept-language", ""))


def _compact(found: FreeDays) -> Response:
    """Written here: what the model would do to thousands of numbers one by one costs more than finding them."""
    body = {
        "first_day": found.first_day.isoformat(),
        "days": [
            {"service_date": day.service_date.isoformat(), "starts": day.starts, "counts": day.counts}
            for day in found.days
        ],
        "as_of": found.as_of.isoformat().replace("+00:00", "Z"),
    }
    return Response(json.dumps(body, separators=(",", ":")), media_type="application/json")
