"""Working with a digital employment centre: shifts, attendance, capacity."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Part, Payload


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
    """`tell`: staff planned it and the worker is to hear of it; of several planned at once, the first one tells of all."""

    TYPE: ClassVar[str] = "banso.booking.shift.planned.v1"
    tell: bool = False


class ShiftChanged(_Shift):
    """The fields give what is so now; `withdrawn`: the shift is no more; `tell`: staff did that, and the worker is to hear of it."""

    TYPE: ClassVar[str] = "banso.booking.shift.changed.v1"
    withdrawn: bool = False
    tell: bool = False


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


EVENTS: tuple[type[Payload], ...] = (
    WorkerEnrolled,
    ShiftPlanned,
    ShiftChanged,
    ShiftOffered,
    AttendanceReported,
    CapacityWarned,
    CapacityForecast,
)
