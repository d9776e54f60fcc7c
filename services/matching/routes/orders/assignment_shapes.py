"""What goes in and out over HTTP about assignments, plans and workers."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.ordering.proposing import Ask
from services.matching.orders.assignment import LONGEST, Assignment, State
from services.matching.orders.capability import Ability
from services.matching.orders.explaining import Why
from services.matching.orders.plan_record import PlanRecord
from services.matching.orders.problem import Hand
from services.matching.orders.wording import WHY, reason_text
from services.matching.routes.fields import Strict
from services.matching.routes.orders.shapes import MOST_UNITS, SOME, CheckShape, Note, ResidentId, TaskId
from shared.events.matching.orders import ReturnReason


class AskBody(Strict):
    """Without `quantity`: one batch, or all that is left. `beyond`: ask although no time is planned for it. `note` is for colleagues."""

    task_id: TaskId = Field(examples=[f"tsk_{SOME}"])
    resident_id: ResidentId = Field(examples=[f"res_{SOME}"])
    quantity: int | None = Field(default=None, ge=1, le=MOST_UNITS)
    beyond: bool = False
    note: Note | None = None

    def ask(self) -> Ask:
        return Ask(self.task_id, self.resident_id, self.quantity, beyond=self.beyond, note=self.note)


class ReplaceBody(Strict):
    """Somebody else, or another quantity, instead of what was proposed."""

    resident_id: ResidentId = Field(examples=[f"res_{SOME}"])
    quantity: int | None = Field(default=None, ge=1, le=MOST_UNITS)
    beyond: bool = False
    note: Note | None = None

    def ask(self) -> Ask:
        return Ask("", self.resident_id, self.quantity, beyond=self.beyond, note=self.note)


class ResultBody(Strict):
    """Units that are done, and minutes that it took."""

    done: int = Field(ge=0, le=MOST_UNITS)
    minutes: int = Field(ge=0, le=LONGEST)


class CheckBody(Strict):
    """`passed` of `checked` units have no fault. `returned` units are done once more, for `reason`; `unclear_instruction` says nothing about who did them."""

    checked: int = Field(ge=0, le=MOST_UNITS)
    passed: int = Field(ge=0, le=MOST_UNITS)
    returned: int = Field(default=0, ge=0, le=MOST_UNITS)
    reason: ReturnReason | None = None


class DayOut(BaseModel):
    day: date
    minutes: int


class ReasonOut(BaseModel):
    code: str
    text: str


class ResultOut(BaseModel):
    done: int
    minutes: int
    at: datetime
    by: str


class CheckedOut(BaseModel):
    checked: int
    passed: int
    returned: int
    reason: ReturnReason | None
    at: datetime
    by: str


class MyAssignmentOut(BaseModel):
    """A request, as the worker sees it. `days` is how it might be done in time; they are free to do otherwise."""

    id: str
    version: int
    order_id: str
    task_id: str
    type: str
    quantity: int
    minutes: int
    days: list[DayOut]
    due_at: datetime
    state: State
    stretch: bool
    reasons: list[ReasonOut]
    proposed_at: datetime
    result: ResultOut | None
    returned: int

    @classmethod
    def of(cls, found: Assignment) -> Self:
        return cls.model_validate(_fields(found, to_worker=True))


class AssignmentOut(MyAssignmentOut):
    """The same for staff. `replaces`: staff edited that one."""

    resident_id: str
    check: CheckShape
    proposed_by: str
    answered_at: datetime | None
    pinned: bool
    checked: CheckedOut | None
    replaces: str | None
    note: str | None

    @classmethod
    def of(cls, found: Assignment) -> Self:
        return cls.model_validate(_fields(found, to_worker=False))


def _fields(found: Assignment, *, to_worker: bool) -> dict[str, object]:
    result, checked = found.result, found.checked
    return {
        **{name: getattr(found, name) for name in Assignment.__dataclass_fields__},
        "days": [DayOut(day=share.day, minutes=share.minutes) for share in found.days],
        "reasons": [
            ReasonOut(code=reason.code, text=reason_text(reason, to_worker=to_worker))
            for reason in found.reasons
        ],
        "check": CheckShape(kind=found.check.kind, sample=found.check.sample),
        "result": ResultOut.model_validate(result, from_attributes=True) if result else None,
        "checked": CheckedOut.model_validate(checked, from_attributes=True) if checked else None,
        "returned": checked.returned if checked else 0,
    }


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
