"""What is known of past work: one line for each completed assignment, weighing less as time goes by.

Declining, withdrawing, taking one's time to answer and being absent leave no line here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.matching.orders.assignment import Assignment

HALF_LIFE = timedelta(days=120)
KEPT_FOR = timedelta(days=730)
"""After six half-lives a line weighs less than two hundredths."""


@dataclass(frozen=True)
class Line:
    """`expected_minutes` is what the task's own estimate said for the `done` units. `checked` and `passed` are 0 when nothing was looked at,
    or what was found says nothing about who did it."""

    assignment_id: str
    resident_id: str
    type: str
    at: datetime
    done: int
    minutes: int
    expected_minutes: float
    checked: int
    passed: int


@dataclass(frozen=True)
class Tally:
    """Weighted sums over a worker's lines of one type. `ratio` is the weighted mean of log(minutes taken / minutes expected), `square` the
    weighted sum of squared deviations from it, `weight` the sum of weights."""

    checked: float = 0.0
    passed: float = 0.0
    weight: float = 0.0
    ratio: float = 0.0
    square: float = 0.0
    lines: int = 0


def line_of(assignment: Assignment) -> Line | None:
    """What a completed assignment teaches; None when nothing was done."""
    result, found = assignment.result, assignment.checked
    if result is None or not result.done:
        return None
    ours = found is None or found.reason == "unclear_instruction"
    return Line(
        assignment_id=assignment.id,
        resident_id=assignment.resident_id,
        type=assignment.type,
        at=result.at,
        done=result.done,
        minutes=result.minutes,
        expected_minutes=assignment.unit_minutes * result.done,
        checked=0 if ours or found is None else found.checked,
        passed=0 if ours or found is None else found.passed,
    )


def tallies(lines: Iterable[Line], now: datetime) -> dict[str, dict[str, Tally]]:
    """Type -> worker -> tally, as of `now`."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.type, line.resident_id), []).append(line)
    found: dict[str, dict[str, Tally]] = {}
    for (kind, worker), own in sorted(grouped.items()):
        found.setdefault(kind, {})[worker] = _tally(own, now)
    return found


def weight(line: Line, now: datetime) -> float:
    """Half of what it was for each half-life that has passed; never more than 1."""
    return float(0.5 ** (max((now - line.at).total_seconds(), 0.0) / HALF_LIFE.total_seconds()))


def _tally(lines: list[Line], now: datetime) -> Tally:
    weights = [weight(line, now) for line in lines]
    logs = [math.log(line.minutes / line.expected_minutes) for line in lines]
    total = sum(weights)
    mean = sum(w * x for w, x in zip(weights, logs, strict=True)) / total
    return Tally(
        checked=sum(w * line.checked for w, line in zip(weights, lines, strict=True)),
        passed=sum(w * line.passed for w, line in zip(weights, lines, strict=True)),
        weight=total,
        ratio=mean,
        square=sum(w * (x - mean) ** 2 for w, x in zip(weights, logs, strict=True)),
        lines=len(lines),
    )
