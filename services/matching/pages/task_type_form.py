"""A kind of task as a form."""

from dataclasses import dataclass

from services.matching.orders.check import QualityCheck
from services.matching.orders.task_type import TaskType
from services.matching.pages.sent import Fields, amount, one
from services.matching.pages.terms_form import (
    LEAST_MINUTES,
    MINUTES_TEXT,
    MOST_MINUTES,
    SAMPLE_TEXT,
    SKILL,
    check_of,
)

HIGHEST = 99.0
LONGEST_UNIT = 10


@dataclass(frozen=True)
class TypeForm:
    """As typed. `bar` is in percent; `code` may be empty when a kind is new."""

    code: str = ""
    name: str = ""
    unit: str = "件"
    unit_minutes: str = ""
    bar: str = "80"
    check: str = "all"
    sample: str = ""


NEW = TypeForm()


def sent_type(fields: Fields) -> TypeForm:
    return TypeForm(**{name: one(fields, name, 100) for name in TypeForm.__dataclass_fields__})


def form_of_type(kind: TaskType) -> TypeForm:
    """What stands in the form when a kind is to be changed."""
    return TypeForm(
        kind.code,
        kind.name,
        kind.unit,
        f"{kind.unit_minutes:g}",
        f"{kind.bar * 100:g}",
        kind.check.kind,
        str(kind.check.sample) if kind.check.kind == "sample" else "",
    )


def read_type(
    form: TypeForm, code: str, present: TaskType | None = None
) -> tuple[TaskType | None, dict[str, str]]:
    """The kind under that code, or what is wrong by field. What stands as it did keeps the exact value of `present`."""
    was = form_of_type(present) if present else None
    minutes = amount(form.unit_minutes, LEAST_MINUTES, MOST_MINUTES)
    percent = amount(form.bar, 0, HIGHEST)
    bar = None if percent is None else percent / 100
    if present and was and form.unit_minutes == was.unit_minutes:
        minutes = present.unit_minutes
    if present and was and form.bar == was.bar:
        bar = present.bar
    check = check_of(form.check, form.sample, QualityCheck())
    problems = {}
    if not form.name:
        problems["name"] = "種類の名前を書いてください。"
    if not SKILL.fullmatch(code):
        problems["code"] = "コードは、英語の小文字、数字、「_」で40文字までです。"
    if not 1 <= len(form.unit) <= LONGEST_UNIT:
        problems["unit"] = f"数え方を、{LONGEST_UNIT}文字までで書いてください。"
    if minutes is None:
        problems["unit_minutes"] = MINUTES_TEXT
    if bar is None:
        problems["bar"] = "目安は、0から99までの数を入れてください。"
    if check is None:
        problems["sample"] = SAMPLE_TEXT
    if problems or minutes is None or bar is None or check is None:
        return None, problems
    return TaskType(code, form.name, form.unit, minutes, bar, check), {}
