"""Events that booking publishes. Every instant is UTC; `service_date` and minutes (0..1800) are the booking day, so that
24:30 on the 3rd stays on the 3rd."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Payload

AppointmentChannel = Literal["online", "face_to_face", "telephone"]
CancelledBy = Literal["resident", "staff", "system"]


class _Slot(Payload):
    resident_id: str
    appointment_id: str
    counsellor_id: str
    channel: AppointmentChannel
    service_date: date
    start_minute: int = Field(ge=0, le=1800)
    end_minute: int = Field(ge=0, le=1800)
    starts_at: datetime
    ends_at: datetime


class AppointmentHeld(_Slot):
    TYPE: ClassVar[str] = "banso.booking.appointment.held.v1"
    held_until: datetime


class AppointmentConfirmed(_Slot):
    TYPE: ClassVar[str] = "banso.booking.appointment.confirmed.v1"


class AppointmentMoved(_Slot):
    """The fields give the new time; `previous_starts_at` the old one."""

    TYPE: ClassVar[str] = "banso.booking.appointment.moved.v1"
    previous_starts_at: datetime


class AppointmentCancelled(Payload):
    """`by` system means that a hold ran out."""

    TYPE: ClassVar[str] = "banso.booking.appointment.cancelled.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str
    by: CancelledBy
    was_confirmed: bool


class AppointmentAttended(Payload):
    TYPE: ClassVar[str] = "banso.booking.appointment.attended.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str


class AppointmentMissed(Payload):
    TYPE: ClassVar[str] = "banso.booking.appointment.missed.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str


EVENTS: tuple[type[Payload], ...] = (
    AppointmentHeld,
    AppointmentConfirmed,
    AppointmentMoved,
    AppointmentCancelled,
    AppointmentAttended,
    AppointmentMissed,
)
