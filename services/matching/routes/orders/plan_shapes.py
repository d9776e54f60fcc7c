"""What goes in and out over HTTP about plans and workers."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.orders.capability import Ability
from services.matching.orders.explaining import Why
from services.matching.orders.plan_record import PlanRecord
from services.matching.orders.problem import Hand
from services.matching.orders.wording import WHY, reason_text
from services.matching.routes.fields import Strict
from services.matching.routes.orders.assignment_shapes import DayOut, ReasonOut


class ProposalOut(BaseModel):
    """`place` names it within the plan. `assignment_id` once the worker was asked, `refused` says why they were not."""

    place: int
    task_id: str
    order_id: str
    resident_id: str
    quantity: int
    minutes: int
    days: list[DayOut]
    stretch: bool
    reasons: list[ReasonOut]
    assignment_id: str | None
    refused: str | None


class UnplacedOut(BaseModel):
    """`why` is the rule that left nobody over; `counts` says how many workers each rule kept from it."""

    task_id: str
    quantity: int
    why: Why
    text: str
    counts: dict[Why, int]


class PlanOut(BaseModel):
    """`objective` is what the plan is worth in points, `bound` what no plan can pass, `gap` the share that it may be short at most. `greedy`: what the
    quick plan was worth. `left_out` batches are for a later plan."""

    id: str
    version: int
    made_at: datetime
    made_by: str
    first: date
    method: str
    objective: float
    bound: float | None
    gap: float | None
    greedy: float
    seconds: float
    considered: int
    left_out: int
    proposals: list[ProposalOut]
    unplaced: list[UnplacedOut]

    @classmethod
    def of(cls, plan: PlanRecord) -> Self:
        plain = ("id", "version", "made_at", "made_by", "first", "method", "objective", "bound", "gap")
        counts = ("greedy", "seconds", "considered", "left_out")
        return cls(
            **{name: getattr(plan, name) for name in (*plain, *counts)},
            proposals=[
                ProposalOut(
                    place=n,
                    task_id=one.task_id,
                    order_id=one.order_id,
                    resident_id=one.resident_id,
                    quantity=one.quantity,
                    minutes=one.minutes,
                    days=[DayOut(day=share.day, minutes=share.minutes) for share in one.days],
                    stretch=one.stretch,
                    reasons=[ReasonOut(code=r.code, text=reason_text(r)) for r in one.reasons],
                    assignment_id=plan.asked.get(str(n)),
                    refused=plan.refused.get(str(n)),
                )
                for n, one in enumerate(plan.proposals)
            ],
            unplaced=[
                UnplacedOut(
                    task_id=one.task_id,
                    quantity=one.quantity,
                    why=one.why,
                    text=WHY[one.why],
                    counts=dict(one.counts),
                )
                for one in plan.unplaced
            ],
        )


class AskPlanBody(Strict):
    """Ask the workers of these proposals; of all, without `places`."""

    places: list[int] | None = Field(default=None, max_length=2_000)


class AbilityOut(BaseModel):
    """`expected` and `at_least` (the one-sided 90 % lower bound) of units without a fault; `pace` and `pace_at_most` (80 %) as a ratio to the task's
    estimate; `results` are those that it rests on: with none of them it says what is usual."""

    type: str
    results: int
    expected: float
    at_least: float
    pace: float
    pace_at_most: float

    @classmethod
    def of(cls, kind: str, ability: Ability) -> Self:
        return cls(
            type=kind,
            results=ability.lines,
            expected=round(ability.quality.mean, 4),
            at_least=round(ability.quality.lower, 4),
            pace=round(ability.speed.usual, 4),
            pace_at_most=round(ability.speed.upper, 4),
        )


class OrderWorkerOut(BaseModel):
    """`free`: minutes that are left on each day of the next four weeks; days without any are left out."""

    resident_id: str
    skills: list[str]
    wishes_more: bool
    free: list[DayOut]

    @classmethod
    def of(cls, hand: Hand, days: list[date]) -> Self:
        return cls(
            resident_id=hand.resident_id,
            skills=sorted(hand.skills),
            wishes_more=hand.wishes_more,
            free=[DayOut(day=day, minutes=m) for day, m in zip(days, hand.free, strict=False) if m],
        )
