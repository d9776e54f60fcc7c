"""When a counsellor works: weekly hours, dates that are different, public holidays, and absences.

The hours of a service day are those of its own exception if it has one, else none on a Japanese public holiday (unless the counsellor
works on holidays), else those of its weekday. Absences are stretches of real time and are taken away from whatever hours there are.
Source of the holidays: 国民の祝日に関する法律, as kept in the library jpholiday.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

import jpholiday

from services.booking.cells import CELL_MINUTES, CELL_SECONDS, cell_number, span_bits
from services.booking.service_day import MIDNIGHT, MINUTES, instant
from shared.errors import Invalid

WEEK = 7 * MIDNIGHT
Closed = Literal["not-here", "exception", "holiday", "weekly"]
"""Why a service day has no hours."""


@dataclass(frozen=True)
class Span:
    """Minutes of a service day, 0..1800, half-open."""

    start_minute: int
    end_minute: int


@dataclass(frozen=True)
class WeeklyHours:
    """`weekday` 0 is Monday; minutes of the service day, 0..1800: a Monday may end at 26:00 of that Monday."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True)
class DateHours:
    """The hours of one service date in place of the weekly ones, a public holiday's too; no spans: closed."""

    service_date: date
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Absence:
    """[starts_at, ends_at) in UTC. `imported`: from a calendar that the counsellor keeps elsewhere. `label` is a code, no free text."""

    id: str
    starts_at: datetime
    ends_at: datetime
    kind: Literal["leave", "imported"] = "leave"
    label: str = ""

    @property
    def cells(self) -> tuple[int, int]:
        """The cells that it touches, [first, end)."""
        return cell_number(self.starts_at), -(-int(self.ends_at.timestamp()) // CELL_SECONDS)


@dataclass(frozen=True)
class Hours:
    """Everything that decides when somebody works. Works from `from_date` to `to_date`, both included, and not at all unless `active`."""

    weekly: tuple[WeeklyHours, ...] = ()
    exceptions: tuple[DateHours, ...] = ()
    works_holidays: bool = False
    absences: tuple[Absence, ...] = ()
    active: bool = True
    from_date: date | None = None
    to_date: date | None = None

    @cached_property
    def _by_weekday(self) -> Sequence[tuple[Span, ...]]:
        ordered = sorted(self.weekly, key=lambda h: h.start_minute)
        return [
            tuple(Span(h.start_minute, h.end_minute) for h in ordered if h.weekday == weekday)
            for weekday in range(7)
        ]

    @cached_property
    def _by_date(self) -> Mapping[date, tuple[Span, ...]]:
        return {e.service_date: tuple(sorted(e.spans, key=lambda s: s.start_minute)) for e in self.exceptions}

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours of one service day, in order; absences are not looked at."""
        return () if self.closed(day) else self._by_date.get(day) or self._by_weekday[day.weekday()]

    def closed(self, day: date) -> Closed | None:
        """Why the service day has no hours; None when it has."""
        late = (self.from_date and day < self.from_date) or (self.to_date and day > self.to_date)
        if late or not self.active:
            return "not-here"
        if day in self._by_date:
            return None if self._by_date[day] else "exception"
        if not self.works_holidays and is_holiday(day):
            return "holiday"
        return None if self._by_weekday[day.weekday()] else "weekly"

    def bits(self, first_day: date, days: int, base: int, zone: tzinfo) -> int:
        """Working cells of `days` service days, on a timeline that begins at cell `base`.

        The days before and after count too, so that an appointment may begin in one day's hours and end in the next one's.
        """
        bits = self._open(first_day, days, base, zone)
        for absence in self.absences:
            bits &= ~span_bits(base, *absence.cells)
        return bits

    def cover(self, starts_at: datetime, ends_at: datetime, zone: tzinfo) -> bool:
        """Whether all of [starts_at, ends_at), a day long at most, lies in the hours; absences are not looked at."""
        first, end = cell_number(starts_at), -(-int(ends_at.timestamp()) // CELL_SECONDS)
        wanted = span_bits(first, first, end)
        return self._open(starts_at.astimezone(zone).date(), 1, first, zone) & wanted == wanted

    def _open(self, first_day: date, days: int, base: int, zone: tzinfo) -> int:
        bits = 0
        for n in range(-1, days + 1):
            day = first_day + timedelta(days=n)
            for span in self.on(day):
                starts, ends = instant(day, span.start_minute, zone), instant(day, span.end_minute, zone)
                bits |= span_bits(base, cell_number(starts), cell_number(ends))
        return bits


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """Whether the date is a public holiday in Japan."""
    return bool(jpholiday.is_holiday(day))


def check_weekly_hours(weekly_hours: Sequence[WeeklyHours]) -> tuple[WeeklyHours, ...]:
    """The hours in order. Raises Invalid, naming the field, for hours that end early, lie off the grid, or overlap.

    Overlaps are looked for in real time: Monday 24:00-25:00 and Tuesday 0:00-1:00 are the same hour.
    """
    for n, hours in enumerate(weekly_hours):
        _check_span(f"weekly_hours.{n}", hours.start_minute, hours.end_minute)
    week = sorted(
        (h.weekday * MIDNIGHT + h.start_minute, h.weekday * MIDNIGHT + h.end_minute, n)
        for n, h in enumerate(weekly_hours)
    )
    if week:
        week.append((week[0][0] + WEEK, week[0][1] + WEEK, week[0][2]))  # Sunday's night is Monday's morning
    for (_, end, _), (start, _, n) in pairwise(week):
        if start < end:
            raise Invalid(f"weekly_hours.{n}.start_minute", "overlaps other hours")
    return tuple(sorted(weekly_hours, key=lambda h: (h.weekday, h.start_minute)))


def check_exceptions(hours: Hours) -> Hours:
    """`hours` with its exceptions in order. Raises Invalid, naming the field, as `check_weekly_hours` does.

    An exception must overlap neither itself nor the hours of the night before or the morning after, whichever rule gives those.
    """
    seen: set[date] = set()
    for n, exception in enumerate(hours.exceptions):
        if exception.service_date in seen:
            raise Invalid(f"exceptions.{n}.service_date", "must be there once")
        seen.add(exception.service_date)
        for m, span in enumerate(exception.spans):
            _check_span(f"exceptions.{n}.spans.{m}", span.start_minute, span.end_minute)
    for n, exception in enumerate(hours.exceptions):
        for m, span in enumerate(exception.spans):
            for start, end in _others(hours, exception, span):
                if span.start_minute < end and start < span.end_minute:
                    raise Invalid(f"exceptions.{n}.spans.{m}.start_minute", "overlaps other hours")
    in_order = (
        DateHours(e.service_date, tuple(sorted(e.spans, key=lambda s: s.start_minute)))
        for e in sorted(hours.exceptions, key=lambda e: e.service_date)
    )
    return replace(hours, exceptions=tuple(in_order))


def _others(hours: Hours, exception: DateHours, span: Span) -> Iterator[tuple[int, int]]:
    """Other hours near the exception's day, in minutes of that day."""
    for days in (-1, 0, 1):
        near: Iterable[Span] = hours.on(exception.service_date + timedelta(days=days))
        if days == 0:
            same = list(exception.spans)
            same.remove(span)
            near = same
        for other in near:
            yield other.start_minute + days * MIDNIGHT, other.end_minute + days * MIDNIGHT


def _check_span(field: str, start: int, end: int) -> None:
    if not 0 <= start < end <= MINUTES:
        raise Invalid(f"{field}.end_minute", f"must be after start_minute, {MINUTES} at most")
    if start % CELL_MINUTES or end % CELL_MINUTES:
        raise Invalid(f"{field}.start_minute", f"must be in steps of {CELL_MINUTES} minutes")
