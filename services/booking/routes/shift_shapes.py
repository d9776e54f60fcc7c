"""What goes in and out over HTTP: weeks, shifts, attendance, offers."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.booking.centre.shift import Origin, Shift
from services.booking.centre.shift import State as ShiftState
from services.booking.centre.stretch import Stretch
from services.booking.centre.week import Entry
from services.booking.routes.centre_shapes import StationId
from services.booking.routes.shapes import Body, Minute
from services.booking.working.scheduling import Week
from shared.events.booking import AttendanceStatus


class EntryBody(Body):
    """`station_id` left out: work at home. 1380-1500 is 23:00-25:00, and stays on its day."""

    service_date: date = Field(examples=["2026-12-07"])
    start_minute: Minute = Field(examples=[600])
    end_minute: Minute = Field(examples=[720])
    station_id: StationId | None = None

    def entry(self) -> Entry:
        return Entry(Stretch(self.service_date, self.start_minute, self.end_minute), self.station_id)


class WeekBody(Body):
    """The whole week as it is wanted; what has begun or was reported stays whatever stands here."""

    monday: date = Field(examples=["2026-12-07"])
    entries: list[EntryBody] = Field(max_length=50)


class CopyBody(Body):
    """`source` left out: the week before."""

    monday: date = Field(examples=["2026-12-14"])
    source: date | None = None


class ShiftOut(BaseModel):
    """`seat` is 1..n of the station. Nobody is asked why somebody is absent, and no reason is kept."""

    id: str
    version: int
    resident_id: str
    centre_id: str
    state: ShiftState
    origin: Origin
    service_date: date
    start_minute: int
    end_minute: int
    label: str = Field(examples=["23:00-25:00"])
    starts_at: datetime
    ends_at: datetime
    station_id: str | None
    seat: int | None
    reported_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None

    @classmethod
    def of(cls, shift: Shift) -> Self:
        stretch = shift.stretch
        return cls(
            **{name: getattr(shift, name) for name in cls.model_fields if hasattr(shift, name)},
            service_date=stretch.service_date,
            start_minute=stretch.start_minute,
            end_minute=stretch.end_minute,
            label=stretch.label,
        )


class WeekOut(BaseModel):
    """`left_out` could not be copied: the day is taken already, or the centre is not open any more."""

    monday: date
    shifts: list[ShiftOut]
    left_out: list[EntryBody] = []

    @classmethod
    def of(cls, week: Week) -> Self:
        return cls(
            monday=week.monday,
            shifts=[ShiftOut.of(shift) for shift in week.standing],
            left_out=[_entry_out(entry) for entry in week.left_out],
        )


class AttendanceBody(Body):
    """`service_date` says another day than today (tomorrow, say)."""

    status: AttendanceStatus
    service_date: date | None = None


class AttendanceOut(BaseModel):
    """`unclear`: it is not certain which shift was meant. A person looks at it; nothing more need be done."""

    status: AttendanceStatus
    unclear: bool
    shift: ShiftOut | None


class RecordBody(Body):
    """The times are minutes of the shift's service day, where they differ from the plan."""

    status: AttendanceStatus
    arrived_minute: Minute | None = None
    left_minute: Minute | None = None


class OfferOut(BaseModel):
    """Hours that somebody may take until `until`. Whose they were is not said."""

    shift_id: str
    service_date: date
    start_minute: int
    end_minute: int
    label: str
    starts_at: datetime
    station_id: str | None
    until: datetime


def _entry_out(entry: Entry) -> EntryBody:
    stretch = entry.stretch
    return EntryBody(
        service_date=stretch.service_date,
        start_minute=stretch.start_minute,
        end_minute=stretch.end_minute,
        station_id=entry.station_id,
    )
