"""A centre's shift plan over four weeks: what is asked for, what comes out, and why something could not be met.

How it is solved stands in `solver`; how good it is, is counted here, by one objective that is a sum:

    UNMET   for every person that a band lacks
    LATER   for every wished day that a worker does not get in the plan's weeks, each one dearer than the one before: a convex cost in
            linear pieces, so that hours spread evenly among workers and whoever had less in one week comes first in the next
    AGAINST for every band placed outside of the hours that the worker prefers
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from services.booking.centre.stretch import Stretch, monday_of
from services.booking.centre.worker import Centre, Station, Worker

UNMET = 1000
LATER = 12
AGAINST = 5
WEEKS = 4

Why = Literal[
    "nobody_eligible",
    "nobody_available",
    "band_too_short",
    "day_limit",
    "placed_elsewhere",
    "not_found_in_time",
]


@dataclass(frozen=True)
class Need:
    """So many people at least in one band of a station; `seats` at most."""

    station_id: str
    stretch: Stretch
    minimum: int
    seats: int


@dataclass(frozen=True)
class Held:
    """What a worker has in the plan's weeks already: it counts for their limits, and its time is taken."""

    resident_id: str
    stretch: Stretch


@dataclass(frozen=True)
class Problem:
    """`monday` begins the plan. Needs of one station must not overlap."""

    monday: date
    weeks: int
    centre: Centre
    workers: tuple[Worker, ...]
    needs: tuple[Need, ...]
    held: tuple[Held, ...] = ()

    def station(self, need: Need) -> Station | None:
        return self.centre.station(need.station_id)


@dataclass(frozen=True)
class Assignment:
    resident_id: str
    station_id: str
    stretch: Stretch


@dataclass(frozen=True)
class Unmet:
    """`lacking` people in one band, and why: the reason that keeps most of the eligible workers from it, with the count of each."""

    station_id: str
    stretch: Stretch
    lacking: int
    why: Why
    counts: Mapping[Why, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """`gap` is how far, at most, the objective is from the best possible one (0.02: two hundredths); 0 when it is optimal."""

    assignments: tuple[Assignment, ...]
    unmet: tuple[Unmet, ...]
    optimal: bool
    gap: float
    cost: int
    seconds: float = 0.0


def needs_of(
    centre: Centre, monday: date, weeks: int, bands: Iterable[tuple[str, int, int, int, int]]
) -> tuple[Need, ...]:
    """The needs of every week from weekly bands (station id, weekday, start minute, end minute, minimum staff)."""
    needs = []
    for station_id, weekday, start, end, minimum in bands:
        station = centre.station(station_id)
        for week in range(weeks):
            day = monday + timedelta(days=7 * week + weekday)
            if station is not None:
                needs.append(Need(station_id, Stretch(day, start, end), minimum, station.seats))
    return tuple(sorted(needs, key=lambda n: (n.stretch, n.station_id)))


def available(worker: Worker, stretch: Stretch) -> bool:
    """Whether the worker has said that they can work then, and the stretch is no longer than their day."""
    return stretch.minutes <= worker.max_minutes and any(stretch.within(h) for h in worker.available)


def preferred(worker: Worker, stretch: Stretch) -> bool:
    """Whether it lies in the hours that the worker prefers; any hour does when they prefer none."""
    return not worker.preferred or any(stretch.within(hours) for hours in worker.preferred)


def wished(worker: Worker) -> int:
    """Days a week that the worker would like: a plan gives no more."""
    return worker.max_days if worker.wished_days is None else worker.wished_days


def cost_of(problem: Problem, assignments: Iterable[Assignment]) -> int:
    """The objective of any set of assignments, whoever made it."""
    staffed: dict[tuple[str, Stretch], int] = {}
    days: dict[tuple[str, date], set[date]] = {}
    workers = {worker.resident_id: worker for worker in problem.workers}
    for held in problem.held:
        place_in_time = held.resident_id, monday_of(held.stretch.service_date)
        days.setdefault(place_in_time, set()).add(held.stretch.service_date)
    cost = 0
    for assignment in assignments:
        stretch, who = assignment.stretch, assignment.resident_id
        place = assignment.station_id, stretch
        staffed[place] = staffed.get(place, 0) + 1
        days.setdefault((who, monday_of(stretch.service_date)), set()).add(stretch.service_date)
        if not preferred(workers[who], stretch):
            cost += AGAINST
    for need in problem.needs:
        cost += UNMET * max(need.minimum - staffed.get((need.station_id, need.stretch), 0), 0)
    for worker in problem.workers:
        lacking = 0
        for week in range(problem.weeks):
            monday = problem.monday + timedelta(weeks=week)
            lacking += max(wished(worker) - len(days.get((worker.resident_id, monday), ())), 0)
        cost += missing_cost(lacking)
    return cost


def missing_cost(days: int) -> int:
    """What the days cost that a worker lacks: LATER for the first, twice that for the second, and so on."""
    return LATER * days * (days + 1) // 2


def unmet_of(problem: Problem, assignments: Sequence[Assignment], *, optimal: bool) -> tuple[Unmet, ...]:
    """Bands that lack somebody, with the reason for each eligible worker who is not there."""
    staffed: dict[tuple[str, Stretch], set[str]] = {}
    work: dict[str, list[Stretch]] = {}
    for held in problem.held:
        work.setdefault(held.resident_id, []).append(held.stretch)
    for assignment in assignments:
        place = assignment.station_id, assignment.stretch
        staffed.setdefault(place, set()).add(assignment.resident_id)
        work.setdefault(assignment.resident_id, []).append(assignment.stretch)
    found = []
    for need in problem.needs:
        there = staffed.get((need.station_id, need.stretch), set())
        if len(there) < need.minimum:
            counts = _why(problem, need, there, work)
            reason = _reason(counts, optimal=optimal)
            found.append(Unmet(need.station_id, need.stretch, need.minimum - len(there), reason, counts))
    return tuple(found)


def _why(
    problem: Problem, need: Need, there: set[str], work: Mapping[str, Sequence[Stretch]]
) -> dict[Why, int]:
    counts: dict[Why, int] = {}
    station = problem.station(need)
    for worker in problem.workers:
        if station is None or worker.resident_id in there or not worker.eligible(station):
            continue
        reason = _keeps_away(worker, need.stretch, work.get(worker.resident_id, ()))
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _keeps_away(worker: Worker, stretch: Stretch, work: Sequence[Stretch]) -> Why:
    if not available(worker, stretch):
        return "nobody_available"
    of_day = [s for s in work if s.service_date == stretch.service_date]
    if any(stretch.overlaps(other) for other in work):
        return "placed_elsewhere"
    if sum(s.minutes for s in of_day) + stretch.minutes > worker.max_minutes:
        return "placed_elsewhere"
    week = {s.service_date for s in work if monday_of(s.service_date) == monday_of(stretch.service_date)}
    if not of_day and len(week) >= wished(worker):
        return "day_limit"
    if sum(s.minutes for s in of_day) + stretch.minutes < worker.min_minutes:
        return "band_too_short"
    return "not_found_in_time"


def _reason(counts: Mapping[Why, int], *, optimal: bool) -> Why:
    """The reason that stands in the way of those who could otherwise come; availability only when it is the only one."""
    if not counts:
        return "nobody_eligible"
    able = {why: n for why, n in counts.items() if why != "nobody_available"}
    if not able:
        return "nobody_available"
    if not optimal and "not_found_in_time" in able:
        return "not_found_in_time"
    known = {why: n for why, n in able.items() if why != "not_found_in_time"} or able
    return max(known, key=lambda why: (known[why], why))
