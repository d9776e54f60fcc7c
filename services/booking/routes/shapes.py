"""What goes in and out over HTTP."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.booking.appointment import Appointment, State
from services.booking.counsellor import Counsellor, WeeklyHours
from services.booking.desk import Wish
from services.booking.service_day import MINUTES
from services.booking.slot import LONGEST, Slot
from shared.events.booking import AppointmentChannel, CancelledBy
from shared.ids import id_pattern
from shared.tenancy import Tenant

AppointmentId = Annotated[str, StringConstraints(pattern=id_pattern("apt"))]
CounsellorId = Annotated[str, StringConstraints(pattern=id_pattern("cou"))]
ResidentId = Annotated[str, StringConstraints(pattern=id_pattern("res"))]
AppointmentPath = Annotated[str, Path(pattern=id_pattern("apt"))]
CounsellorPath = Annotated[str, Path(pattern=id_pattern("cou"))]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Minute = Annotated[int, Field(ge=0, le=MINUTES)]
Minutes = Annotated[int, Field(ge=5, le=LONGEST)]
WANTED_COUNSELLOR = "cou_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HoursBody(Body):
    """One stretch of a weekday (0 is Monday), in minutes of the service day: 1320-1560 is 22:00-26:00."""

    weekday: int = Field(ge=0, le=6)
    start_minute: Minute
    end_minute: Minute


class CounsellorBody(Body):
    display_name: ShortText = Field(examples=["見本 相談員"])
    languages: list[Language] = Field(default=["ja"], min_length=1, max_length=20)
    channels: list[AppointmentChannel] = Field(min_length=1, max_length=3, examples=[["online", "telephone"]])
    weekly_hours: list[HoursBody] = Field(
        default=[], max_length=50, examples=[[{"weekday": 3, "start_minute": 1320, "end_minute": 1560}]]
    )

    def hours(self) -> tuple[WeeklyHours, ...]:
        return tuple(WeeklyHours(h.weekday, h.start_minute, h.end_minute) for h in self.weekly_hours)


class CounsellorOut(BaseModel):
    id: str
    version: int
    display_name: str
    languages: list[str]
    channels: list[AppointmentChannel]
    weekly_hours: list[HoursBody]

    @classmethod
    def of(cls, counsellor: Counsellor) -> Self:
        return cls.model_validate(counsellor, from_attributes=True)


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


class WishBody(Body):
    counsellor_id: CounsellorId = Field(examples=[WANTED_COUNSELLOR])
    service_date: date = Field(examples=["2026-12-03"])
    start_minute: Minute = Field(examples=[1470])
    minutes: Minutes = 60
    channel: AppointmentChannel

    def wish(self) -> Wish:
        return Wish(self.counsellor_id, self.channel, self.service_date, self.start_minute, self.minutes)


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
        slot = present.slot
        return Wish(
            self.counsellor_id or slot.counsellor_id,
            self.channel or slot.channel,
            self.service_date,
            self.start_minute,
            self.minutes or slot.minutes,
        )


class CancelBody(Body):
    reason: LongText | None = None


class MarkBody(Body):
    note: LongText | None = None


class AppointmentOut(SlotOut):
    id: str
    state: State
    resident_id: str
    held_until: datetime | None = None
    join_url: str | None = Field(
        default=None, description="Where an online appointment is held, once confirmed"
    )
    cancelled_by: CancelledBy | None = None
    version: int

    @classmethod
    def of_state(cls, appointment: Appointment, tenant: Tenant, **more: str | None) -> Self:
        return cls(
            **SlotOut.of(appointment.slot).model_dump(),
            id=appointment.id,
            state=appointment.state,
            resident_id=appointment.resident_id,
            held_until=appointment.held_until,
            join_url=join_url(appointment, tenant),
            cancelled_by=appointment.cancelled_by,
            version=appointment.version,
            **more,
        )


class StaffAppointmentOut(AppointmentOut):
    """`note` and `cancel_reason` are there for appointments:read only."""

    note: str | None = None
    cancel_reason: str | None = None


def join_url(appointment: Appointment, tenant: Tenant) -> str | None:
    """The online session's address, by the tenant's template."""
    if appointment.state != "confirmed" or appointment.slot.channel != "online":
        return None
    return tenant.spec.booking.join_url.replace("{appointment_id}", appointment.id)
