"""A slot: one counsellor, one way to talk, one stretch of time, and a room where the way to talk needs one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from services.booking.cells import CELL_MINUTES
from services.booking.service_day import MINUTES, instant, span_text
from shared.errors import Invalid
from shared.events.booking import AppointmentChannel

LONGEST = 8 * 60
FAR = timedelta(days=400)


@dataclass(frozen=True)
class Slot:
    """`service_date` and `start_minute` are how it is said; `starts_at` and `ends_at` (UTC, half-open) are what it takes."""

    counsellor_id: str
    channel: AppointmentChannel
    service_date: date
    start_minute: int
    minutes: int
    starts_at: datetime
    ends_at: datetime
    pool: str | None = None
    """The pool that the counsellor belongs to; None: the municipality's own."""
    room_id: str | None = None
    buffer_minutes: int = 0
    """Kept free in the counsellor's calendar after the end."""

    @property
    def end_minute(self) -> int:
        return self.start_minute + self.minutes

    @property
    def label(self) -> str:
        """`24:30-25:30`"""
        return span_text(self.start_minute, self.end_minute)

    def as_json(self) -> dict[str, Any]:
        """As callers get it: dates and UTC instants in ISO 8601."""
        return {
            "counsellor_id": self.counsellor_id,
            "channel": self.channel,
            "service_date": self.service_date.isoformat(),
            "start_minute": self.start_minute,
            "end_minute": self.end_minute,
            "label": self.label,
            "starts_at": _utc(self.starts_at),
            "ends_at": _utc(self.ends_at),
        }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def check_date(field: str, day: date, today: date) -> None:
    """Raises Invalid for a date so far away that it can only be a mistake."""
    if abs(day - today) > FAR:
        raise Invalid(field, "must be within 400 days of today")


def check_minutes(minutes: int, step: int = CELL_MINUTES) -> None:
    """Raises Invalid for a length that is no multiple of `step` or beyond eight hours."""
    if not 0 < minutes <= LONGEST or minutes % step:
        raise Invalid("minutes", f"must be {step}..{LONGEST} in steps of {step}")


def slot_at(
    counsellor_id: str,
    channel: AppointmentChannel,
    service_date: date,
    start_minute: int,
    minutes: int,
    zone: tzinfo,
) -> Slot:
    """The slot of a wall-clock time. Its length is real: it ends `minutes` after it starts, whatever the clocks do.

    Raises Invalid when it lies off the five-minute grid, is longer than eight hours, or runs past 30:00.
    """
    if not 0 <= start_minute < MINUTES or start_minute % CELL_MINUTES:
        raise Invalid("start_minute", f"must be 0..1799 in steps of {CELL_MINUTES}")
    check_minutes(minutes)
    if start_minute + minutes > MINUTES:
        raise Invalid("minutes", "an appointment ends at 30:00 at the latest")
    starts_at = instant(service_date, start_minute, zone)
    return Slot(
        counsellor_id,
        channel,
        service_date,
        start_minute,
        minutes,
        starts_at,
        starts_at + timedelta(minutes=minutes),
    )
