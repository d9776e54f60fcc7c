"""One person's share of a task: a request first, a promise once they accept, a result in the end.

    proposed -> accepted -> in_progress -> recorded -> completed
    proposed, accepted, in_progress -> declined (by the worker) | withdrawn (by staff)

Nobody is asked why they decline, and nothing about their work is read from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from services.matching.orders.check import QualityCheck
from shared.clock import TOKYO
from shared.errors import Conflict, Invalid
from shared.events.envelope import Payload
from shared.events.matching.orders import (
    AssignmentAccepted,
    AssignmentCompleted,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReturned,
    AssignmentWithdrawn,
    PromisedWeek,
    ReturnReason,
)

State = Literal["proposed", "accepted", "in_progress", "recorded", "completed", "declined", "withdrawn"]
OPEN: frozenset[State] = frozenset({"proposed", "accepted", "in_progress", "recorded"})
MAY_END: frozenset[State] = frozenset({"proposed", "accepted", "in_progress"})
LONGEST = 100_000
"""Minutes, at most, that a result may say."""


class AssignmentNotThere(Conflict):
    """The assignment does not stand where this could be done. `state` is where it stands."""

    slug: ClassVar[str] = "assignment-state"


@dataclass(frozen=True)
class DayShare:
    """Minutes on one service date."""

    day: date
    minutes: int


@dataclass(frozen=True)
class Reason:
    """`code` of a text in `wording`; `value` fills it."""

    code: str
    value: float = 0.0


@dataclass(frozen=True)
class Result:
    """What was done, and how long it took. `by` is an actor's name: the worker's, or that of staff who wrote it down."""

    done: int
    minutes: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Checked:
    """`passed` of `checked` units had no fault; `returned` are to be done once more, for `reason`."""

    checked: int
    passed: int
    returned: int
    reason: ReturnReason | None
    at: datetime
    by: str


@dataclass(frozen=True)
class Assignment:
    """`minutes` are planned ones (the upper bound of what it may take), `days` how they might lie; the worker is free to do otherwise.
    `replaces`: staff edited that one, and `note` (kept sealed) is why; that one says by which it was `replaced_by`."""

    id: str
    order_id: str
    task_id: str
    resident_id: str
    type: str
    quantity: int
    unit_minutes: float
    minutes: int
    days: tuple[DayShare, ...]
    due_at: datetime
    check: QualityCheck
    proposed_at: datetime
    proposed_by: str
    stretch: bool = False
    pinned: bool = False
    reasons: tuple[Reason, ...] = ()
    state: State = "proposed"
    answered_at: datetime | None = None
    result: Result | None = None
    checked: Checked | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    note: str | None = None
    version: int = 1

    @property
    def who(self) -> dict[str, str]:
        """The ids that every event names."""
        return {
            "resident_id": self.resident_id,
            "assignment_id": self.id,
            "order_id": self.order_id,
            "task_id": self.task_id,
        }


Changed = tuple[Assignment, list[Payload]]


def propose(assignment: Assignment) -> Changed:
    """Ask somebody."""
    event = AssignmentProposed(**assignment.who, due_at=assignment.due_at, stretch=assignment.stretch)
    return assignment, [event]


def accept(assignment: Assignment, now: datetime) -> Changed:
    """The worker says yes; again changes nothing. Raises AssignmentNotThere, also once it is due."""
    if assignment.state == "accepted":
        return assignment, []
    _at(assignment, "proposed")
    if assignment.due_at <= now:
        raise AssignmentNotThere("its time is over", extra={"state": "over"})
    accepted = replace(assignment, state="accepted", answered_at=now)
    return accepted, [AssignmentAccepted(**assignment.who, weeks=weeks_of(assignment.days))]


def decline(assignment: Assignment, now: datetime) -> Changed:
    """The worker says no, or hands it back. Raises AssignmentNotThere once a result was recorded."""
    if assignment.state == "declined":
        return assignment, []
    _at(assignment, *MAY_END)
    event = AssignmentDeclined(**assignment.who, after_acceptance=assignment.state != "proposed")
    return replace(assignment, state="declined", answered_at=now), [event]


def withdraw(assignment: Assignment) -> Changed:
    """Staff take it back. Raises AssignmentNotThere once a result was recorded."""
    if assignment.state == "withdrawn":
        return assignment, []
    _at(assignment, *MAY_END)
    return replace(assignment, state="withdrawn"), [AssignmentWithdrawn(**assignment.who)]


def start(assignment: Assignment) -> Changed:
    """The worker begins. Raises AssignmentNotThere."""
    if assignment.state == "in_progress":
        return assignment, []
    _at(assignment, "accepted")
    return replace(assignment, state="in_progress"), []


def record(assignment: Assignment, done: int, minutes: int, by: str, now: datetime) -> Changed:
    """What was done. Without an agreed check it is complete by that; what was recorded may be put right until it was checked.

    Raises AssignmentNotThere, Invalid.
    """
    _at(assignment, "accepted", "in_progress", "recorded")
    if not 0 <= done <= assignment.quantity:
        raise Invalid("done", f"must be 0..{assignment.quantity}")
    if not 0 <= minutes <= LONGEST or (done and not minutes):
        raise Invalid("minutes", f"must be 1..{LONGEST}")
    recorded = replace(assignment, state="recorded", result=Result(done, minutes, now, by))
    if assignment.check.units(done):
        return recorded, []
    return _complete(recorded, None, now)


def check(
    assignment: Assignment,
    checked: int,
    passed: int,
    returned: int,
    reason: ReturnReason | None,
    rework_task_id: str,
    by: str,
    now: datetime,
) -> Changed:
    """Staff have looked at it. Units that came back go into the task `rework_task_id`. Raises AssignmentNotThere, Invalid."""
    _at(assignment, "recorded")
    done = assignment.result.done if assignment.result else 0
    least = assignment.check.units(done)
    if not least <= checked <= done:
        raise Invalid("checked", f"must be {least}..{done}")
    if not 0 <= passed <= checked:
        raise Invalid("passed", f"must be 0..{checked}")
    if not 0 <= returned <= done:
        raise Invalid("returned", f"must be 0..{done}")
    if bool(returned) != (reason is not None):
        raise Invalid("reason", "is given when, and only when, units come back")
    found = Checked(checked, passed, returned, reason, now, by)
    completed, events = _complete(replace(assignment, checked=found), rework_task_id, now)
    return completed, events


def _complete(assignment: Assignment, rework_task_id: str | None, now: datetime) -> Changed:
    result, found = assignment.result, assignment.checked
    if result is None:
        raise AssignmentNotThere("nothing was recorded", extra={"state": assignment.state})
    returned = found.returned if found else 0
    events: list[Payload] = [
        AssignmentCompleted(
            **assignment.who, done=result.done, returned=returned, weeks=_spent(assignment, result)
        )
    ]
    if found and found.reason and rework_task_id:
        events.append(
            AssignmentReturned(
                **assignment.who, quantity=returned, reason=found.reason, rework_task_id=rework_task_id
            )
        )
    return replace(assignment, state="completed"), events


def weeks_of(days: Iterable[DayShare]) -> tuple[PromisedWeek, ...]:
    """The same minutes by Monday."""
    minutes: dict[date, int] = {}
    for share in days:
        monday = share.day - timedelta(days=share.day.weekday())
        minutes[monday] = minutes.get(monday, 0) + share.minutes
    return tuple(PromisedWeek(monday=monday, minutes=m) for monday, m in sorted(minutes.items()))


def _spent(assignment: Assignment, result: Result) -> tuple[PromisedWeek, ...]:
    """The minutes that it took, on the planned days up to the day it was recorded, or on that day."""
    today = result.at.astimezone(TOKYO).date()
    past = [share for share in assignment.days if share.day <= today]
    return weeks_of(_scaled(past, result.minutes) or [DayShare(today, result.minutes)])


def _scaled(shares: Sequence[DayShare], minutes: int) -> list[DayShare]:
    """The shares with another sum, in whole minutes."""
    total = sum(share.minutes for share in shares)
    if not total:
        return []
    scaled, given, seen = [], 0, 0
    for share in shares:
        seen += share.minutes
        until = minutes * seen // total
        scaled.append(DayShare(share.day, until - given))
        given = until
    return scaled


def _at(assignment: Assignment, *states: State) -> None:
    if assignment.state not in states:
        raise AssignmentNotThere(f"it is {assignment.state}", extra={"state": assignment.state})
