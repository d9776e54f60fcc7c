"""A line, not a point: appointments at the same time of the week, every one, two, three or four weeks, but for the dates that are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.booking.slot import FAR
from shared.errors import Conflict, Invalid
from shared.events.booking import AppointmentChannel

MOST = 26


class SeriesBlocked(Conflict):
    """Some of the dates cannot be had. The problem document names each with its own problem under `dates`; nothing was booked."""

    slug = "series-blocked"

    def __init__(self, blocked: Sequence[tuple[date, str]]) -> None:
        dates = [{"service_date": day.isoformat(), "problem": slug} for day, slug in blocked]
        super().__init__(extra={"dates": dates})
        self.blocked = tuple(blocked)


@dataclass(frozen=True)
class SeriesRule:
    """`count` dates from `first_date` on, `every_weeks` apart, those in `except_dates` left out (they count)."""

    first_date: date
    start_minute: int
    minutes: int
    channel: AppointmentChannel
    every_weeks: int
    count: int
    except_dates: tuple[date, ...] = ()

    def dates(self) -> list[date]:
        """The service dates, in order."""
        all_dates = (self.first_date + timedelta(weeks=self.every_weeks * n) for n in range(self.count))
        return [day for day in all_dates if day not in self.except_dates]


def check_series(rule: SeriesRule, today: date) -> SeriesRule:
    """Raises Invalid, naming the field."""
    if not 2 <= rule.count <= MOST:
        raise Invalid("count", f"must be 2..{MOST}")
    if not 1 <= rule.every_weeks <= 4:
        raise Invalid("every_weeks", "must be 1..4")
    dates = rule.dates()
    if not dates:
        raise Invalid("except_dates", "leaves no date")
    if dates[-1] - today > FAR:
        raise Invalid("count", "the last date must be within 400 days of today")
    return rule


@dataclass(frozen=True)
class Series:
    """What was agreed once. Each appointment of it then has a life of its own."""

    id: str
    resident_id: str
    counsellor_id: str
    rule: SeriesRule
    version: int = 1
