"""The built-in templates, as data: one YAML file per language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from services.notify.texts import Text, placeholders

LANGUAGES = ("ja", "en")
DEFAULT_LANGUAGE = "ja"

STANDARD = frozenset({"municipality", "desk", "desk_phone", "desk_hours", "page"})
"""Names that every template may use: notify itself knows their values."""

SLOT = frozenset({"date", "time", "cue", "channel"})
DAY = frozenset({"date"})
DECLINED = frozenset(
    {"outside_area", "not_a_company", "duplicate", "cannot_be_reached", "working_conditions", "other"}
)
"""Why a company was not let in: one of them is there."""
SUBJECT = frozenset(
    {"appointment_id", "service_date", "start_minute", "waiting_id", "shift_id", "stop_token"}
)
"""What a button is about; filled from the message."""
MAY_USE: dict[str, frozenset[str]] = {
    "line.greeting": STANDARD,
    "line.link": STANDARD | {"link"},
    "line.neutral": STANDARD | {"link"},
    "line.worker": STANDARD | {"link"},
    "line.crisis": STANDARD | {"link", "hotlines"},
    "appointment.confirmed": STANDARD | SLOT,
    "appointment.moved": STANDARD | SLOT,
    "appointment.with_another": STANDARD | SLOT,
    "series.confirmed": STANDARD | SLOT,
    "series.cancelled": STANDARD | SLOT,
    "appointment.cancelled": STANDARD | SLOT,
    "appointment.reminder_days": STANDARD | SLOT,
    "appointment.reminder_hours": STANDARD | SLOT,
    "appointment.reminder_evening": STANDARD | SLOT,
    "appointment.reaffirmed": STANDARD | SLOT,
    "appointment.times": STANDARD | SLOT | {"times", "again"},
    "appointment.no_times": STANDARD | SLOT,
    "waitlist.offered": STANDARD | SLOT | {"until", "waiting_id"},
    "waitlist.earlier": STANDARD | SLOT | {"until", "waiting_id"},
    "attendance.absent": STANDARD | DAY,
    "attendance.late": STANDARD | DAY,
    "attendance.leaving_early": STANDARD | DAY,
    "attendance.present": STANDARD | DAY,
    "attendance.unclear": STANDARD,
    "shift.offered": STANDARD | DAY | {"time", "cue", "until", "shift_id"},
    "shift.planned": STANDARD | DAY | {"time", "cue"},
    "shift.withdrawn": STANDARD | DAY | {"time", "cue"},
    "assignment.proposed": STANDARD,
    "contract.proposed": STANDARD | DAY,
    "contract.expiring.automatic": STANDARD | DAY,
    "contract.expiring.agreed": STANDARD | DAY,
    "contract.expiring.ending": STANDARD | DAY,
    "contract.renewed": STANDARD | DAY,
    "contract.ended": STANDARD | DAY,
    "experience.requested": STANDARD | DAY,
    "experience.confirmed": STANDARD | DAY,
    "experience.ended": STANDARD | DAY,
    "offers.recommended": STANDARD | {"offers"},
    "line.ask_cancel": STANDARD | SLOT,
    "line.kept": STANDARD,
    "action.refused.not_found": STANDARD,
    "action.refused.started": STANDARD,
    "action.refused.over": STANDARD,
    "action.refused.time_taken": STANDARD,
    "action.refused.unavailable": STANDARD,
    "action.refused.offer_ended": STANDARD,
    "action.refused.failed": STANDARD,
    "company.link": STANDARD | {"link", "until"},
    "company.new_address": STANDARD | {"link", "until"},
    "company.moved": STANDARD,
    "company.approved": STANDARD | {"company_page"},
    "company.declined": STANDARD | DECLINED | {"company_page"},
    "crisis.page": STANDARD | {"kind", "at", "consultation_id", "resident_id"},
}
"""The names that a municipality's own words for a built-in template may use."""


@dataclass(frozen=True)
class Action:
    """A button: on LINE pressing it sends `postback` to intake, or opens `page` when there is none; an e-mail carries `page` as a
    link. `page` is a path of the tenant's pages here, an absolute address once written."""

    label: str
    postback: str = ""
    page: str = ""


@dataclass(frozen=True)
class BuiltIn:
    """`defaults` are values used when the personalisation does not give them.

    With `ask`, a short question, the buttons stand below it in a message of their own and stay in the chat; without it they are quick
    replies, which LINE takes away with the next message.
    """

    text: Text
    actions: tuple[Action, ...] = ()
    ask: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_language(path: Path) -> dict[str, BuiltIn]:
    """Template name -> built-in. Raises ValueError when one uses a name that nothing fills."""
    found = {}
    for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        text = Text(entry["subject"], entry["body"].strip())
        ask = entry.get("ask", "")
        unknown = set(placeholders(text.subject + text.body + ask)) - MAY_USE[name]
        if unknown:
            raise ValueError(f"{path.name}: {name} uses {', '.join(sorted(unknown))}")
        actions = tuple(Action(**action) for action in entry.get("actions", ()))
        for action in actions:
            if set(placeholders(action.postback + action.page)) - SUBJECT:
                raise ValueError(f"{path.name}: a button of {name} is about what nothing fills")
        found[name] = BuiltIn(text, actions, ask, entry.get("defaults", {}))
    return found


CATALOGUE: dict[str, dict[str, BuiltIn]] = {
    language: read_language(Path(__file__).parent / f"{language}.yaml") for language in LANGUAGES
}


def language_of(asked: str) -> str:
    """The language we can write in that is nearest to `asked`."""
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def built_in(name: str, language: str) -> BuiltIn | None:
    """The built-in template, or None for a name that only a municipality can have."""
    return CATALOGUE[language].get(name)
