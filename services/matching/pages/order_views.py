"""What the pages of orders show: days that people mean, progress and loads as bars, abilities with their uncertainty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.matching.orders.assignment import MAY_END, Assignment
from services.matching.orders.capability import Ability
from services.matching.orders.check import QualityCheck
from services.matching.orders.plan_record import PlanRecord
from services.matching.orders.problem import Hand
from services.matching.orders.quality import Quality
from services.matching.orders.task import Task
from shared.clock import TOKYO

FULL = 300
FEW = 5
"""Below so many results a record is said to be small."""


def due_day(due_at: datetime) -> date:
    """The last day (Asia/Tokyo) on which it is in time: what is due at midnight is due by the day before."""
    return (due_at - timedelta(milliseconds=1)).astimezone(TOKYO).date()


def due_at_of(text: str) -> datetime:
    """The end of the day that a form names, as an instant. Raises ValueError."""
    day = date.fromisoformat(text)
    if not 2000 <= day.year <= 2200:
        raise ValueError(text)
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO) + timedelta(days=1)


def hours_text(minutes: float) -> str:
    """90 -> 1.5時間; less than an hour in minutes."""
    return f"{round(minutes)}分" if minutes < 60 else f"{minutes / 60:.1f}".removesuffix(".0") + "時間"


def minutes_text(minutes: float) -> str:
    """2.5 -> 2.5分: what one unit takes, to the point."""
    return f"{minutes:g}分"


def check_text(check: QualityCheck) -> str:
    """How much of the work is looked at."""
    if check.kind == "sample":
        return f"{check.sample}件ずつ確認"
    return {"none": "確認なし", "all": "すべて確認"}[check.kind]


@dataclass(frozen=True)
class Progress:
    """A task's units as lengths of one bar."""

    done: int
    held: int

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> "Progress":
        counted = [task for task in tasks if not task.cancelled]
        units = sum(task.terms.quantity for task in counted) or 1
        done = sum(task.done for task in counted)
        held = sum(sum(task.held.values()) for task in counted)
        return cls(FULL * done // units, FULL * held // units)


@dataclass(frozen=True)
class Load:
    """One worker in a plan: minutes that it asks of them, and the minutes that they have in its four weeks; `wide` and `dark` are lengths."""

    resident_id: str
    planned: int
    free: int
    wide: int
    dark: int


def loads(plan: PlanRecord, hands: Mapping[str, Hand], asked: Mapping[int, Assignment]) -> list[Load]:
    """Of everybody with time or a proposal. `asked`: what was asked for as it stands, by place; time that it holds counts as free again."""
    planned: dict[str, int] = {}
    taken: dict[str, int] = {}
    for n, proposal in enumerate(plan.proposals):
        wanted = asked.get(n, proposal)
        who, minutes = wanted.resident_id, wanted.minutes
        planned[who] = planned.get(who, 0) + minutes
        if isinstance(wanted, Assignment) and wanted.state in MAY_END:
            taken[who] = taken.get(who, 0) + minutes
    free = {who: sum(hand.free) + taken.get(who, 0) for who, hand in hands.items()}
    everybody = sorted(free.keys() | planned.keys())
    most = max([1, *free.values(), *planned.values()])
    return [
        Load(
            who,
            planned.get(who, 0),
            free.get(who, 0),
            FULL * free.get(who, 0) // most,
            FULL * planned.get(who, 0) // most,
        )
        for who in everybody
        if free.get(who, 0) or planned.get(who, 0)
    ]


@dataclass(frozen=True)
class Known:
    """What may be expected of a worker at a kind of task, with how sure that is: shares of one, and lengths."""

    resident_id: str
    mean: float
    lower: float
    upper: float
    usual: float
    lines: int

    @property
    def start(self) -> int:
        return round(FULL * self.lower)

    @property
    def length(self) -> int:
        return max(round(FULL * (self.upper - self.lower)), 2)

    @property
    def middle(self) -> int:
        return round(FULL * self.mean)

    @property
    def words(self) -> str:
        if not self.lines:
            return "まだ記録がありません"
        return f"まだ少ない記録です（{self.lines}件）" if self.lines < FEW else f"記録 {self.lines}件"


def known_of(resident_id: str, ability: Ability) -> Known:
    quality = ability.quality
    mirrored = Quality(quality.beta, quality.alpha)
    return Known(
        resident_id, quality.mean, quality.lower, 1 - mirrored.lower, ability.speed.usual, ability.lines
    )


def by_task(plan: PlanRecord) -> list[tuple[str, list[int]]]:
    """Tasks in the order of the plan, each with the places of its proposals."""
    found: dict[str, list[int]] = {}
    for n, proposal in enumerate(plan.proposals):
        found.setdefault(proposal.task_id, []).append(n)
    return list(found.items())


def days_text(days: Sequence[date]) -> str:
    """12/3から12/9"""
    if not days:
        return "時間は決めていません"
    first, last = min(days), max(days)
    begin = f"{first.month}/{first.day}"
    return begin if first == last else f"{begin}から{last.month}/{last.day}"
