"""/booking/v1/shifts and /shift-plans: who is there today, and who could be in the weeks to come."""

from datetime import date, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.booking.centre.shift_plan import Why
from services.booking.routes.centre_shapes import CentreId, PlanPath, ShiftPath, SomeCentre, StationId
from services.booking.routes.centres import Reader, Writer
from services.booking.routes.shapes import Body, Minute
from services.booking.routes.shift_shapes import RecordBody, ShiftOut
from services.booking.slot import check_date
from services.booking.store.shift_plans import ShiftPlan
from services.booking.working.parts import Working
from services.booking.working.rostering import Band
from shared.errors import Invalid
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf
from shared.ids import id_pattern

SomeStation = "stn_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class BandBody(Body):
    """So many people at least at a station, in this band of every week of the plan."""

    station_id: StationId = Field(examples=[SomeStation])
    weekday: int = Field(ge=0, le=6)
    start_minute: Minute = Field(examples=[600])
    end_minute: Minute = Field(examples=[720])
    minimum: int = Field(ge=0, le=200)


class PlanBody(Body):
    centre_id: CentreId = Field(examples=[SomeCentre])
    monday: date = Field(examples=["2026-12-07"])
    weeks: int = Field(default=4, ge=1, le=4)
    bands: list[BandBody] = Field(max_length=500)

    def wanted(self) -> list[Band]:
        return [Band(b.station_id, b.weekday, b.start_minute, b.end_minute, b.minimum) for b in self.bands]


class AssignmentOut(BaseModel):
    resident_id: str
    station_id: str
    service_date: date
    start_minute: int
    end_minute: int
    label: str


class UnmetOut(BaseModel):
    """`why` is what keeps most of the workers who may use the station from it; `counts` says how many each reason keeps away."""

    station_id: str
    service_date: date
    start_minute: int
    end_minute: int
    label: str
    lacking: int
    why: Why
    counts: dict[Why, int]


class RefusedOut(BaseModel):
    resident_id: str
    why: str


class PlanOut(BaseModel):
    """`gap`: how far the plan is, at most, from the best possible one; 0 when it is optimal. `refused` changed their week before it was published."""

    id: str
    version: int
    centre_id: str
    monday: date
    weeks: int
    optimal: bool
    gap: float
    seconds: float
    assignments: list[AssignmentOut]
    unmet: list[UnmetOut]
    published: bool
    placed: int
    refused: list[RefusedOut]

    @classmethod
    def of(cls, found: ShiftPlan) -> Self:
        plan = found.plan
        return cls(
            id=found.id,
            version=found.version,
            centre_id=found.centre_id,
            monday=found.monday,
            weeks=found.weeks,
            optimal=plan.optimal,
            gap=plan.gap,
            seconds=plan.seconds,
            assignments=[
                AssignmentOut(
                    resident_id=a.resident_id,
                    station_id=a.station_id,
                    service_date=a.stretch.service_date,
                    start_minute=a.stretch.start_minute,
                    end_minute=a.stretch.end_minute,
                    label=a.stretch.label,
                )
                for a in plan.assignments
            ],
            unmet=[
                UnmetOut(
                    station_id=u.station_id,
                    service_date=u.stretch.service_date,
                    start_minute=u.stretch.start_minute,
                    end_minute=u.stretch.end_minute,
                    label=u.stretch.label,
                    lacking=u.lacking,
                    why=u.why,
                    counts=dict(u.counts),
                )
                for u in plan.unmet
            ],
            published=found.published,
            placed=found.placed,
            refused=[RefusedOut(resident_id=r.resident_id, why=r.why) for r in found.refused],
        )


def shift_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/shifts", tags=["shifts"])
    crew = working.crew

    @router.get("")
    async def list_shifts(
        actor: Reader,
        tenant: TenantOf,
        centre_id: Annotated[str, Query(pattern=id_pattern("cen"))],
        first: Annotated[
            date | None,
            Query(alias="from", description="First service date; the one that runs now if left out"),
        ] = None,
        days: Annotated[int, Query(ge=1, le=62)] = 1,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[ShiftOut]:
        """Everybody's shifts of some days in order of time, withdrawn ones too; without `from` the attendance of today."""
        today = crew.today(tenant)
        day = first or today
        check_date("from", day, today)
        await crew.centres.get(tenant.id, centre_id)
        end = day + timedelta(days=days)
        page = await crew.shifts.page(tenant.id, centre_id, day, end, cursor, limit)
        return Page(data=[ShiftOut.of(found) for found in page.data], next=page.next)

    @router.get("/{shift_id}")
    async def get_shift(shift_id: ShiftPath, actor: Reader, response: Response) -> ShiftOut:
        """One shift."""
        return _shown(ShiftOut.of((await crew.shifts.get(actor.tenant, shift_id)).shift), response)

    @router.post("/{shift_id}/attendance")
    async def record_attendance(
        shift_id: ShiftPath,
        body: RecordBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ShiftOut:
        """Write down how it was; anything may be put right later. 409 `station-full` or `time-taken`: after an absence somebody else has the
        seat, or the person something else to do."""
        for field, minute in (("arrived_minute", body.arrived_minute), ("left_minute", body.left_minute)):
            if minute is not None and minute % 5:
                raise Invalid(field, "must be in steps of 5 minutes")
        kept = await working.attending.record(
            tenant, shift_id, body.status, body.arrived_minute, body.left_minute, command
        )
        return _shown(ShiftOut.of(kept), response)

    @router.post("/{shift_id}/withdraw")
    async def withdraw_shift(
        shift_id: ShiftPath, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> ShiftOut:
        """Take back a shift; its seat and the worker's time are free again."""
        return _shown(ShiftOut.of(await working.scheduling.withdraw(tenant, shift_id, command)), response)

    return router


def shift_plan_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/shift-plans", tags=["shift plans"])
    rostering = working.rostering

    @router.post("", status_code=201)
    async def make_shift_plan(body: PlanBody, actor: Writer, tenant: TenantOf, command: CommandOf) -> PlanOut:
        """Compute a plan of up to four weeks; answers within about ten seconds, with what could not be met and why. Nothing is planned yet."""
        made = await rostering.make(tenant, body.centre_id, body.monday, body.weeks, body.wanted(), command)
        return PlanOut.of(made)

    @router.get("")
    async def list_shift_plans(
        actor: Reader,
        centre_id: Annotated[str, Query(pattern=id_pattern("cen"))],
        cursor: Cursor = None,
        limit: Limit = 10,
    ) -> Page[PlanOut]:
        """A centre's plans in order of making."""
        await working.crew.centres.get(actor.tenant, centre_id)
        page = await rostering.plans.page(actor.tenant, centre_id, cursor, limit)
        return Page(data=[PlanOut.of(found) for found in page.data], next=page.next)

    @router.get("/{plan_id}")
    async def get_shift_plan(plan_id: PlanPath, actor: Reader) -> PlanOut:
        """One plan."""
        return PlanOut.of(await rostering.plans.get(actor.tenant, plan_id))

    @router.post("/{plan_id}/publish")
    async def publish_shift_plan(plan_id: PlanPath, actor: Writer, tenant: TenantOf) -> PlanOut:
        """Turn the plan into shifts. Whoever's week has changed meanwhile keeps it, and is named under `refused`. Workers may change their weeks as ever."""
        return PlanOut.of(await rostering.publish(tenant, plan_id))

    return router


def _shown(shift: ShiftOut, response: Response) -> ShiftOut:
    response.headers.update(etag(shift.version))
    return shift
