"""The time that a worker has for orders, as booking forecasts it, and what of it is still free beside what they are asked for already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.matching.orders.assignment import OPEN, Assignment
from services.matching.orders.problem import DAYS, Hand
from shared.clock import TOKYO


@dataclass(frozen=True)
class Capacity:
    """`days` are minutes by service date, promised ones included. `skills` are codes. `asked` counts how often they were asked for something:
    whoever asks moves it, so that of two who ask at once only one is judged by what is so."""

    resident_id: str
    centre_id: str
    days: Mapping[date, int] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    wishes_more: bool = False
    asked: int = 0


def first_day(now: datetime) -> date:
    """A plan begins tomorrow: nobody is asked for the day that already runs."""
    return now.astimezone(TOKYO).date() + timedelta(days=1)


def release_of(earliest_at: datetime | None, first: date) -> int:
    """The day of the plan from whose beginning on it may be worked on it."""
    if earliest_at is None:
        return 0
    local = earliest_at.astimezone(TOKYO)
    midnight = local.hour == local.minute == local.second == local.microsecond == 0
    return max((local.date() - first).days + (0 if midnight else 1), 0)


def due_of(due_at: datetime, first: date) -> int:
    """The last day of the plan that ends before it is due; -1 when none does. What is due in the course of a day is done the day before."""
    return min((due_at.astimezone(TOKYO).date() - first).days - 1, DAYS - 1)


def hand_of(capacity: Capacity, assignments: Iterable[Assignment], first: date) -> Hand:
    """The worker with what is left of each day of the plan. `assignments` are their open ones; time that was planned for a day that is over,
    and has not been begun, comes out of the next days."""
    free = [capacity.days.get(first + timedelta(days=n), 0) for n in range(DAYS)]
    late = 0
    for assignment in assignments:
        if assignment.state not in OPEN or assignment.state == "recorded":
            continue
        coming = 0
        for share in assignment.days:
            day = (share.day - first).days
            if 0 <= day < DAYS:
                free[day] -= share.minutes
                coming += share.minutes
        if assignment.state != "in_progress":
            late += sum(share.minutes for share in assignment.days) - coming
    for day, minutes in enumerate(free):
        taken = min(max(minutes, 0), late)
        free[day] = max(minutes, 0) - taken
        late -= taken
    return Hand(capacity.resident_id, tuple(free), frozenset(capacity.skills), capacity.wishes_more)
