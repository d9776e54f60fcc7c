"""What goes in and out over HTTP about assignments."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.orders.asking import Ask
from services.matching.orders.assignment import LONGEST, Assignment, State
from services.matching.orders.wording import reason_text
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
    """The same for staff. `replaces`: staff edited that one, and it was `replaced_by` this."""

    resident_id: str
    check: CheckShape
    proposed_by: str
    answered_at: datetime | None
    pinned: bool
    checked: CheckedOut | None
    replaces: str | None
    replaced_by: str | None
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
