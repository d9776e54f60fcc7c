"""Looking at a month, as a form: for each item what 1 to 5 look like, or no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.matching.assessment import words
from services.matching.assessment.axes import AXES, HIGHEST, ITEMS, LOWEST
from services.matching.assessment.record import Assessment, Said, check_period, month_of
from services.matching.pages.sent import Fields, one
from shared.errors import Invalid
from shared.ids import new_ulid

SKIPPED = ""
OPTIONS = {
    item.id: [
        *((str(value), words.choice(item.id, value)) for value in range(LOWEST, HIGHEST + 1)),
        (SKIPPED, "答えない"),
    ]
    for item in ITEMS
}
LONGEST = 2000
_VALUES = {str(value): value for value in range(LOWEST, HIGHEST + 1)}


@dataclass(frozen=True)
class AssessForm:
    """What is chosen and typed."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    note: str = ""
    why: str = ""

    def said(self, by: str, now: datetime) -> Said:
        answers = {item: _VALUES[value] for item, value in self.chosen.items() if value in _VALUES}
        return Said(answers, now, by, self.message or None, self.note or None, self.why or None)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field name."""
        if any(value in _VALUES for value in self.chosen.values()):
            return {}
        return {ITEMS[0].id: "ひとつだけでも、選んでください。ほかは「答えない」のままで大丈夫です。"}


def sent_form(fields: Fields) -> AssessForm:
    chosen = {item.id: one(fields, item.id) for item in ITEMS if item.id in fields}
    return AssessForm(chosen, *(one(fields, name, LONGEST) for name in ("message", "note", "why")))


def form_of(said: Said) -> AssessForm:
    """The form as it stands for what was said; why it is corrected is yet to be told."""
    chosen = {item: str(value) for item, value in said.answers.items()}
    return AssessForm(chosen, said.message or "", said.note or "")


def parts(form: AssessForm) -> list[tuple[str, list[tuple[str, str, list[tuple[str, str]], str]]]]:
    """Axis by axis: its name, and of each item id, words, options and what is chosen."""
    return [
        (
            words.AXES[axis],
            [
                (item.id, words.ITEMS[item.id], OPTIONS[item.id], form.chosen.get(item.id, SKIPPED))
                for item in ITEMS
                if item.axis == axis
            ],
        )
        for axis in AXES
    ]


def assess_view(
    month: date,
    form: AssessForm,
    assessment: Assessment | None,
    problems: Mapping[str, str] | None,
    problem: str,
) -> dict[str, Any]:
    """For a template, whoever looks at the month: `assessment` is what is corrected, None while nothing was said."""
    return {
        "month": month,
        "assessment": assessment,
        "form": form,
        "parts": parts(form),
        "problems": problems or {},
        "problem": problem,
        "help_counts": words.HELP_COUNTS,
        "idempotency_key": new_ulid(),
    }


def month_in(text: str, now: datetime) -> date:
    """The month that an address or a form names; this month for anything that could not be looked at."""
    try:
        return check_period(date.fromisoformat(f"{text}-01"), now)
    except (ValueError, Invalid):
        return month_of(now)
