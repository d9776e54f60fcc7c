"""/booking/v1/counsellors/{id}/leaves, and the same below /booking/v1/pool: when somebody is away, which appointments that touches, and who takes them instead."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from services.booking.hours import Absence
from services.booking.openings import zone_of
from services.booking.reassigning import Reassigned, Reassigning
from services.booking.roster import Roster, Touched, leave_between, leave_of, whole_days
from services.booking.routes.counsellors import operation_of
from services.booking.routes.shapes import Body, CounsellorPath, Minute, SlotOut
from services.booking.service_day import instant
from services.booking.slot import check_date
from shared.auth import Actor
from shared.clock import Clock
from shared.errors import Invalid
from shared.http.request import CommandOf, Scope, scope, tenant_of
from shared.ids import id_pattern
from shared.pools import Pool
from shared.tenancy import Tenant

LeavePath = Annotated[str, Path(pattern=id_pattern("lea"))]
READ, WRITE = scope("appointments:read"), scope("counsellors:write")


class LeaveBody(Body):
    """Whole service days, both included; or from a minute of the first day to a minute of the last (0..1800 each)."""

    from_date: date = Field(examples=["2026-12-03"])
    to_date: date = Field(examples=["2026-12-04"])
    from_minute: Minute | None = None
    to_minute: Minute | None = None

    def absence(self, leave_id: str, home: Tenant | Pool, today: date) -> Absence:
        """Raises Invalid, naming the field."""
        check_date("from_date", self.from_date, today)
        check_date("to_date", self.to_date, today)
        if self.to_date < self.from_date:
            raise Invalid("to_date", "must not be before from_date")
        zone = zone_of(home)
        starts, ends = whole_days(self.from_date, self.to_date, zone)
        if self.from_minute is not None:
            starts = instant(self.from_date, self.from_minute, zone)
        if self.to_minute is not None:
            ends = instant(self.to_date, self.to_minute, zone)
        return leave_between(leave_id, starts, ends)


class LeaveOut(BaseModel):
    id: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, leave: Absence) -> Self:
        return cls(id=leave.id, starts_at=leave.starts_at, ends_at=leave.ends_at)


class TouchedOut(SlotOut):
    """An appointment that lies in the leave."""

    appointment_id: str
    state: str

    @classmethod
    def of_touched(cls, touched: Touched) -> Self:
        appointment = touched.appointment
        slot = SlotOut.of(appointment.slot).model_dump()
        return cls(**slot, appointment_id=appointment.id, state=appointment.state)


class PreviewOut(BaseModel):
    """What a leave would touch. Nothing is changed yet."""

    starts_at: datetime
    ends_at: datetime
    touches: list[TouchedOut]


class LeaveTaken(BaseModel):
    leave: LeaveOut
    touches: list[TouchedOut] = Field(description="Appointments that lie in it and need somebody else")


class ReassignedOut(BaseModel):
    """`counsellor_id` is who has it now; `problem` is the slug of why nobody else can have it at that time."""

    appointment_id: str
    counsellor_id: str
    assignment: dict[str, object] | None = Field(description="Why this counsellor")
    problem: str | None = None

    @classmethod
    def of(cls, done: Reassigned) -> Self:
        appointment = done.appointment
        return cls(
            appointment_id=appointment.id,
            counsellor_id=appointment.slot.counsellor_id,
            assignment=None if done.problem else appointment.assignment,
            problem=done.problem,
        )


class ReassignmentOut(BaseModel):
    done: list[ReassignedOut]
    left: list[ReassignedOut]


def leave_routes(
    clock: Clock,
    roster: Roster,
    reassigning: Reassigning,
    *,
    prefix: str = "",
    tag: str = "leave",
    read: Scope = READ,
    write: Scope = WRITE,
    home_of: Callable[..., Awaitable[Tenant | Pool]] = tenant_of,
) -> APIRouter:
    """The same operations for a municipality's own counsellors and, with other scopes and another home, for a pool's."""
    router = APIRouter(
        prefix=prefix + "/counsellors/{counsellor_id}/leaves",
        tags=[tag],
        generate_unique_id_function=operation_of(prefix),
    )

    @router.post("/preview")
    async def preview_leave(
        counsellor_id: CounsellorPath,
        body: LeaveBody,
        actor: Annotated[Actor, Depends(read)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
    ) -> PreviewOut:
        """Which appointments a leave would touch. Changes nothing."""
        leave = body.absence("", home, clock.now().date())
        touched = await roster.touched(home.id, counsellor_id, leave.starts_at, leave.ends_at)
        touches = [TouchedOut.of_touched(each) for each in touched]
        return PreviewOut(starts_at=leave.starts_at, ends_at=leave.ends_at, touches=touches)

    @router.post("", status_code=201)
    async def add_leave(
        counsellor_id: CounsellorPath,
        body: LeaveBody,
        actor: Annotated[Actor, Depends(write)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
        command: CommandOf,
    ) -> LeaveTaken:
        """Nobody can book the counsellor in this time any more. What is booked already stays, and is listed."""
        leave = body.absence(command.new_id("lea"), home, clock.now().date())
        kept, touched = await roster.add_leave(home.id, counsellor_id, leave, command)
        taken = LeaveOut.of(leave_of(kept, leave.id))
        return LeaveTaken(leave=taken, touches=[TouchedOut.of_touched(each) for each in touched])

    @router.get("")
    async def list_leaves(
        counsellor_id: CounsellorPath,
        actor: Annotated[Actor, Depends(read)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
    ) -> list[LeaveOut]:
        """The counsellor's leaves in order of time."""
        counsellor = await roster.counsellors.get(home.id, counsellor_id)
        return [LeaveOut.of(absence) for absence in counsellor.absences if absence.kind == "leave"]

    @router.delete("/{leave_id}", status_code=204)
    async def end_leave(
        counsellor_id: CounsellorPath,
        leave_id: LeavePath,
        actor: Annotated[Actor, Depends(write)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
    ) -> Response:
        """Take a leave back: its time is open again."""
        await roster.end_leave(home.id, counsellor_id, leave_id)
        return Response(status_code=204)

    @router.post("/{leave_id}/reassign")
    async def reassign(
        counsellor_id: CounsellorPath,
        leave_id: LeavePath,
        actor: Annotated[Actor, Depends(write)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
        command: CommandOf,
    ) -> ReassignmentOut:
        """Give every appointment in the leave to another counsellor at the same time, each with the reason; what nobody can take is left."""
        results = await reassigning.reassign(home.id, counsellor_id, leave_id, command)
        shown = [ReassignedOut.of(each) for each in results]
        return ReassignmentOut(
            done=[each for each in shown if not each.problem], left=[each for each in shown if each.problem]
        )

    return router
