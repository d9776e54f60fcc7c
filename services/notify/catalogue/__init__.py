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
MAY_USE: dict[str, frozenset[str]] = {
    "line.greeting": STANDARD,
    "line.link": STANDARD | {"link"},
    "line.neutral": STANDARD | {"link"},
    "line.crisis": STANDARD | {"link", "hotlines"},
    "appointment.confirmed": STANDARD | SLOT,
    "appointment.moved": STANDARD | SLOT,
    "appointment.cancelled": STANDARD | SLOT,
    "appointment.reminder_days": STANDARD | SLOT,
    "appointment.reminder_hours": STANDARD | SLOT,
    "crisis.page": STANDARD | {"kind", "at", "consultation_id", "resident_id"},
}
"""The names that a municipality's own words for a built-in template may use."""


@dataclass(frozen=True)
class Action:
    """A button below a LINE message; pressing it sends `postback` to intake."""

    label: str
    postback: str


@dataclass(frozen=True)
class BuiltIn:
    """`defaults` are values used when the personalisation does not give them."""

    text: Text
    actions: tuple[Action, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_language(path: Path) -> dict[str, BuiltIn]:
    """Template name -> built-in. Raises ValueError when one uses a name that nothing fills."""
    found = {}
    for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        text = Text(entry["subject"], entry["body"].strip())
        unknown = set(placeholders(text.subject + text.body)) - MAY_USE[name]
        if unknown:
            raise ValueError(f"{path.name}: {name} uses {', '.join(sorted(unknown))}")
        actions = tuple(Action(**action) for action in entry.get("actions", ()))
        found[name] = BuiltIn(text, actions, entry.get("defaults", {}))
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
