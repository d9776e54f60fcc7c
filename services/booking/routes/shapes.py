"""What goes in and out over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.booking.appointment import Appointment, State
from services.booking.service_day import MINUTES
from services.booking.slot import LONGEST, Slot
from services.booking.wish import Wish
from shared.events.booking import AppointmentChannel, CancelledBy, MissedBy
from shared.ids import id_pattern
from shared.tenancy import Tenant

AppointmentId = Annotated[str, StringConstraints(pattern=id_pattern("apt"))]
CounsellorId = Annotated[str, StringConstraints(pattern=id_pattern("cou"))]
ResidentId = Annotated[str, StringConstraints(pattern=id_pattern("res"))]
AppointmentPath = Annotated[str, Path(pattern=id_pattern("apt"))]
CounsellorPath = Annotated[str, Path(pattern=id_pattern("cou"))]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Gender = Literal["female", "male", "other"]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Minute = Annotated[int, Field(ge=0, le=MINUTES)]
Minutes = Annotated[int, Field(ge=5, le=LONGEST)]
WANTED_COUNSELLOR = "cou_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SlotOut(BaseModel):
    """`service_date` with minutes 0..1800 is how it is said (24:30 stays on its day); `starts_at` and `ends_at` are instants."""

    counsellor_id: str
    channel: AppointmentChannel
    service_date: date
    start_minute: int
    end_minute: int
    label: str = Field(examples=["24:30-25:30"])
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, slot: Slot) -> Self:
        return cls.model_validate(slot, from_attributes=True)


class SlotsOut(BaseModel):
    slots: list[SlotOut]


class FreeDayOut(BaseModel):
    """`starts` are minutes of the service day, in order; `counts` says of each how many counsellors are free then."""

    service_date: date
    starts: list[int] = Field(examples=[[1320, 1335, 1470]])
    counts: list[int] = Field(examples=[[2, 2, 1]])


class FreeDaysOut(BaseModel):
    """Days without a free time are left out. `as_of`: what was booked by then is not among the times."""

    first_day: date
    days: list[FreeDayOut]
    as_of: datetime


class WishBody(Body):
    """Without `counsellor_id` Banso chooses who it will be, among those who are free then, and says why."""

    counsellor_id: CounsellorId | None = Field(default=None, examples=[WANTED_COUNSELLOR])
    service_date: date = Field(examples=["2026-12-03"])
    start_minute: Minute = Field(examples=[1470])
    minutes: Minutes = 60
    channel: AppointmentChannel
    language: Language | None = Field(default=None, description="Somebody who speaks it", examples=["en"])
    skills: list[Code] = Field(default=[], max_length=5, description="Somebody who has all of them")
    gender: Gender | None = Field(default=None, description="Rather somebody of this gender")
    gender_required: bool = Field(default=False, description="Only somebody of that gender")
    anew: bool = Field(default=False, description="Somebody else than last time")

    def wish(self) -> Wish:
        return Wish(
            self.counsellor_id,
            self.channel,
            self.service_date,
            self.start_minute,
            self.minutes,
            self.language,
            tuple(self.skills),
            self.gender,
            self.gender_required,
            self.anew,
        )


class BookBody(WishBody):
    resident_id: ResidentId = Field(examples=["res_aaaaaaaaaaaaaaaaaaaaaaaaaa"])


class MoveBody(Body):
    """What is left out stays as it is."""

    service_date: date = Field(examples=["2026-12-04"])
    start_minute: Minute = Field(examples=[1320])
    minutes: Minutes | None = None
    counsellor_id: CounsellorId | None = None
    channel: AppointmentChannel | None = None

    def wish_of(self, present: Appointment) -> Wish:
        return present.wish(
            self.counsellor_id or present.slot.counsellor_id,
            self.service_date,
            self.start_minute,
            minutes=self.minutes,
            channel=self.channel,
        )


class CancelBody(Body):
    reason: LongText | None = None


class MarkBody(Body):
    note: LongText | None = None


class MissedBody(MarkBody):
    by: MissedBy = "resident"


class AppointmentOut(SlotOut):
    id: str
    state: State
    resident_id: str
    held_until: datetime | None = None
    join_url: str | None = Field(
        default=None, description="Where an online appointment is held, once confirmed"
    )
    cancelled_by: CancelledBy | None = None
    missed_by: MissedBy | None = None
    reaffirmed_at: datetime | None = None
    room_id: str | None = None
    pool: str | None = Field(default=None, description="The pool that the counsellor belongs to")
    series_id: str | None = None
    version: int

    @classmethod
    def of_state(cls, appointment: Appointment, tenant: Tenant, **more: Any) -> Self:
        return cls(
            **SlotOut.of(appointment.slot).model_dump(),
            id=appointment.id,
            state=appointment.state,
            resident_id=appointment.resident_id,
            held_until=appointment.held_until,
            join_url=join_url(appointment, tenant),
            cancelled_by=appointment.cancelled_by,
            missed_by=appointment.missed_by,
            reaffirmed_at=appointment.reaffirmed_at,
            room_id=appointment.slot.room_id,
            pool=appointment.slot.pool,
            series_id=appointment.series_id,
            version=appointment.version,
            **more,
        )


class WishesOut(BaseModel):
    """As they were asked for with the appointment, by whoever made it."""

    language: str | None = None
    skills: list[str] = []
    gender: Gender | None = None
    gender_required: bool = False
    anew: bool = False


class StaffAppointmentOut(AppointmentOut):
    """`note` and `cancel_reason` are there for appointments:read only. `assignment`: why this counsellor, when Banso chose; `wishes`: what
    was asked of whoever it would be."""

    note: str | None = None
    cancel_reason: str | None = None
    assignment: dict[str, Any] | None = None
    wishes: WishesOut | None = None


def join_url(appointment: Appointment, tenant: Tenant) -> str | None:
    """The online session's address: the outside provider's where there is one (none until it has answered), else by the template."""
    if appointment.state != "confirmed" or appointment.slot.channel != "online":
        return None
    if appointment.join_url or tenant.spec.booking.join_hook:
        return appointment.join_url
    return tenant.spec.booking.join_url.replace("{appointment_id}", appointment.id)
