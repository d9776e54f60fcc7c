"""The terms of a task as a form: what was typed, what it means, and what to say when it means nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from services.matching.orders.check import QualityCheck
from services.matching.orders.task import Terms
from services.matching.orders.task_type import TaskType
from services.matching.pages.order_views import due_at_of, due_day
from services.matching.pages.sent import Fields, amount, count, one
from services.matching.routes.orders.shapes import MOST_UNITS
from shared.clock import TOKYO
from shared.errors import Invalid

SKILL = re.compile(r"[a-z0-9_]{1,40}")
MOST_SKILLS = 20
LEAST_MINUTES, MOST_MINUTES = 0.1, 600.0
MINUTES_TEXT = "分数は、0.1から600までの数を入れてください。"
SAMPLE_TEXT = "1回に確認する数を、1以上で入れてください。"
FIELD_OF: Mapping[str, str] = MappingProxyType(
    {"due_at": "due", "earliest_at": "earliest", "check.sample": "sample"}
)
"""A rule's name of a field -> the form's, where they differ."""
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "type": "種類を選んでください。",
        "quantity": "数を、1以上で入れてください。",
        "batch": "1回分の数は、1からぜんぶの数までです。分けないときは空にしてください。",
        "unit_minutes": MINUTES_TEXT,
        "earliest": "始められる日は、しめきりより前の日にしてください。",
        "due": "しめきりは、きょうよりあとで、注文のしめきりまでの日にしてください。",
        "sample": SAMPLE_TEXT,
        "skills": f"必要な技能は、{MOST_SKILLS}までです。",
    }
)


@dataclass(frozen=True)
class TermsForm:
    """As typed: days as ISO dates, numbers as text. `check` is a kind of check, or empty: as the type of the task says."""

    type: str = ""
    quantity: str = ""
    batch: str = ""
    unit_minutes: str = ""
    earliest: str = ""
    due: str = ""
    check: str = ""
    sample: str = ""
    skills: tuple[str, ...] = ()


EMPTY = TermsForm()


def sent_terms(fields: Fields) -> TermsForm:
    """What a form has sent, shortened to what can be shown again."""
    texts = {name: one(fields, name, 40) for name in TermsForm.__dataclass_fields__ if name != "skills"}
    chosen = dict.fromkeys(code for code in fields.get("skills", ()) if SKILL.fullmatch(code))
    return TermsForm(**texts, skills=tuple(chosen)[: MOST_SKILLS + 1])


def form_of_terms(terms: Terms) -> TermsForm:
    """What stands in the form when a task is to be changed."""
    return TermsForm(
        type=terms.type,
        quantity=str(terms.quantity),
        batch=str(terms.batch or ""),
        unit_minutes=f"{terms.unit_minutes:g}",
        earliest=terms.earliest_at.astimezone(TOKYO).date().isoformat() if terms.earliest_at else "",
        due=due_day(terms.due_at).isoformat(),
        check=terms.check.kind,
        sample=str(terms.check.sample) if terms.check.kind == "sample" else "",
        skills=terms.skills,
    )


def read_terms(
    form: TermsForm, kind: TaskType | None, present: Terms | None = None
) -> tuple[Terms | None, dict[str, str]]:
    """Terms, or what is wrong by field. What was left open is as its `kind` says. What stands as it did keeps the exact value of
    `present`, which may be finer than a form can say."""
    was = form_of_terms(present) if present else EMPTY
    wrong: list[str] = []

    def needed(name: str, value: object) -> None:
        if not value:
            wrong.append(name)

    quantity = count(form.quantity, MOST_UNITS)
    batch = count(form.batch, MOST_UNITS)
    minutes = amount(form.unit_minutes, LEAST_MINUTES, MOST_MINUTES)
    check = check_of(form.check, form.sample, kind.check if kind else QualityCheck())
    due_at, earliest_at = _due(form.due), _earliest(form.earliest)
    if present and form.unit_minutes == was.unit_minutes:
        minutes = present.unit_minutes
    if present and form.due == was.due:
        due_at = present.due_at
    if present and form.earliest == was.earliest:
        earliest_at = present.earliest_at
    needed("type", kind)
    needed("quantity", quantity)
    needed("batch", batch or not form.batch)
    needed("unit_minutes", minutes or not form.unit_minutes)
    needed("earliest", earliest_at or not form.earliest)
    needed("due", due_at)
    needed("sample", check)
    needed("skills", len(form.skills) <= MOST_SKILLS)
    if wrong or not (kind and quantity and due_at and check):
        return None, {name: TEXTS[name] for name in wrong}
    unit_minutes = minutes or kind.unit_minutes
    return Terms(kind.code, quantity, unit_minutes, due_at, earliest_at, check, form.skills, batch), {}


def check_of(kind: str, sample: str, unset: QualityCheck) -> QualityCheck | None:
    """How much is looked at; `unset` when no kind was chosen, None when a sample has no number."""
    if kind == "sample":
        units = count(sample, MOST_UNITS)
        return QualityCheck("sample", units) if units else None
    return {"none": QualityCheck("none"), "all": QualityCheck("all")}.get(kind, unset)


def problem_of(wrong: Invalid, used: int = 0) -> dict[str, str]:
    """What to say at which field when a rule has refused the terms. `used`: units that are done or with somebody."""
    field = FIELD_OF.get(wrong.field, wrong.field)
    if field == "quantity" and used:
        return {field: f"終わった分とお願いしている分があります。数は{used}より少なくできません。"}
    return {field: TEXTS.get(field, "入力を確かめてください。")}


def _due(text: str) -> datetime | None:
    try:
        return due_at_of(text)
    except ValueError:
        return None


def _earliest(text: str) -> datetime | None:
    """The beginning of the day, as an instant."""
    try:
        day = date.fromisoformat(text)
        return due_at_of((day - timedelta(days=1)).isoformat())
    except (ValueError, OverflowError):
        return None
