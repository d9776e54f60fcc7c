"""Workers and centres: who works, on how many days, for how long, and where."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.booking.centre.rate import Rate, check_rates
from services.booking.centre.stretch import Stretch
from services.booking.hours import WeeklyHours
from services.booking.service_day import MINUTES
from shared.errors import Invalid

Guide = Literal["target", "ceiling", "floor"]
Renewal = Literal["automatic", "agreed"]


@dataclass(frozen=True)
class Station:
    """A desk, a line or a machine with `seats` of the same kind. `skill` is a code that its worker must have; None: anybody may."""

    id: str
    name: str
    seats: int
    open_hours: tuple[WeeklyHours, ...]
    skill: str | None = None

    def open_for(self, stretch: Stretch) -> bool:
        return any(stretch.within(hours) for hours in self.open_hours)


@dataclass(frozen=True)
class Centre:
    """`guide_ratio` of the theoretical hours is a guide: `guide` says whether it is a target, a ceiling or a floor.

    Below it, notices come from the `review_day` of the month on, when most of the month is planned. `renewal`: a contract that nobody
    ends is renewed (automatic), or only once both sides have agreed.
    """

    id: str
    name: str
    stations: tuple[Station, ...]
    guide_ratio: float = 0.8
    guide: Guide = "target"
    review_day: int = 20
    rates: tuple[Rate, ...] = ()
    renewal: Renewal = "automatic"
    notice_days: tuple[int, ...] = (30, 7)
    offer_minutes: int = 30
    version: int = 1

    def station(self, station_id: str) -> Station | None:
        return next((station for station in self.stations if station.id == station_id), None)


@dataclass(frozen=True)
class Worker:
    """A resident who works with a centre. Minutes are of one service day; `theoretical_minutes` of one month, None: by the limits.

    `stations` are those that the person may use; empty: every one that their skills allow. `available` and `preferred` are hours of the
    week for the centre's shift plan; the worker's own schedule is free of them.
    """

    resident_id: str
    centre_id: str
    max_days: int = 3
    min_minutes: int = 120
    max_minutes: int = 180
    skills: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    wishes_more: bool = False
    wished_days: int | None = None
    theoretical_minutes: int | None = None
    rates: tuple[Rate, ...] = ()
    available: tuple[WeeklyHours, ...] = ()
    preferred: tuple[WeeklyHours, ...] = ()
    version: int = 1

    def eligible(self, station: Station) -> bool:
        allowed = not self.stations or station.id in self.stations
        return allowed and (station.skill is None or station.skill in self.skills)

    def theoretical(self, month: date) -> int:
        """Minutes that the worker could work at most in the month of `month`: the N days a week at full length, by the month's days."""
        if self.theoretical_minutes is not None:
            return self.theoretical_minutes
        return self.max_days * self.max_minutes * monthrange(month.year, month.month)[1] // 7

    @property
    def weekly(self) -> int:
        """Minutes that the worker could work at most in a week."""
        return self.max_days * self.max_minutes


def check_centre(centre: Centre) -> Centre:
    """Raises Invalid, naming the field."""
    for n, station in enumerate(centre.stations):
        check_hours(f"stations.{n}.open_hours", station.open_hours)
    if not 0 < centre.guide_ratio <= 1:
        raise Invalid("guide_ratio", "must be above 0 and at most 1")
    check_rates("rates", centre.rates)
    return centre


def check_worker(worker: Worker, centre: Centre) -> Worker:
    """Raises Invalid, naming the field."""
    if not 0 < worker.min_minutes <= worker.max_minutes:
        raise Invalid("min_minutes", "must be at most max_minutes")
    if worker.wished_days is not None and worker.wished_days > worker.max_days:
        raise Invalid("wished_days", "must be at most max_days")
    for n, station_id in enumerate(worker.stations):
        if centre.station(station_id) is None:
            raise Invalid(f"stations.{n}", "is no station of the centre")
    check_hours("available", worker.available)
    check_hours("preferred", worker.preferred)
    check_rates("rates", worker.rates)
    return worker


def check_hours(field: str, hours: Sequence[WeeklyHours]) -> None:
    """Raises Invalid for hours that end before they begin. They may overlap."""
    for n, span in enumerate(hours):
        if not 0 <= span.start_minute < span.end_minute <= MINUTES:
            raise Invalid(f"{field}.{n}.end_minute", f"must be after start_minute, {MINUTES} at most")
