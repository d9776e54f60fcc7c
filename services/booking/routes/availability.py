"""/booking/v1/availability: which times are free."""

from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.booking.openings import Openings
from services.booking.routes.shapes import CounsellorId, Minutes, SlotOut, SlotsOut
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.request import ResidentOf, TenantOf, scope
from shared.tenancy import Tenant

From = Annotated[
    date | None, Query(alias="from", description="First service date; the one that runs now if left out")
]
Days = Annotated[int, Query(ge=1, le=31)]
Limit = Annotated[int, Query(ge=1, le=2000, description="At most so many slots, the earliest ones")]
Reader = Annotated[Actor, Depends(scope("appointments:read"))]


def availability_routes(openings: Openings) -> APIRouter:
    router = APIRouter(tags=["availability"])

    async def free(
        tenant: Tenant,
        first: date | None,
        days: int,
        channel: AppointmentChannel,
        minutes: int,
        limit: int,
        counsellor_id: str | None,
        resident_id: str | None = None,
    ) -> SlotsOut:
        found = await openings.free(
            tenant,
            first or openings.today(tenant),
            days,
            channel,
            minutes,
            counsellor_id=counsellor_id,
            resident_id=resident_id,
        )
        return SlotsOut(slots=[SlotOut.of(slot) for slot in islice(found, limit)])

    @router.get("/me/availability")
    async def my_availability(
        actor: ResidentOf,
        tenant: TenantOf,
        first: From = None,
        days: Days = 7,
        channel: AppointmentChannel = "online",
        minutes: Annotated[Minutes, Query()] = 60,
        counsellor_id: Annotated[CounsellorId | None, Query()] = None,
        limit: Limit = 1000,
    ) -> SlotsOut:
        """Free times for the resident who asks: what they have booked already is left out. A hint; the booking decides."""
        return await free(
            tenant, first, days, channel, minutes, limit, counsellor_id, actor.require_resident()
        )

    @router.get("/availability")
    async def availability(
        actor: Reader,
        tenant: TenantOf,
        first: From = None,
        days: Days = 7,
        channel: AppointmentChannel = "online",
        minutes: Annotated[Minutes, Query()] = 60,
        counsellor_id: Annotated[CounsellorId | None, Query()] = None,
        limit: Limit = 1000,
    ) -> SlotsOut:
        """Free times of counsellors, for staff. A hint; the booking decides."""
        return await free(tenant, first, days, channel, minutes, limit, counsellor_id)

    return router
