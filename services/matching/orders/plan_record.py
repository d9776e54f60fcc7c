"""A plan as it is kept: who might be asked for what and why, what went to nobody and why, and what became of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
    that one plan considers. `asked` (place of a proposal -> assignment) and `refused` (place -> slug) say what became of the proposals;
    `asking` (place -> who wants it) are those that staff have said to ask and that nobody has come to yet."""

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
    asking: Mapping[str, str] = field(default_factory=dict)
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


def want(plan: PlanRecord, places: Collection[int] | None, by: str) -> PlanRecord:
    """Ask the workers of these proposals, or of all. Whoever was asked is not asked again; whom somebody wants already stays theirs."""
    every = (
        range(len(plan.proposals)) if places is None else sorted({*places} & {*range(len(plan.proposals))})
    )
    fresh = {str(n): by for n in every if str(n) not in plan.asked}
    return replace(plan, asking={**fresh, **plan.asking})


def tell(plan: PlanRecord, asked: Mapping[str, str], refused: Mapping[str, str]) -> PlanRecord:
    """What has become of proposals that were wanted (place -> assignment, place -> slug). What was refused before may have been asked now."""
    lost = {n: slug for n, slug in {**plan.refused, **refused}.items() if n not in asked}
    waiting = {n: by for n, by in plan.asking.items() if n not in asked and n not in refused}
    return replace(plan, asked={**plan.asked, **asked}, refused=lost, asking=waiting)
