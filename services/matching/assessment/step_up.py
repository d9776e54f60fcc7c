"""When a talk about a next step is suggested to staff, and what becomes of it.

Only for a worker who wishes it, only when they and staff both see all four axes high in the latest two months that were looked at,
and at most once for a month. A suggestion changes nothing of anybody's work: it is a reason to talk, and the worker may end it by
taking the wish back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.matching.assessment.axes import AXES
from services.matching.assessment.record import Assessment, by_period, levels, month_of, months_before
from shared.errors import Conflict
from shared.events.envelope import Payload
from shared.events.matching.assessments import StepUpSuggested

State = Literal["open", "passed_on", "set_aside", "withdrawn"]
STANDING: frozenset[State] = frozenset({"open", "passed_on"})
PERIODS = 2


class SuggestionClosed(Conflict):
    """It was set aside, or its ground is gone."""

    slug = "suggestion-closed"


@dataclass(frozen=True)
class Wish:
    """Whether the worker wishes for a next step; nobody does until they say so. `since`: when they last said."""

    wishes: bool = False
    since: datetime | None = None


NO_WISH = Wish()


@dataclass(frozen=True)
class Suggestion:
    """`period` is the later of the two months that it stands on. `note` is read by staff alone, `message` by the worker too."""

    id: str
    resident_id: str
    period: date
    suggested_at: datetime
    state: State = "open"
    passed_on_at: datetime | None = None
    closed_at: datetime | None = None
    by: str | None = None
    message: str | None = None
    note: str | None = None

    @property
    def stands(self) -> bool:
        return self.state in STANDING


def ground(assessments: Iterable[Assessment], threshold: float, now: datetime) -> date | None:
    """The later of the two latest months that were looked at, when both views are high on every axis in both; else None.

    It must be this month or the last: what was so long ago is no reason today.
    """
    months = by_period(assessments)
    latest = sorted(months)[-PERIODS:]
    if len(latest) < PERIODS or latest[-1] < months_before(month_of(now), 1):
        return None
    return latest[-1] if all(_high(months[m].values(), threshold) for m in latest) else None


def review(
    wish: Wish,
    suggestions: Sequence[Suggestion],
    assessments: Sequence[Assessment],
    *,
    resident_id: str,
    threshold: float | None,
    active: bool,
    now: datetime,
    new_id: Callable[[date], str],
) -> tuple[list[Suggestion], list[Payload]]:
    """The suggestions as they are now to be: the new or changed ones, and the event of a new one.

    `threshold` None: the municipality makes no such suggestions. `active`: the worker still works with the centre. Without the wish
    nothing stands; what staff have not yet passed on does not outlive its ground either.
    """
    may = wish.wishes and active and threshold is not None
    period = ground(assessments, threshold, now) if may and threshold is not None else None
    changed = []
    for one in suggestions:
        gone = not wish.wishes if one.state == "passed_on" else period is None
        if one.stands and gone:
            changed.append(replace(one, state="withdrawn", closed_at=now))
    taken = any(one.stands for one in suggestions) or any(one.period == period for one in suggestions)
    if period is None or taken:
        return changed, []
    new = Suggestion(new_id(period), resident_id, period, now)
    return [*changed, new], [StepUpSuggested(resident_id=resident_id, suggestion_id=new.id)]


def pass_on(suggestion: Suggestion, by: str, message: str | None, now: datetime) -> Suggestion:
    """Tell the worker; nothing when that was done. Raises SuggestionClosed."""
    if suggestion.state == "passed_on":
        return suggestion
    if suggestion.state != "open":
        raise SuggestionClosed("the suggestion does not stand any more")
    return replace(suggestion, state="passed_on", passed_on_at=now, by=by, message=message)


def set_aside(suggestion: Suggestion, by: str, note: str, now: datetime) -> Suggestion:
    """Leave it be, before or after it was passed on; nothing when that was done. Raises SuggestionClosed."""
    if suggestion.state == "set_aside":
        return suggestion
    if not suggestion.stands:
        raise SuggestionClosed("the suggestion does not stand any more")
    return replace(suggestion, state="set_aside", closed_at=now, by=by, note=note)


def _high(views: Iterable[Assessment], threshold: float) -> bool:
    """Both views, every axis known and at the threshold."""
    found = {view.kind: levels(view.present.answers) for view in views}
    return {"self", "staff"} <= found.keys() and all(
        set(known) == set(AXES) and all(level.at_least(threshold) for level in known.values())
        for known in found.values()
    )
