"""How a person can be reached, what they want, and which way to go."""

from dataclasses import dataclass, field, replace
from typing import Literal

from services.notify.catalogue import DEFAULT_LANGUAGE

Via = Literal["line", "email"]
Unreachable = Literal["no_contact", "opted_out"]


@dataclass(frozen=True)
class Preferences:
    """Everything is welcome until the person says otherwise."""

    line: bool = True
    email: bool = True
    reminders: bool = True


@dataclass(frozen=True)
class ContactPoint:
    """`version` 0 means that nothing is stored yet."""

    resident_id: str
    line: str | None = None
    email: str | None = None
    language: str = DEFAULT_LANGUAGE
    preferences: Preferences = field(default_factory=Preferences)
    version: int = 0


@dataclass(frozen=True)
class Way:
    """One way to a person: a LINE user id or an e-mail address."""

    via: Via
    to: str


def prefer(
    contact: ContactPoint, line: bool | None, email: bool | None, reminders: bool | None
) -> ContactPoint:
    """Change the preferences that are given, keep the others."""
    now = contact.preferences
    wanted = Preferences(
        line=now.line if line is None else line,
        email=now.email if email is None else email,
        reminders=now.reminders if reminders is None else reminders,
    )
    return replace(contact, preferences=wanted)


def ways(contact: ContactPoint, *, reminder: bool) -> tuple[Way, ...] | Unreachable:
    """The ways to the person, best first (LINE, then e-mail), or why there is none."""
    wanted = contact.preferences
    known: list[tuple[Via, str | None, bool]] = [
        ("line", contact.line, wanted.line),
        ("email", contact.email, wanted.email),
    ]
    reachable = [(Way(via, to), welcome) for via, to, welcome in known if to]
    if not reachable:
        return "no_contact"
    if reminder and not wanted.reminders:
        return "opted_out"
    return tuple(way for way, welcome in reachable if welcome) or "opted_out"
