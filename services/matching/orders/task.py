"""A part of an order: so many units of one kind, until a date. Who works on how many of them lies in assignments; the task counts.

units of a task = done + held by open assignments + left
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from services.matching.orders.check import EVERY_UNIT, QualityCheck
from shared.errors import Conflict, Invalid

State = Literal["open", "held", "finished", "cancelled"]
OverrideKind = Literal["pin", "forbid"]


class TaskTaken(Conflict):
    """Not so many units are left: somebody else was asked for them, or they are done. `left` says how many are."""

    slug: ClassVar[str] = "task-taken"


class TaskClosed(Conflict):
    """The task was cancelled, or is under way, and this cannot be done with it any more."""

    slug: ClassVar[str] = "task-closed"


@dataclass(frozen=True)
class Override:
    """Staff's word about one worker: `pin` (this person, please) or `forbid`. `by` and `at` say whose it was; `note` is theirs, kept sealed."""

    kind: OverrideKind
    resident_id: str
    by: str
    at: datetime
    note: str | None = None


@dataclass(frozen=True)
class Terms:
    """What is asked for. Instants are UTC. `batch`: units that go to one person at least; None: all of it goes to one. `skills` are codes that
    who works on it must have. An interview is never asked for."""

    type: str
    quantity: int
    unit_minutes: float
    due_at: datetime
    earliest_at: datetime | None = None
    check: QualityCheck = EVERY_UNIT
    skills: tuple[str, ...] = ()
    batch: int | None = None


@dataclass(frozen=True)
class Task:
    """`held`: units by open assignment. `workers` have worked on it, `declined` have said no to it and are not asked again by themselves.
    `rework_of`: the assignment whose units these were; they came back."""

    id: str
    order_id: str
    terms: Terms
    created_at: datetime
    held: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    cancelled: bool = False
    overrides: tuple[Override, ...] = ()
    workers: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    rework_of: str | None = None
    version: int = 1
    needs_interview: Literal[False] = False

    @property
    def left(self) -> int:
        """Units that nobody was asked for yet."""
        return 0 if self.cancelled else self.terms.quantity - self.done - sum(self.held.values())

    @property
    def state(self) -> State:
        if self.cancelled:
            return "cancelled"
        if self.left:
            return "open"
        return "held" if self.held else "finished"

    @property
    def pinned(self) -> str | None:
        """Who it should go to, if staff have said so."""
        return next((o.resident_id for o in self.overrides if o.kind == "pin"), None)

    @property
    def barred(self) -> frozenset[str]:
        """Who is not asked: staff have said so, or they have declined and staff have not named them since."""
        forbidden = {o.resident_id for o in self.overrides if o.kind == "forbid"}
        return frozenset(forbidden | (set(self.declined) - {self.pinned}))


def check_terms(terms: Terms, order_due: datetime, now: datetime) -> Terms:
    """Raises Invalid, naming the field."""
    if terms.due_at <= now:
        raise Invalid("due_at", "must be after now")
    if terms.due_at > order_due:
        raise Invalid("due_at", "must not be after the order is due")
    if terms.earliest_at and terms.earliest_at >= terms.due_at:
        raise Invalid("earliest_at", "must be before due_at")
    if terms.check.kind == "sample" and terms.check.sample < 1:
        raise Invalid("check.sample", "must be at least 1 when a sample is checked")
    if terms.batch is not None and terms.batch > terms.quantity:
        raise Invalid("batch", "must be at most the quantity")
    return terms


def change(task: Task, terms: Terms, order_due: datetime, now: datetime) -> Task:
    """Other terms. What is held and done stays. Raises Invalid, TaskClosed."""
    _check_open(task)
    used = task.done + sum(task.held.values())
    if terms.quantity < used:
        raise Invalid("quantity", f"{used} are done or being worked on")
    if used and terms.type != task.terms.type:
        raise TaskClosed("somebody works on it: its type stays")
    return replace(task, terms=check_terms(terms, order_due, now))


def cancel(task: Task) -> Task:
    """Raises TaskClosed while somebody works on it: take that back first."""
    if task.held:
        raise TaskClosed("somebody works on it: withdraw that first")
    return replace(task, cancelled=True)


def drop(task: Task) -> Task:
    """Its order is not wanted any more: nothing of it is left to do. What was recorded is still looked at; what is done stays as it is."""
    return task if task.state == "finished" else replace(task, cancelled=True)


def override(task: Task, made: Override) -> Task:
    """Staff's word about a worker, in place of an earlier one about them; at most one is pinned. Raises TaskClosed."""
    _check_open(task)
    kept = [
        o for o in task.overrides if o.resident_id != made.resident_id and not (o.kind == made.kind == "pin")
    ]
    return replace(task, overrides=(*kept, made))


def without_override(task: Task, resident_id: str) -> Task:
    """Nothing is said about the worker any more."""
    return replace(task, overrides=tuple(o for o in task.overrides if o.resident_id != resident_id))


def hold(task: Task, assignment_id: str, quantity: int) -> Task:
    """Keep units for an assignment. Raises TaskTaken, TaskClosed, Invalid."""
    _check_open(task)
    if not 1 <= quantity <= task.left:
        raise TaskTaken(f"{task.left} are left", extra={"left": task.left})
    if task.terms.batch is None and quantity != task.left:
        raise Invalid("quantity", "it is not divided: all of it goes to one person")
    return replace(task, held={**task.held, assignment_id: quantity})


def give_back(task: Task, assignment_id: str, declined_by: str | None = None) -> Task:
    """The units of an assignment that came to nothing are left again."""
    declined = task.declined
    if declined_by and declined_by not in declined:
        declined = (*declined, declined_by)
    return replace(task, held=_without(task.held, assignment_id), declined=declined)


def finish(task: Task, assignment_id: str, done: int, resident_id: str) -> Task:
    """`done` units of an assignment are done; the rest of them is left again."""
    workers = task.workers if resident_id in task.workers else (*task.workers, resident_id)
    held = _without(task.held, assignment_id)
    return replace(task, held=held, done=task.done + done, workers=workers)


def rework(task: Task, new_id: str, quantity: int, of: str | None, due_at: datetime, now: datetime) -> Task:
    """A task for units that came back, to be checked one by one."""
    terms = replace(
        task.terms,
        quantity=quantity,
        due_at=due_at,
        earliest_at=None,
        check=EVERY_UNIT,
        batch=None if task.terms.batch is None else min(task.terms.batch, quantity),
    )
    return Task(new_id, task.order_id, terms, now, workers=task.workers, rework_of=of)


def unfinished(tasks: Collection[Task]) -> list[str]:
    """Ids of those that are neither done nor cancelled."""
    return [task.id for task in tasks if task.state in ("open", "held")]


def _check_open(task: Task) -> None:
    if task.cancelled:
        raise TaskClosed("it was cancelled")


def _without(held: Mapping[str, int], assignment_id: str) -> dict[str, int]:
    return {name: units for name, units in held.items() if name != assignment_id}
