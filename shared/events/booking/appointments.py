"""Appointments, from the hold on, and what was chosen on LINE and could not be done."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Part, Payload

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
    pool: str | None = None
    """The pool that the counsellor belongs to; None: the municipality's own."""
    room_id: str | None = None
    buffer_minutes: int = 0
    """Kept free after the end, in the counsellor's calendar."""
    series_id: str | None = None


class AppointmentHeld(_Slot):
    TYPE: ClassVar[str] = "banso.booking.appointment.held.v1"
    held_until: datetime


class AppointmentConfirmed(_Slot):
    """`extra_reminder`: one more reminder would help this person to come. `told_by_series`: an earlier appointment of the same
    series has told them of it; only the reminders remain."""

    TYPE: ClassVar[str] = "banso.booking.appointment.confirmed.v1"
    extra_reminder: bool = False
    told_by_series: bool = False


class AppointmentMoved(_Slot):
    """The fields give the new time; `previous_starts_at` the old one."""

    TYPE: ClassVar[str] = "banso.booking.appointment.moved.v1"
    previous_starts_at: datetime
    extra_reminder: bool = False


class AppointmentCancelled(Payload):
    """`by` system means that a hold ran out. `with_series`: what was left of its series was cancelled with it; `told_by_series`: an
    earlier appointment of the series has told of that."""

    TYPE: ClassVar[str] = "banso.booking.appointment.cancelled.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str
    by: CancelledBy
    was_confirmed: bool
    with_series: bool = False
    told_by_series: bool = False


class AppointmentReaffirmed(Payload):
    """The resident says that they are coming."""

    TYPE: ClassVar[str] = "banso.booking.appointment.reaffirmed.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str


class OfferedTime(Part):
    """A time to choose from. `starts_at` is UTC."""

    service_date: date
    start_minute: int = Field(ge=0, le=1800)
    end_minute: int = Field(ge=0, le=1800)
    starts_at: datetime


class AppointmentTimesOffered(Payload):
    """The resident asked on LINE for another time: these are free now. None: none is.

    `again`: they had chosen a time that somebody else was faster to take.
    """

    TYPE: ClassVar[str] = "banso.booking.appointment.times_offered.v1"
    resident_id: str
    appointment_id: str
    times: tuple[OfferedTime, ...]
    again: bool = False


RefusalReason = Literal["not_found", "started", "over", "time_taken", "unavailable", "offer_ended", "failed"]


class ActionRefused(Payload):
    """What the resident chose on LINE (`intake.ActionChosen`) could not be done; nothing has changed.

    `reason`: not_found (it is not theirs, or never was); started (it has begun); over (cancelled, or has been); time_taken (and nothing
    else is free near it); unavailable (the time is not offered any more); offer_ended (the offered time is no longer kept for them); failed (a fault of ours).
    """

    TYPE: ClassVar[str] = "banso.booking.action.refused.v1"
    resident_id: str
    action: str
    reason: RefusalReason
    subject_id: str | None = None


class AppointmentAttended(Payload):
    TYPE: ClassVar[str] = "banso.booking.appointment.attended.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str


MissedBy = Literal["resident", "counsellor"]


class AppointmentMissed(Payload):
    """It did not take place. `by` says who could not come, and blames nobody."""

    TYPE: ClassVar[str] = "banso.booking.appointment.missed.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str
    by: MissedBy = "resident"


EVENTS: tuple[type[Payload], ...] = (
    AppointmentHeld,
    AppointmentConfirmed,
    AppointmentMoved,
    AppointmentCancelled,
    AppointmentReaffirmed,
    AppointmentTimesOffered,
    ActionRefused,
    AppointmentAttended,
    AppointmentMissed,
)
