"""Counsellors: whom one can talk to, how, and in which hours of the week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import pairwise

from services.booking.cells import CELL_MINUTES, cell_number, span_bits
from services.booking.service_day import MINUTES, instant
from shared.errors import Invalid

WEEK = 7 * 24 * 60


@dataclass(frozen=True)
class WeeklyHours:
    """`weekday` 0 is Monday; minutes of the service day, 0..1800: a Monday may end at 26:00 of that Monday."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True)
class Counsellor:
    id: str
    display_name: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    weekly_hours: tuple[WeeklyHours, ...]
    version: int = 1

    def hours_on(self, day: date) -> tuple[WeeklyHours, ...]:
        """The hours of one service day, in order."""
        return tuple(hours for hours in self.weekly_hours if hours.weekday == day.weekday())

    def hours_bits(self, first_day: date, days: int, base: int, zone: tzinfo) -> int:
        """Working cells of `days` service days, on a timeline that begins at cell `base`.

        The days before and after count too, so that an appointment may begin in one day's hours and end in the next one's.
        """
        bits = 0
        for n in range(-1, days + 1):
            day = first_day + timedelta(days=n)
            for hours in self.hours_on(day):
                starts, ends = instant(day, hours.start_minute, zone), instant(day, hours.end_minute, zone)
                bits |= span_bits(base, cell_number(starts), cell_number(ends))
        return bits


def check_weekly_hours(weekly_hours: Sequence[WeeklyHours]) -> tuple[WeeklyHours, ...]:
    """The hours in order. Raises Invalid, naming the field, for hours that end early, lie off the grid, or overlap.

    Overlaps are looked for in real time: Monday 24:00-25:00 and Tuesday 0:00-1:00 are the same hour.
    """
    for n, hours in enumerate(weekly_hours):
        if not 0 <= hours.start_minute < hours.end_minute <= MINUTES:
            raise Invalid(f"weekly_hours.{n}.end_minute", "must be after start_minute, 1800 at most")
        if hours.start_minute % CELL_MINUTES or hours.end_minute % CELL_MINUTES:
            raise Invalid(f"weekly_hours.{n}.start_minute", f"must be in steps of {CELL_MINUTES} minutes")
    week = sorted(
        (h.weekday * 1440 + h.start_minute, h.weekday * 1440 + h.end_minute, n)
        for n, h in enumerate(weekly_hours)
    )
    if week:
        week.append((week[0][0] + WEEK, week[0][1] + WEEK, week[0][2]))  # Sunday's night is Monday's morning
    for (_, end, _), (start, _, n) in pairwise(week):
        if start < end:
            raise Invalid(f"weekly_hours.{n}.start_minute", "overlaps other hours")
    return tuple(sorted(weekly_hours, key=lambda h: (h.weekday, h.start_minute)))
