"""A plan as it is kept: who might be asked for what and why, what went to nobody and why, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.matching.orders.assignment import DayShare, Reason
from services.matching.orders.explaining import Unplaced, reasons, unplaced
from services.matching.orders.planning import Made


@dataclass(frozen=True)
class Proposal:
    """A batch of a task for a worker. `minutes` are the upper bound that was planned with."""

    task_id: str
    order_id: str
    resident_id: str
    quantity: int
    minutes: int
    days: tuple[DayShare, ...]
    stretch: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class PlanRecord:
    """`gap` is what the plan might be short of the best possible one at most, as a share; None without a bound. `left_out`: batches beyond those
    that one plan considers. `asked` (place of a proposal -> assignment) and `refused` (place -> slug) say what became of the proposals."""

    id: str
    made_at: datetime
    made_by: str
    first: date
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    objective: float
    bound: float | None
    gap: float | None
    greedy: float
    method: str
    seconds: float
    considered: int
    left_out: int = 0
    asked: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    version: int = 1


def record_of(made: Made, plan_id: str, by: str, now: datetime, left_out: int) -> PlanRecord:
    """A plan that was just made."""
    problem, plan = made.field.problem, made.plan
    proposals = tuple(
        Proposal(
            task_id=problem.pieces[one.piece].task_id,
            order_id=problem.pieces[one.piece].order_id,
            resident_id=problem.hands[one.hand].resident_id,
            quantity=problem.pieces[one.piece].quantity,
            minutes=one.minutes,
            days=tuple(
                DayShare(problem.first + timedelta(days=day), minutes)
                for day, minutes in sorted(one.days.items())
            ),
            stretch=one.stretch,
            reasons=reasons(made, one),
        )
        for one in plan.placements
    )
    return PlanRecord(
        id=plan_id,
        made_at=now,
        made_by=by,
        first=problem.first,
        proposals=proposals,
        unplaced=unplaced(made),
        objective=round(plan.objective, 1),
        bound=round(plan.bound, 1) if plan.gap is not None else None,
        gap=None if plan.gap is None else round(plan.gap, 6),
        greedy=round(plan.greedy, 1),
        method=plan.method,
        seconds=plan.seconds,
        considered=len(problem.pieces),
        left_out=left_out,
    )
