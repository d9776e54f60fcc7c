"""The shift plan: never worse than trying everything, and honest about what it cannot do."""

import random
from datetime import timedelta
from itertools import combinations

import pytest

from services.booking.centre.planning import check_needs, make_plan
from services.booking.centre.shift_plan import (
    Assignment,
    Held,
    Need,
    Problem,
    Why,
    available,
    cost_of,
    missing_cost,
    needs_of,
    wished,
)
from services.booking.centre.solver import Programme
from services.booking.centre.stretch import Stretch, monday_of
from services.booking.centre.worker import Worker
from services.booking.hours import WeeklyHours
from shared.errors import Invalid
from tests.unit.booking.centre.builders import ALL_WEEK, MONDAY, centre, station, worker

SECONDS = 20.0


def problem(workers: list[Worker], needs: list[Need], *held: Held, weeks: int = 1) -> Problem:
    stations = (station("stn_a", 2), station("stn_b", 1, skill="proofreading"))
    ordered = tuple(sorted(needs, key=lambda n: (n.stretch, n.station_id)))
    return Problem(MONDAY, weeks, centre(*stations), tuple(workers), ordered, held)


def need(day: int, start: int, end: int, minimum: int = 1, station_id: str = "stn_a", seats: int = 2) -> Need:
    return Need(station_id, Stretch(MONDAY + timedelta(days=day), start, end), minimum, seats)


def allowed(found: Problem, assignments: tuple[Assignment, ...]) -> bool:
    """Whether a set of assignments keeps every hard rule, checked from the rules' own words."""
    workers = {w.resident_id: w for w in found.workers}
    for n in found.needs:
        there = [a for a in assignments if (a.station_id, a.stretch) == (n.station_id, n.stretch)]
        if len(there) > n.seats:
            return False
    for who, person in workers.items():
        own = [a.stretch for a in assignments if a.resident_id == who]
        all_of = own + [h.stretch for h in found.held if h.resident_id == who]
        if any(one.overlaps(other) for one, other in combinations(all_of, 2)):
            return False
        for a in assignments:
            place = found.centre.station(a.station_id)
            if a.resident_id == who and not (
                place and person.eligible(place) and available(person, a.stretch)
            ):
                return False
        for day in {s.service_date for s in own}:
            minutes = sum(s.minutes for s in all_of if s.service_date == day)
            if not person.min_minutes <= minutes <= person.max_minutes:
                return False
        held = {h.stretch.service_date for h in found.held if h.resident_id == who}
        for monday in {monday_of(s.service_date) for s in own}:
            days = {s.service_date for s in all_of if monday_of(s.service_date) == monday}
            if len(days) > wished(person) and days - held:
                return False
    return True


def best_by_trying(found: Problem) -> int:
    options = [Assignment(w.resident_id, n.station_id, n.stretch) for w in found.workers for n in found.needs]
    best = cost_of(found, ())
    for size in range(1, len(options) + 1):
        for chosen in combinations(options, size):
            if len({(a.resident_id, a.stretch) for a in chosen}) == size and allowed(found, chosen):
                best = min(best, cost_of(found, chosen))
    return best


def sample(chance: random.Random) -> Problem:
    spans = [(540, 660), (660, 780), (600, 720), (1410, 1560), (0, 150)]
    needs: dict[tuple[str, Stretch], Need] = {}
    for _ in range(chance.randint(2, 4)):
        day, (start, end) = chance.randrange(3), chance.choice(spans)
        made = need(day, start, end, chance.randint(1, 2), chance.choice(["stn_a", "stn_b"]))
        if not any(
            o.station_id == made.station_id and o.stretch.overlaps(made.stretch) for o in needs.values()
        ):
            needs[made.station_id, made.stretch] = made
    workers = [
        worker(
            f"res_{n}",
            max_days=chance.randint(1, 2),
            min_minutes=chance.choice([60, 120]),
            max_minutes=chance.choice([180, 300]),
            skills=chance.choice([(), ("proofreading",)]),
            preferred=chance.choice([(), (WeeklyHours(0, 540, 660),)]),
            available=chance.choice([ALL_WEEK, ALL_WEEK[:1]]),
        )
        for n in range(chance.randint(2, 3))
    ]
    first = next(iter(needs.values())).stretch
    held = [Held("res_0", first.moved(1))] if chance.random() < 0.4 else []
    return problem(workers, list(needs.values()), *held)


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_is_allowed_and_as_good_as_the_best_of_all(seed: int) -> None:
    found = sample(random.Random(seed))
    plan = make_plan(found, SECONDS)
    assert allowed(found, plan.assignments)
    assert plan.cost == cost_of(found, plan.assignments) == best_by_trying(found)
    assert (plan.optimal, plan.gap) == (True, 0.0)


