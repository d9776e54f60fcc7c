"""What goes in and out over HTTP about orders and tasks."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Depends, Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from services.matching.orders.check import CheckKind, QualityCheck
from services.matching.orders.order import Order
from services.matching.orders.order import State as OrderState
from services.matching.orders.task import OverrideKind, Task, Terms
from services.matching.orders.task import State as TaskState
from services.matching.orders.task_type import TaskType
from services.matching.routes.fields import Strict
from shared.auth import Actor
from shared.http.request import scope
from shared.ids import id_pattern

Reader = Annotated[Actor, Depends(scope("orders:read"))]
Writer = Annotated[Actor, Depends(scope("orders:write"))]
OrderPath = Annotated[str, Path(pattern=id_pattern("ord"))]
TaskPath = Annotated[str, Path(pattern=id_pattern("tsk"))]
AssignmentPath = Annotated[str, Path(pattern=id_pattern("asg"))]
PlanPath = Annotated[str, Path(pattern=id_pattern("pln"))]
WorkerPath = Annotated[str, Path(pattern=id_pattern("res"), description="The resident who works")]
TypePath = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
OrderId = Annotated[str, StringConstraints(pattern=id_pattern("ord"))]
TaskId = Annotated[str, StringConstraints(pattern=id_pattern("tsk"))]
ResidentId = Annotated[str, StringConstraints(pattern=id_pattern("res"))]
CompanyId = Annotated[str, StringConstraints(pattern=id_pattern("com"))]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
SOME = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
MOST_UNITS = 100_000


def _sensible(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError("a year between 2000 and 2200")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_sensible)]
"""With its offset from UTC."""


class CheckShape(Strict):
    """`sample`: so many units of each batch are looked at, when `kind` is sample."""

    kind: CheckKind = "all"
    sample: int = Field(default=0, ge=0, le=MOST_UNITS)

    def check(self) -> QualityCheck:
        return QualityCheck(self.kind, self.sample)


class TypeBody(Strict):
    """A kind of task. `bar`: the share of units without a fault that client work asks for, at the lower bound of what may be expected."""

    name: Text = Field(examples=["見本の入力"])
    unit: Annotated[str, StringConstraints(min_length=1, max_length=10)] = Field(examples=["件"])
    unit_minutes: float = Field(ge=0.1, le=600, examples=[3])
    bar: float = Field(default=0.8, ge=0, le=0.99)
    check: CheckShape = CheckShape()

    def task_type(self, code: str) -> TaskType:
        return TaskType(code, self.name, self.unit, self.unit_minutes, self.bar, self.check.check())


class TypeOut(TypeBody):
    code: str
    version: int

    @classmethod
    def of(cls, found: TaskType) -> Self:
        return cls.model_validate(found, from_attributes=True)


class OrderTerms(Strict):
    """`critical`: only people with proven results work on it."""

    title: Text = Field(examples=["見本の名簿の入力"])
    due_at: Instant = Field(examples=["2030-12-25T17:00:00+09:00"])
    critical: bool = False


class OrderBody(OrderTerms):
    company_id: CompanyId = Field(examples=[f"com_{SOME}"])


class StepOut(BaseModel):
    state: OrderState
    at: datetime
    by: str


class OrderOut(BaseModel):
    id: str
    version: int
    company_id: str
    title: str
    state: OrderState
    received_at: datetime
    due_at: datetime
    critical: bool
    steps: list[StepOut]

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls.model_validate(order, from_attributes=True)


class ReturnLineBody(Strict):
    task_id: TaskId = Field(examples=[f"tsk_{SOME}"])
    quantity: int = Field(ge=1, le=MOST_UNITS)


class ReturnBody(Strict):
    """Units that the client gives back; each line becomes a task of its own, due at `due_at`."""

    lines: list[ReturnLineBody] = Field(min_length=1, max_length=100)
    due_at: Instant = Field(examples=["2030-12-28T17:00:00+09:00"])


class TaskTerms(Strict):
    """`batch`: units that go to one person at least; without it all of them go to one. `skills` are codes. Nobody is ever interviewed for a task."""

    type: Code = Field(examples=["entry"])
    quantity: int = Field(ge=1, le=MOST_UNITS)
    unit_minutes: float = Field(ge=0.1, le=600)
    due_at: Instant = Field(examples=["2030-12-20T00:00:00+09:00"])
    earliest_at: Instant | None = None
    check: CheckShape = CheckShape()
    skills: list[Code] = Field(default=[], max_length=20)
    batch: int | None = Field(default=None, ge=1, le=MOST_UNITS)

    def terms(self) -> Terms:
        return Terms(
            self.type,
            self.quantity,
            self.unit_minutes,
            self.due_at,
            self.earliest_at,
            self.check.check(),
            tuple(dict.fromkeys(self.skills)),
            self.batch,
        )


class OverrideBody(Strict):
    """`pin`: this person, please. `forbid`: not asked for this. `note` says why, for colleagues."""

    kind: OverrideKind
    note: Note | None = None


class OverrideOut(BaseModel):
    kind: OverrideKind
    resident_id: str
    by: str
    at: datetime
    note: str | None


class TaskOut(TaskTerms):
    """`left` units nobody was asked for yet; `held` are with somebody. `rework_of`: the assignment whose units came back."""

    id: str
    version: int
    order_id: str
    state: TaskState
    done: int
    held: int
    left: int
    needs_interview: bool
    overrides: list[OverrideOut]
    rework_of: str | None

    @classmethod
    def of(cls, task: Task) -> Self:
        terms = task.terms
        return cls(
            type=terms.type,
            quantity=terms.quantity,
            unit_minutes=terms.unit_minutes,
            due_at=terms.due_at,
            earliest_at=terms.earliest_at,
            check=CheckShape(kind=terms.check.kind, sample=terms.check.sample),
            skills=list(terms.skills),
            batch=terms.batch,
            id=task.id,
            version=task.version,
            order_id=task.order_id,
            state=task.state,
            done=task.done,
            held=sum(task.held.values()),
            left=task.left,
            needs_interview=task.needs_interview,
            overrides=[OverrideOut.model_validate(o, from_attributes=True) for o in task.overrides],
            rework_of=task.rework_of,
        )
