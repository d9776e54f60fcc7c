"""Kinds of tasks, as a municipality declares them: what is compared with what when somebody's results are read."""

from dataclasses import dataclass

from services.matching.orders.check import EVERY_UNIT, QualityCheck


@dataclass(frozen=True)
class TaskType:
    """`bar`: the share of units without a fault that client work asks for, at the lower bound. `unit_minutes` and `check` are what new tasks
    begin with. `unit` is a word such as 件 or 頁."""

    code: str
    name: str
    unit: str
    unit_minutes: float
    bar: float = 0.8
    check: QualityCheck = EVERY_UNIT
    version: int = 1
