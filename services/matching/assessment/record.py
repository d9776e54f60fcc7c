"""One look at a worker's month: by the worker or by staff. What was submitted stays; a correction stands beside it with who and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.matching.assessment.axes import AXES, AXIS_OF, ENOUGH, HIGHEST, LOWEST, Axis
from shared.clock import TOKYO
from shared.errors import Conflict, Invalid

Kind = Literal["self", "staff"]
REACH = 12
"""Months back that can still be looked at for the first time."""
APART = 1.0
"""A difference between two views that is worth a talk."""


class AlreadyAssessed(Conflict):
    """The month has this view already: it is corrected, not submitted again."""

    slug = "already-assessed"


class OwnWords(Conflict):
    """What a worker has said of themselves is changed by nobody else, and what staff have said not by the worker."""

    slug = "own-words"


@dataclass(frozen=True)
class Said:
    """What was submitted: item -> 1..5, items left out have no answer. `message` is read by both sides, `note` by staff alone.

    `by` is the caller's name (ids only). `why` belongs to a correction.
    """

    answers: Mapping[str, int]
    at: datetime
    by: str
    message: str | None = None
    note: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Assessment:
    """`period` is the first day of a month. `said` in order: the first submission and its corrections, of which the last counts."""

    id: str
    resident_id: str
    period: date
    kind: Kind
    said: tuple[Said, ...]

    @property
    def present(self) -> Said:
        return self.said[-1]

    @property
    def corrected(self) -> bool:
        return len(self.said) > 1


@dataclass(frozen=True)
class Level:
    """An axis in one view: the mean of `count` answers, LOWEST to HIGHEST."""

    total: int
    count: int

    @property
    def mean(self) -> float:
        return self.total / self.count

    def at_least(self, threshold: float) -> bool:
        return self.total >= threshold * self.count - 1e-9


@dataclass(frozen=True)
class Difference:
    """An axis that the two see differently. Nobody is wrong."""

    axis: Axis
    own: float
    staff: float


def month_of(now: datetime) -> date:
    """The month that runs, Asia/Tokyo."""
    return now.astimezone(TOKYO).date().replace(day=1)


def months_before(period: date, months: int) -> date:
    ordinal = period.year * 12 + period.month - 1 - months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def check_period(period: date, now: datetime) -> date:
    """Raises Invalid for a month that has not begun, or is too far back."""
    this = month_of(now)
    if period.day != 1 or not months_before(this, REACH) <= period <= this:
        raise Invalid("period", f"must be this month or one of the {REACH} before it")
    return period


def check_answers(answers: Mapping[str, int]) -> Mapping[str, int]:
    """Raises Invalid, naming the item; any may be left out, but not all."""
    for item, value in answers.items():
        if item not in AXIS_OF:
            raise Invalid(f"answers.{item}", "is no item")
        if not LOWEST <= value <= HIGHEST:
            raise Invalid(f"answers.{item}", f"must be {LOWEST} to {HIGHEST}")
    if not answers:
        raise Invalid("answers", "must hold at least one answer")
    return {item: answers[item] for item in AXIS_OF if item in answers}


def correct(assessment: Assessment, kind: Kind, said: Said) -> Assessment:
    """The assessment with a correction. Raises OwnWords for the other side's, Invalid for staff who do not say why.

    A worker is not asked why.
    """
    if kind != assessment.kind:
        raise OwnWords(f"this is a {assessment.kind} assessment")
    if kind == "staff" and not said.why:
        raise Invalid("why", "must say why it is corrected")
    return replace(assessment, said=(*assessment.said, said))


def levels(answers: Mapping[str, int]) -> dict[Axis, Level]:
    """The axes that enough was answered on, in their order."""
    found: dict[Axis, Level] = {}
    for axis in AXES:
        values = [value for item, value in answers.items() if AXIS_OF.get(item) == axis]
        if len(values) >= ENOUGH:
            found[axis] = Level(sum(values), len(values))
    return found


def differences(own: Assessment | None, staff: Assessment | None) -> tuple[Difference, ...]:
    """Axes on which both views are known and lie apart."""
    if own is None or staff is None:
        return ()
    mine, theirs = levels(own.present.answers), levels(staff.present.answers)
    return tuple(
        Difference(axis, mine[axis].mean, theirs[axis].mean)
        for axis in AXES
        if axis in mine and axis in theirs and abs(mine[axis].mean - theirs[axis].mean) >= APART
    )


def by_period(assessments: Iterable[Assessment]) -> dict[date, dict[Kind, Assessment]]:
    """Month -> who -> assessment, oldest month first."""
    found: dict[date, dict[Kind, Assessment]] = {}
    for one in sorted(assessments, key=lambda a: a.period):
        found.setdefault(one.period, {})[one.kind] = one
    return found
