"""The waiting list."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared.events.booking.appointments import AppointmentChannel
from shared.events.envelope import Payload


class _Waiting(Payload):
    resident_id: str
    waiting_id: str


class WaitlistJoined(_Waiting):
    TYPE: ClassVar[str] = "banso.booking.waitlist.joined.v1"


class WaitlistOffered(_Waiting):
    """A time is held for somebody who waits, until `offered_until`. `earlier_than` is the appointment that it could replace."""

    TYPE: ClassVar[str] = "banso.booking.waitlist.offered.v1"
    appointment_id: str
    channel: AppointmentChannel
    service_date: date
    start_minute: int = Field(ge=0, le=1800)
    end_minute: int = Field(ge=0, le=1800)
    starts_at: datetime
    offered_until: datetime
    earlier_than: str | None = None


class WaitlistTaken(_Waiting):
    """The offered time was taken: `appointment_id` is what the resident has now."""

    TYPE: ClassVar[str] = "banso.booking.waitlist.taken.v1"
    appointment_id: str


class WaitlistLeft(_Waiting):
    TYPE: ClassVar[str] = "banso.booking.waitlist.left.v1"


EVENTS: tuple[type[Payload], ...] = (
    WaitlistJoined,
    WaitlistOffered,
    WaitlistTaken,
    WaitlistLeft,
)