def test_hours_spread_evenly_and_over_the_weeks() -> None:
    workers = [worker(f"res_{n}", max_days=1) for n in range(2)]
    needs = [need(7 * week, 600, 720, seats=1) for week in range(4)]
    plan = make_plan(problem(workers, needs, weeks=4), SECONDS)
    days = [sum(a.resident_id == w.resident_id for a in plan.assignments) for w in workers]
    assert days == [2, 2]


def test_preferred_hours_win_when_nothing_is_lost_by_it() -> None:
    mornings = worker("res_m", preferred=(WeeklyHours(0, 540, 720),), max_days=1)
    evenings = worker("res_e", preferred=(WeeklyHours(0, 1080, 1320),), max_days=1)
    plan = make_plan(
        problem([mornings, evenings], [need(0, 540, 660, seats=1), need(0, 1080, 1200, seats=1)]), SECONDS
    )
    assert {(a.resident_id, a.stretch.start_minute) for a in plan.assignments} == {
        ("res_m", 540),
        ("res_e", 1080),
    }


def test_people_stay_at_their_station_from_band_to_band() -> None:
    both = [worker(f"res_{n}", skills=("proofreading",), max_days=5) for n in range(2)]
    needs = [need(day, 600, 720, 1, s, 1) for day in range(3) for s in ("stn_a", "stn_b")]
    plan = make_plan(problem(both, needs), SECONDS)
    for person in both:
        assert len({a.station_id for a in plan.assignments if a.resident_id == person.resident_id}) == 1


@pytest.mark.parametrize(
    ("workers", "needs", "why", "lacking"),
    [
        ([worker("res_a")], [need(0, 600, 720, 1, "stn_b")], "nobody_eligible", 1),
        ([worker("res_a", available=())], [need(0, 600, 720)], "nobody_available", 1),
        ([worker("res_a", max_days=1)], [need(0, 600, 720), need(1, 600, 720)], "day_limit", 1),
        ([worker("res_a")], [need(0, 600, 660)], "band_too_short", 1),
        (
            [worker("res_a", skills=("proofreading",))],
            [need(0, 600, 720), need(0, 600, 720, 1, "stn_b")],
            "placed_elsewhere",
            1,
        ),
        ([worker("res_a")], [need(0, 600, 720, 2)], "nobody_eligible", 1),
    ],
)
def test_what_could_not_be_met_is_named_with_its_reason(
    workers: list[Worker], needs: list[Need], why: Why, lacking: int
) -> None:
    (unmet,) = make_plan(problem(workers, needs), SECONDS).unmet
    assert (unmet.why, unmet.lacking) == (why, lacking)


def test_what_somebody_has_already_counts_for_their_limits_and_takes_their_time() -> None:
    one = worker("res_a", max_days=1)
    busy = problem([one], [need(0, 660, 780)], Held("res_a", Stretch(MONDAY, 600, 720)))
    elsewhere = problem([one], [need(1, 660, 780)], Held("res_a", Stretch(MONDAY, 600, 720)))
    for found in (busy, elsewhere):
        assert make_plan(found, SECONDS).assignments == ()


def test_two_bands_of_one_station_do_not_overlap() -> None:
    with pytest.raises(Invalid):
        check_needs(problem([], [need(0, 600, 720), need(0, 660, 780)]))
    check_needs(problem([], [need(0, 600, 720), need(0, 720, 840)]))


def test_weekly_bands_become_the_needs_of_every_week() -> None:
    found = needs_of(centre(), MONDAY, 4, [("stn_a", 2, 600, 720, 1), ("stn_gone", 2, 600, 720, 1)])
    assert [n.stretch.service_date.day for n in found] == [9, 16, 23, 30]
    assert {n.seats for n in found} == {2}


def test_week_after_week_gives_a_plan_too_when_there_is_no_time_for_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers = [worker(f"res_{n}", max_days=2) for n in range(3)]
    needs = [need(7 * week + day, 600, 720, 2) for week in range(2) for day in range(3)]
    found = problem(workers, needs, weeks=2)
    whole = make_plan(found, SECONDS)
    monkeypatch.setattr("services.booking.centre.planning.LARGEST", 0)
    parts = make_plan(found, SECONDS)
    assert allowed(found, parts.assignments)
    assert parts.cost >= whole.cost
    assert parts.cost * (1 - parts.gap) <= whole.cost + 1


def test_nothing_to_plan_is_a_plan() -> None:
    plan = make_plan(problem([], []), SECONDS)
    assert (plan.assignments, plan.unmet, plan.optimal, plan.cost) == ((), (), True, 0)


def test_the_convex_cost_makes_the_second_missing_day_dearer_than_the_first() -> None:
    steps = [missing_cost(n + 1) - missing_cost(n) for n in range(5)]
    assert steps == sorted(steps)
    assert len(set(steps)) == 5


def test_the_relaxed_programme_is_a_bound() -> None:
    found = sample(random.Random(7))
    relaxed = Programme(found, [MONDAY]).solve(SECONDS, relaxed=True)
    assert relaxed is not None
    assert relaxed.bound <= make_plan(found, SECONDS).cost + 0.5
