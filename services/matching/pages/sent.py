"""What a form has sent, and how a refusal reads on the page that is shown again."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from fastapi import Request

from shared.errors import Refused
from shared.http.request import make_command
from shared.http.texts import TITLES
from shared.idempotency import Command
from shared.web.staff import Staff
from shared.web.visiting import Visitor

Fields = Mapping[str, Sequence[str]]
FIGURE = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


def one(fields: Fields, name: str, longest: int = 4000) -> str:
    """The first value of a field, trimmed; empty when it was not sent."""
    return next(iter(fields.get(name, ())), "").strip()[:longest]


def number(fields: Fields, name: str, most: int) -> int | None:
    """Digits, full-width ones too, 0 to `most`; None for anything else."""
    return count(one(fields, name, 12), most)


def version_in(fields: Fields) -> int:
    """The version that the form was made from; one that never was when it is not there."""
    return number(fields, "version", 10**9) or -1


def count(text: str, most: int) -> int | None:
    """The number that was typed, as `number` reads it."""
    return int(text) if text.isdecimal() and int(text) <= most else None


def amount(text: str, least: float, most: float) -> float | None:
    """A figure such as 2.5, full-width too, `least` to `most`; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = float(plain) if FIGURE.fullmatch(plain) else None
    return found if found is not None and least <= found <= most else None


async def command_of(request: Request, who: Staff | Visitor, fields: Fields) -> Command:
    """The command of a form that was sent with its hidden key."""
    name = who.actor.name if isinstance(who, Staff) else who.actor
    key = one(fields, "idempotency_key") or None
    return make_command(request, who.tenant.id, name, key, await request.body())


def refusal_text(request: Request, refused: Refused) -> str:
    """What a person reads about a refusal."""
    titles: Mapping[str, Mapping[str, str]] = request.app.state.problem_titles
    return (titles.get(refused.slug) or TITLES.get(refused.slug) or TITLES["invalid"])["ja"]


def reference(resident_id: str) -> str:
    """A short code for telling residents apart on a page; nobody can be found by it."""
    return resident_id[-6:].upper()
