"""Places at cooperating workplaces: work experience, and supported short jobs without a CV or an interview."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.booking.centre.stretch import Stretch
from services.booking.centre.worker import check_hours
from services.booking.hours import WeeklyHours, is_holiday
from shared.errors import Conflict, Invalid

Kind = Literal["work_experience", "supported_short_job"]
LONGEST = 92
"""Days that one stay may last."""


class PrerequisitesMissing(Conflict):
    """`missing` are codes of what the workplace needs beforehand, e.g. an insurance."""

    slug = "prerequisites-missing"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(extra={"missing": list(missing)})
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Place:
    """Open from `from_date` to `to_date` (both included), `seats` at a time, in the sessions of the week.

    `prerequisites` are codes; `needs_cv` and `needs_interview` are never asked of a supported short job.
    """

    id: str
    name: str
    workplace: str
    kind: Kind
    from_date: date
    to_date: date
    sessions: tuple[WeeklyHours, ...]
    seats: int = 1
    prerequisites: tuple[str, ...] = ()
    needs_cv: bool = False
    needs_interview: bool = False
    works_holidays: bool = False
    agree_days: int = 7
    version: int = 1


def check_place(place: Place) -> Place:
    """Raises Invalid, naming the field."""
    if place.to_date < place.from_date:
        raise Invalid("to_date", "must not be before from_date")
    if not place.sessions:
        raise Invalid("sessions", "at least one is needed")
    check_hours("sessions", place.sessions)
    if place.kind == "supported_short_job" and (place.needs_cv or place.needs_interview):
        field = "needs_cv" if place.needs_cv else "needs_interview"
        raise Invalid(field, "a supported short job asks for neither CV nor interview")
    return place


def sessions_of(
    place: Place, from_date: date, to_date: date, weekdays: Collection[int] | None = None
) -> tuple[Stretch, ...]:
    """The sessions of a stay, in order; holidays are left out unless the workplace works then. Raises Invalid.

    `weekdays` (0 is Monday) restricts a stay to some of the place's days.
    """
    if to_date < from_date:
        raise Invalid("to_date", "must not be before from_date")
    if from_date < place.from_date or to_date > place.to_date:
        raise Invalid("from_date", f"the place is open from {place.from_date} to {place.to_date}")
    if (to_date - from_date).days >= LONGEST:
        raise Invalid("to_date", f"a stay lasts {LONGEST} days at most")
    days = (from_date + timedelta(days=n) for n in range((to_date - from_date).days + 1))
    found = [
        Stretch(day, hours.start_minute, hours.end_minute)
        for day in days
        if (place.works_holidays or not is_holiday(day)) and _wanted(day, weekdays)
        for hours in place.sessions
        if hours.weekday == day.weekday()
    ]
    if not found:
        raise Invalid("from_date", "no session lies in this stay")
    return tuple(sorted(found))


def check_prerequisites(place: Place, met: Collection[str]) -> None:
    """Raises PrerequisitesMissing."""
    missing = [code for code in place.prerequisites if code not in met]
    if missing:
        raise PrerequisitesMissing(missing)


def _wanted(day: date, weekdays: Collection[int] | None) -> bool:
    return weekdays is None or day.weekday() in weekdays
