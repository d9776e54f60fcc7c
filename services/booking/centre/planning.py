"""Making a shift plan within a time limit: all weeks as one programme; week after week when that finds nothing in time."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.booking.centre.shift_plan import (
    Assignment,
    Plan,
    Problem,
    cost_of,
    unmet_of,
    wished,
)
from services.booking.centre.solver import Programme
from services.booking.centre.stretch import monday_of
from shared.errors import Invalid

AT_ONCE = 0.7
"""Share of the time for all weeks at once; the rest is for the bound and the weeks one by one."""
LARGEST = 150_000
"""Variables beyond which the weeks are not tried at once."""


def make_plan(problem: Problem, seconds: float) -> Plan:
    """The best plan that is found in about `seconds`; `Plan.gap` is honest about the rest. Raises Invalid for needs that overlap.

    Deterministic as long as the time limit is not met.
    """
    check_needs(problem)
    mondays = [problem.monday + timedelta(weeks=n) for n in range(problem.weeks)]
    whole = Programme(problem, mondays)
    if len(whole.columns.cost) <= LARGEST and (found := whole.solve(seconds * AT_ONCE)):
        return _plan(problem, found.assignments, found.bound)
    share = seconds * (1 - AT_ONCE) / (len(mondays) + 1)
    relaxed = whole.solve(share, relaxed=True)
    placed: list[Assignment] = []
    lacked: dict[str, int] = {}
    for monday in mondays:
        week = Programme(problem, [monday], placed, lacked).solve(share)
        placed += week.assignments if week else ()
        lacked = _lacked(problem, placed, mondays[: mondays.index(monday) + 1])
    return _plan(problem, placed, relaxed.bound if relaxed else 0.0)


def check_needs(problem: Problem) -> None:
    """Raises Invalid when two bands of one station overlap, or a band begins outside of the plan's weeks."""
    for n, need in enumerate(problem.needs):
        for other in problem.needs[n + 1 :]:
            if (other.stretch.service_date - need.stretch.service_date).days > 1:
                break
            if need.station_id == other.station_id and need.stretch.overlaps(other.stretch):
                raise Invalid("needs", f"two bands of one station overlap: {other.stretch.label}")


def _plan(problem: Problem, assignments: Sequence[Assignment], bound: float) -> Plan:
    cost = cost_of(problem, assignments)
    gap = max(cost - bound - 0.5, 0.0) / cost if cost else 0.0  # costs are whole: half a one is rounding
    optimal = gap == 0.0
    ordered = tuple(sorted(assignments, key=lambda a: (a.stretch, a.station_id, a.resident_id)))
    return Plan(ordered, unmet_of(problem, ordered, optimal=optimal), optimal, round(gap, 6), cost)


def _lacked(problem: Problem, placed: Sequence[Assignment], mondays: Sequence[date]) -> dict[str, int]:
    worked: dict[str, set[date]] = {}
    for assignment in placed:
        worked.setdefault(assignment.resident_id, set()).add(assignment.stretch.service_date)
    for held in problem.held:
        if monday_of(held.stretch.service_date) in mondays:
            worked.setdefault(held.resident_id, set()).add(held.stretch.service_date)
    return {
        w.resident_id: max(wished(w) * len(mondays) - len(worked.get(w.resident_id, ())), 0)
        for w in problem.workers
    }
