"""The shift plan of a centre over four weeks: how long, how good, and beside it whoever comes first.

Two kinds of people: those who work one band a day (two or three hours), and a harder case in which several bands fit into a day.
"""

import random
import time
from dataclasses import dataclass
from datetime import date, timedelta

from services.booking.centre.planning import make_plan
from services.booking.centre.shift_plan import (
    WEEKS,
    Assignment,
    Problem,
    available,
    cost_of,
    needs_of,
    wished,
)
from services.booking.centre.stretch import Stretch, monday_of
from services.booking.centre.worker import Centre, Station, Worker
from services.booking.hours import WeeklyHours

SIZES = (50, 300, 1000)
SECONDS = 10.0
CENTRE = 300
"""Workers of a large centre: for so many the target is set."""
STATIONS = 8
BANDS = ((540, 690), (720, 900), (960, 1140), (1140, 1320))
SPANS = ((540, 900), (720, 1320), (540, 1320), (960, 1320))
SKILLS = ("proofreading", "entry", "scanning", "packing")


@dataclass(frozen=True)
class Planned:
    """`unmet` people lacking in all bands together; `greedy` the same when whoever comes first is taken; costs are of the objective."""

    workers: int
    long_days: bool
    seconds: float
    optimal: bool
    gap: float
    assignments: int
    unmet: int
    cost: int
    greedy_unmet: int
    greedy_cost: int


def measure(count: int, monday: date, *, long_days: bool = False) -> Planned:
    """One plan for `count` workers, seeded."""
    problem = sample(count, monday, long_days=long_days)
    began = time.perf_counter()
    plan = make_plan(problem, SECONDS)
    seconds = time.perf_counter() - began
    first = greedy(problem)
    return Planned(
        count,
        long_days,
        seconds,
        plan.optimal,
        plan.gap,
        len(plan.assignments),
        sum(unmet.lacking for unmet in plan.unmet),
        plan.cost,
        lacking(problem, first),
        cost_of(problem, first),
    )


def sample(count: int, monday: date, *, long_days: bool = False) -> Problem:
    """A centre whose bands together ask for about as many people as there are days that workers would like."""
    chance = random.Random(20261207 + count)
    stations = tuple(
        Station(
            f"stn_{n}",
            f"見本の席{n}",
            count // 10 + 2,
            tuple(WeeklyHours(day, 540, 1320) for day in range(7)),
            SKILLS[n % len(SKILLS)] if n > 1 else None,
        )
        for n in range(STATIONS)
    )
    workers = tuple(_worker(n, chance, long_days=long_days) for n in range(count))
    each = sum(wished(worker) for worker in workers) / (7 * len(BANDS) * STATIONS)
    bands = [
        (station.id, day, start, end, round(each * chance.uniform(0.4, 1.6)))
        for station in stations
        for day in range(7)
        for start, end in BANDS
    ]
    centre = Centre("cen_a", "見本センター", stations)
    return Problem(monday, WEEKS, centre, workers, needs_of(centre, monday, WEEKS, bands))


def _worker(n: int, chance: random.Random, *, long_days: bool) -> Worker:
    days = chance.sample(range(7), chance.randint(3, 6))
    return Worker(
        f"res_{n:04d}",
        "cen_a",
        max_days=chance.randint(2, 4),
        max_minutes=360 if long_days else 180,
        skills=tuple(chance.sample(SKILLS, chance.randint(0, 2))),
        available=tuple(WeeklyHours(day, *chance.choice(SPANS)) for day in days),
        preferred=tuple(WeeklyHours(day, *chance.choice(BANDS)) for day in days[:2]),
    )


def greedy(problem: Problem) -> list[Assignment]:
    """Band by band, the first who can: as a list on the wall fills up."""
    stations = {station.id: station for station in problem.centre.stations}
    days: dict[tuple[str, date], set[date]] = {}
    work: dict[str, list[Stretch]] = {}
    made = []
    for need in problem.needs:
        left = need.minimum
        for worker in problem.workers:
            if not left:
                break
            who, stretch = worker.resident_id, need.stretch
            week = days.setdefault((who, monday_of(stretch.service_date)), set())
            near = [s for s in work.get(who, ()) if abs((s.service_date - stretch.service_date).days) < 2]
            of_day = sum(s.minutes for s in near if s.service_date == stretch.service_date)
            if (
                worker.eligible(stations[need.station_id])
                and available(worker, stretch)
                and not any(stretch.overlaps(other) for other in near)
                and of_day + stretch.minutes <= worker.max_minutes
                and len(week | {stretch.service_date}) <= wished(worker)
            ):
                week.add(stretch.service_date)
                work.setdefault(who, []).append(stretch)
                made.append(Assignment(who, need.station_id, stretch))
                left -= 1
    return made


def lacking(problem: Problem, assignments: list[Assignment]) -> int:
    """People that all bands lack together."""
    there: dict[tuple[str, Stretch], int] = {}
    for assignment in assignments:
        place = assignment.station_id, assignment.stretch
        there[place] = there.get(place, 0) + 1
    return sum(max(n.minimum - there.get((n.station_id, n.stretch), 0), 0) for n in problem.needs)


def next_monday(day: date) -> date:
    return monday_of(day) + timedelta(weeks=1)
