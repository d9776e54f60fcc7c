"""A stretch of work: one service day and minutes 0..1800 of it, so that 23:00-25:00 on the 3rd stays on the 3rd."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from services.booking.cells import CELL_MINUTES
from services.booking.hours import WeeklyHours
from services.booking.service_day import MIDNIGHT, MINUTES, instant, span_text
from shared.errors import Invalid


@dataclass(frozen=True, order=True)
class Stretch:
    """Half-open. Its length is real: it ends `minutes` after it starts, whatever the clocks do."""

    service_date: date
    start_minute: int
    end_minute: int

    @property
    def minutes(self) -> int:
        return self.end_minute - self.start_minute

    @property
    def label(self) -> str:
        """`23:00-25:00`"""
        return span_text(self.start_minute, self.end_minute)

    def starts_at(self, zone: tzinfo) -> datetime:
        return instant(self.service_date, self.start_minute, zone)

    def ends_at(self, zone: tzinfo) -> datetime:
        return self.starts_at(zone) + timedelta(minutes=self.minutes)

    def overlaps(self, other: "Stretch") -> bool:
        """In wall-clock time, across midnight too: 24:30 of one day is 0:30 of the next."""
        return (
            self._first() < other._first() + other.minutes and other._first() < self._first() + self.minutes
        )

    def moved(self, days: int) -> "Stretch":
        return Stretch(self.service_date + timedelta(days=days), self.start_minute, self.end_minute)

    def within(self, hours: WeeklyHours) -> bool:
        """Whether weekly hours of its weekday hold the whole of it."""
        return (
            hours.weekday == self.service_date.weekday()
            and hours.start_minute <= self.start_minute
            and self.end_minute <= hours.end_minute
        )

    def _first(self) -> int:
        return self.service_date.toordinal() * MIDNIGHT + self.start_minute


def check_stretch(field: str, stretch: Stretch, step: int = CELL_MINUTES) -> None:
    """Raises Invalid for a stretch that ends before it begins, passes 30:00 or lies off the grid of `step` minutes."""
    if not 0 <= stretch.start_minute < stretch.end_minute <= MINUTES:
        raise Invalid(f"{field}.end_minute", f"must be after start_minute, {MINUTES} at most")
    if stretch.start_minute % step or stretch.end_minute % step:
        raise Invalid(f"{field}.start_minute", f"must be in steps of {step} minutes")


def monday_of(day: date) -> date:
    """The Monday of the week that a service date lies in."""
    return day - timedelta(days=day.weekday())


def check_monday(field: str, day: date) -> date:
    """Raises Invalid for any other weekday."""
    if day.weekday():
        raise Invalid(field, "must be a Monday")
    return day
