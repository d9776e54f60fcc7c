"""/booking/v1/appointments/series: a line, not a point."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from services.booking.appointment import Appointment
from services.booking.recurring import Outlook, Recurring
from services.booking.routes.shapes import (
    AppointmentOut,
    Body,
    CancelBody,
    CounsellorId,
    Minute,
    Minutes,
    ResidentId,
    SlotOut,
)
from services.booking.series import MOST, Series, SeriesRule
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.request import CommandOf, TenantOf, scope
from shared.ids import id_pattern
from shared.tenancy import Tenant

SeriesPath = Annotated[str, Path(pattern=id_pattern("ser"))]
Reader = Annotated[Actor, Depends(scope("appointments:read"))]
Writer = Annotated[Actor, Depends(scope("appointments:write"))]


class SeriesBody(Body):
    """The same time of the week, `count` times. `except_dates` are left out; they count all the same."""

    resident_id: ResidentId = Field(examples=["res_aaaaaaaaaaaaaaaaaaaaaaaaaa"])
    counsellor_id: CounsellorId | None = Field(default=None, description="Left out: Banso chooses")
    channel: AppointmentChannel
    first_date: date = Field(examples=["2026-12-03"])
    start_minute: Minute = Field(examples=[1320])
    minutes: Minutes = 60
    every_weeks: int = Field(default=1, ge=1, le=4)
    count: int = Field(default=6, ge=2, le=MOST)
    except_dates: list[date] = Field(default=[], max_length=MOST, examples=[["2026-12-31"]])

    def rule(self) -> SeriesRule:
        return SeriesRule(
            self.first_date,
            self.start_minute,
            self.minutes,
            self.channel,
            self.every_weeks,
            self.count,
            tuple(sorted(set(self.except_dates))),
        )


class OccasionOut(SlotOut):
    problem: str | None = Field(description="The slug of what stands in the way; null when nothing does")


class OutlookOut(BaseModel):
    """How every date looks now. Nothing is booked."""

    counsellor_id: str
    dates: list[OccasionOut]

    @classmethod
    def of(cls, outlook: Outlook) -> Self:
        dates = [OccasionOut(**SlotOut.of(o.slot).model_dump(), problem=o.problem) for o in outlook.occasions]
        return cls(counsellor_id=outlook.candidate.counsellor_id, dates=dates)


class SeriesOut(BaseModel):
    id: str
    resident_id: str
    counsellor_id: str
    every_weeks: int
    appointments: list[AppointmentOut] = Field(
        description="In order of their time now, cancelled ones included"
    )

    @classmethod
    def of(cls, series: Series, appointments: list[Appointment], tenant: Tenant) -> Self:
        return cls(
            id=series.id,
            resident_id=series.resident_id,
            counsellor_id=series.counsellor_id,
            every_weeks=series.rule.every_weeks,
            appointments=[AppointmentOut.of_state(a, tenant) for a in appointments],
        )


class CancelRestBody(CancelBody):
    from_date: date = Field(examples=["2026-12-10"])


def series_routes(recurring: Recurring) -> APIRouter:
    router = APIRouter(prefix="/series", tags=["series"])

    @router.post("/preview")
    async def preview_series(body: SeriesBody, actor: Reader, tenant: TenantOf) -> OutlookOut:
        """How every date of the series looks now, and with whom it would be."""
        found = await recurring.preview(tenant, body.resident_id, body.rule(), body.counsellor_id)
        return OutlookOut.of(found)

    @router.post("", status_code=201)
    async def book_series(body: SeriesBody, actor: Writer, tenant: TenantOf, command: CommandOf) -> SeriesOut:
        """Book all dates, confirmed at once, or none: 409 `series-blocked` names each date that cannot be had."""
        series, booked = await recurring.book(
            tenant, body.resident_id, body.rule(), body.counsellor_id, command
        )
        return SeriesOut.of(series, booked, tenant)

    @router.get("/{series_id}")
    async def get_series(series_id: SeriesPath, actor: Reader, tenant: TenantOf) -> SeriesOut:
        """A series with its appointments as they are now."""
        return SeriesOut.of(*await recurring.get(tenant, series_id), tenant)

    @router.post("/{series_id}/cancel")
    async def cancel_rest(
        series_id: SeriesPath,
        body: CancelRestBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> SeriesOut:
        """Cancel what is still to come from a service date on. A single date is cancelled or moved as any appointment."""
        series, left = await recurring.cancel_from(tenant, series_id, body.from_date, body.reason, command)
        return SeriesOut.of(series, left, tenant)

    return router
