"""May this worker be asked for that, now? The request, and the rules that are against it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from services.matching.orders.assignment import Assignment, DayShare, Reason
from services.matching.orders.capability import Ability
from services.matching.orders.capacity import due_of, first_day, release_of
from services.matching.orders.problem import Hand
from services.matching.orders.schedule import Job, schedule
from services.matching.orders.task import Task
from shared.errors import Conflict

BY_HAND = (Reason("by_hand"),)


class WorkerCannot(Conflict):
    """The worker is not asked for this. `why`: skill, barred (they have declined it, or staff have left them out), room (no time before it is due)."""

    slug: ClassVar[str] = "worker-cannot"


@dataclass(frozen=True)
class Ask:
    """`minutes` None: by the worker's pace. `beyond`: although no time is planned for it."""

    task_id: str
    resident_id: str
    quantity: int | None = None
    minutes: int | None = None
    reasons: tuple[Reason, ...] = BY_HAND
    stretch: bool | None = None
    beyond: bool = False
    note: str | None = None

    def units(self, task: Task) -> int:
        """Without a quantity: one batch, or all that is left."""
        return self.quantity or min(task.left, task.terms.batch or task.left)


@dataclass(frozen=True)
class Effort:
    """Minutes to plan with, and whether it is a stretch."""

    minutes: int
    stretch: bool


def effort_of(ask: Ask, task: Task, ability: Ability, bar: float) -> Effort:
    """By what is known of the worker."""
    minutes = math.ceil(ask.units(task) * task.terms.unit_minutes * ability.speed.upper)
    return Effort(max(minutes, 1), ability.quality.lower < bar)


def check_worker(task: Task, hand: Hand) -> None:
    """Raises WorkerCannot for whom the task is not."""
    if hand.resident_id in task.barred:
        raise WorkerCannot("they have declined it, or are left out: pin them first", extra={"why": "barred"})
    if not set(task.terms.skills) <= hand.skills:
        raise WorkerCannot("they lack a skill that the task asks for", extra={"why": "skill"})


def request(
    new_id: str,
    ask: Ask,
    task: Task,
    hand: Hand,
    effort: Effort,
    by: str,
    now: datetime,
    without: Assignment | None = None,
) -> Assignment:
    """What the worker is asked for, on days that they have. `without`: what it comes instead of. Raises WorkerCannot."""
    check_worker(task, hand)
    return Assignment(
        id=new_id,
        order_id=task.order_id,
        task_id=task.id,
        resident_id=hand.resident_id,
        type=task.terms.type,
        quantity=ask.units(task),
        unit_minutes=task.terms.unit_minutes,
        minutes=effort.minutes,
        days=_days(task, _free(hand, without, first_day(now)), effort.minutes, ask.beyond, first_day(now)),
        due_at=task.terms.due_at,
        check=task.terms.check,
        proposed_at=now,
        proposed_by=by,
        stretch=effort.stretch,
        pinned=task.pinned == hand.resident_id,
        reasons=ask.reasons,
        note=ask.note,
        replaces=without.id if without else None,
    )


def _free(hand: Hand, without: Assignment | None, first: date) -> list[int]:
    """The time of what is replaced is free for what comes instead."""
    free = list(hand.free)
    if without and without.resident_id == hand.resident_id:
        for share in without.days:
            if 0 <= (day := (share.day - first).days) < len(free):
                free[day] += share.minutes
    return free


def _days(task: Task, free: Sequence[int], minutes: int, beyond: bool, first: date) -> tuple[DayShare, ...]:
    release, due = release_of(task.terms.earliest_at, first), due_of(task.terms.due_at, first)
    found = schedule([Job(0, release, due, minutes)], free)
    if found is None and not beyond:
        raise WorkerCannot("they have no time for it before it is due", extra={"why": "room"})
    shares = sorted(found[0].items()) if found else []
    return tuple(DayShare(first + timedelta(days=day), share) for day, share in shares)
