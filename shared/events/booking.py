"""Events that booking publishes. Every instant is UTC; `service_date` and minutes (0..1800) are the booking day, so that
24:30 on the 3rd stays on the 3rd."""

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
    """`by` system means that a hold ran out."""

    TYPE: ClassVar[str] = "banso.booking.appointment.cancelled.v1"
    resident_id: str
    appointment_id: str
    counsellor_id: str
    by: CancelledBy
    was_confirmed: bool


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


class CounsellorChanged(Payload):
    """Hours, channels or absences are other than before: who keeps them in memory reads them anew."""

    TYPE: ClassVar[str] = "banso.booking.counsellor.changed.v1"
    counsellor_id: str


class RoomChanged(Payload):
    TYPE: ClassVar[str] = "banso.booking.room.changed.v1"
    room_id: str


Party = Literal["resident", "workplace", "municipality"]


class _Experience(Payload):
    resident_id: str
    experience_id: str
    place_id: str


class ExperienceRequested(_Experience):
    """A seat at a cooperating workplace is held for the resident until all three parties agree."""

    TYPE: ClassVar[str] = "banso.booking.experience.requested.v1"
    from_date: date
    to_date: date


class ExperienceAgreed(_Experience):
    """One party has agreed; `complete` once all three have."""

    TYPE: ClassVar[str] = "banso.booking.experience.agreed.v1"
    party: Party
    complete: bool


class ExperienceCancelled(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.cancelled.v1"
    by: CancelledBy


class ExperienceCompleted(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.completed.v1"


class WorkerEnrolled(Payload):
    """The resident works with a digital employment centre from now on."""

    TYPE: ClassVar[str] = "banso.booking.worker.enrolled.v1"
    resident_id: str
    centre_id: str


class _Shift(Payload):
    resident_id: str
    shift_id: str
    centre_id: str
    service_date: date
    start_minute: int = Field(ge=0, le=1800)
    end_minute: int = Field(ge=0, le=1800)
    starts_at: datetime
    ends_at: datetime


class ShiftPlanned(_Shift):
    TYPE: ClassVar[str] = "banso.booking.shift.planned.v1"


class ShiftChanged(_Shift):
    """The fields give what is so now; `withdrawn`: the shift is no more."""

    TYPE: ClassVar[str] = "banso.booking.shift.changed.v1"
    withdrawn: bool = False


class ShiftOffered(_Shift):
    """Somebody else's hours have become free; `resident_id` is who wished for more hours and may take them until `offered_until`."""

    TYPE: ClassVar[str] = "banso.booking.shift.offered.v1"
    offered_until: datetime | None = None


AttendanceStatus = Literal["present", "absent", "late", "leaving_early"]


class AttendanceReported(Payload):
    """One line was enough. `unclear`: no shift of that day was found, a person looks at it."""

    TYPE: ClassVar[str] = "banso.booking.attendance.reported.v1"
    resident_id: str
    status: AttendanceStatus
    shift_id: str | None = None
    service_date: date | None = None
    unclear: bool = False


class CapacityWarned(Payload):
    """A notice to staff to look at a schedule together; never a sanction. `ratio` of planned to theoretical hours of `month` (its first day)."""

    TYPE: ClassVar[str] = "banso.booking.capacity.warned.v1"
    resident_id: str
    centre_id: str
    month: date
    ratio: float
    guide: Literal["target", "ceiling", "floor"]


class WeekCapacity(Part):
    """Minutes of one week. `monday` is its first service date."""

    monday: date
    planned: int
    committed: int
    free: int


class DayCapacity(Part):
    """Minutes of one service date."""

    service_date: date
    minutes: int


class CapacityForecast(Payload):
    """What a worker has left for new orders, in the weeks to come.

    `days` are today and the days to come, as far as `weeks` reach: minutes that they can give to orders, what they have promised to orders in Banso
    included (a week's `free` is without it), what staff have said is promised elsewhere not. Days without minutes are left out. `skills` are codes.
    """

    TYPE: ClassVar[str] = "banso.booking.capacity.forecast.v1"
    resident_id: str
    centre_id: str
    weeks: tuple[WeekCapacity, ...]
    days: tuple[DayCapacity, ...] = ()
    skills: tuple[str, ...] = ()
    wishes_more: bool = False


class _Contract(Payload):
    resident_id: str
    contract_id: str
    centre_id: str
    ends_on: date


class ContractStarted(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.started.v1"
    starts_on: date


class ContractExpiring(_Contract):
    """The term nears its end. `renewal` automatic: it goes on unless somebody ends it (`ending`: somebody has); agreed: only if both say so."""

    TYPE: ClassVar[str] = "banso.booking.contract.expiring.v1"
    renewal: Literal["automatic", "agreed"] = "automatic"
    ending: bool = False


class ContractRenewed(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.renewed.v1"


class ContractEnded(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.ended.v1"


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
    WaitlistJoined,
    WaitlistOffered,
    WaitlistTaken,
    WaitlistLeft,
    CounsellorChanged,
    RoomChanged,
    ExperienceRequested,
    ExperienceAgreed,
    ExperienceCancelled,
    ExperienceCompleted,
    WorkerEnrolled,
    ShiftPlanned,
    ShiftChanged,
    ShiftOffered,
    AttendanceReported,
    CapacityWarned,
    CapacityForecast,
    ContractStarted,
    ContractExpiring,
    ContractRenewed,
    ContractEnded,
)
