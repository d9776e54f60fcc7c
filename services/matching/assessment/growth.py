"""Everything that is known of how a worker's work goes, and what submitting, correcting and wishing make of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from services.matching.assessment.record import (
    AlreadyAssessed,
    Assessment,
    Kind,
    Said,
    by_period,
    check_answers,
    check_period,
    correct,
)
from services.matching.assessment.step_up import NO_WISH, Suggestion, Wish, review
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.events.matching.assessments import AssessmentRecorded
from shared.ids import derived_id


@dataclass(frozen=True)
class Growth:
    """Of one worker; assessments by month, suggestions as they came."""

    tenant: str
    resident_id: str
    assessments: tuple[Assessment, ...] = ()
    wish: Wish = NO_WISH
    suggestions: tuple[Suggestion, ...] = ()

    def of(self, assessment_id: str) -> Assessment:
        """Raises NotFound."""
        for one in self.assessments:
            if one.id == assessment_id:
                return one
        raise NotFound(f"no assessment {assessment_id}")

    def assessment_id(self, period: date, kind: Kind) -> str:
        """A month has one of each kind."""
        return derived_id("ass", self.tenant, self.resident_id, period.isoformat(), kind)

    @property
    def told(self) -> Suggestion | None:
        """What the worker was told of and may talk about."""
        return next((s for s in self.suggestions if s.state == "passed_on"), None)


Outcome = tuple[Growth, list[Payload]]


def submit(growth: Growth, period: date, kind: Kind, said: Said) -> Outcome:
    """A first look at a month. Raises AlreadyAssessed, Invalid."""
    check_period(period, said.at)
    said = replace(said, answers=check_answers(said.answers))
    made = Assessment(growth.assessment_id(period, kind), growth.resident_id, period, kind, (said,))
    if any(one.id == made.id for one in growth.assessments):
        raise AlreadyAssessed(f"{period:%Y-%m} has its {kind} assessment")
    return _with(growth, made)


def amend(growth: Growth, assessment_id: str, kind: Kind, said: Said) -> Outcome:
    """A correction. Raises NotFound, OwnWords, Invalid."""
    said = replace(said, answers=check_answers(said.answers))
    return _with(growth, correct(growth.of(assessment_id), kind, said))


def wish(growth: Growth, wishes: bool, now: datetime) -> Growth:
    """What the worker wishes now; saying the same again changes nothing."""
    return growth if growth.wish.wishes == wishes else replace(growth, wish=Wish(wishes, now))


def reviewed(growth: Growth, threshold: float | None, active: bool, now: datetime) -> Outcome:
    """The growth with what `step_up.review` makes of it."""
    changed, events = review(
        growth.wish,
        growth.suggestions,
        growth.assessments,
        resident_id=growth.resident_id,
        threshold=threshold,
        active=active,
        now=now,
        new_id=lambda period: derived_id("stp", growth.tenant, growth.resident_id, period.isoformat()),
    )
    suggestions = {one.id: one for one in (*growth.suggestions, *changed)}
    return replace(growth, suggestions=tuple(suggestions.values())), events


def _with(growth: Growth, made: Assessment) -> Outcome:
    kept = {one.id: one for one in (*growth.assessments, made)}
    months = by_period(kept.values()).values()
    event = AssessmentRecorded(resident_id=growth.resident_id, assessment_id=made.id, kind=made.kind)
    return replace(growth, assessments=tuple(one for month in months for one in month.values())), [event]
