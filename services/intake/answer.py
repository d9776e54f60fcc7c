"""An answer: three parts about programmes, an honest "not found", or the fixed text for somebody in danger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.intake import texts
from services.intake.hotlines import Hotline, maybe_open, open_now
from services.intake.programme import Programme
from shared.events.intake import UrgentKind
from shared.tenancy import Desk

AnswerKind = Literal["programmes", "person", "urgent"]
MOST = 3


@dataclass(frozen=True)
class Link:
    """`url` is https, http or tel."""

    label: str
    url: str


@dataclass(frozen=True)
class Part:
    """`text` is plain text; a line break is a line break."""

    heading: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Answer:
    """`programme_ids` are those that the parts name, at most three."""

    kind: AnswerKind
    parts: tuple[Part, ...]
    programme_ids: tuple[str, ...] = ()


def from_programmes(programmes: Sequence[Programme], desk: Desk) -> Answer:
    """Which programme, how to apply, whom to ask; without a programme, a person."""
    named = programmes[:MOST]
    if not named:
        return not_found(desk)
    what = "\n\n".join(f"■ {p.name}\n{p['abstract'] or p['provisions']}".strip() for p in named)
    how = "\n\n".join(f"■ {p.name}\n{p['how_to_apply'] or texts.HOW_UNKNOWN}" for p in named)
    contacts = [
        f"■ {p.name}\n{p['contact'] or p['provider']}" for p in named if p["contact"] or p["provider"]
    ]
    details = tuple(Link(f"{p.name}：{texts.MORE}", p["detail_url"]) for p in named if p["detail_url"])
    whom = "\n\n".join([*contacts, f"■ {desk_text(desk)}\n{texts.DESK}"])
    parts = (
        Part(texts.WHAT, f"{what}\n\n{texts.CONDITIONS}", details),
        Part(texts.HOW, how),
        Part(texts.WHOM, whom, desk_links(desk)),
    )
    return Answer("programmes", parts, tuple(p.id for p in named))


def not_found(desk: Desk) -> Answer:
    """Nothing in the catalogue fits: say so and offer a person."""
    person = Part(texts.ASK_A_PERSON, f"{texts.ASK_A_PERSON_TEXT}\n{desk_text(desk)}", desk_links(desk))
    return Answer("person", (Part(texts.NOT_FOUND, texts.NOT_FOUND_TEXT), person))


def handed_off(desk: Desk) -> Answer:
    """A person takes over."""
    text = f"{texts.HANDED_OFF_TEXT}\n{desk_text(desk)}"
    return Answer("person", (Part(texts.HANDED_OFF, text, desk_links(desk)),))


def received_on_line() -> Answer:
    """What the chat page shows beside a text that came by LINE."""
    return Answer("person", (Part(texts.LINE_RECEIVED, texts.LINE_RECEIVED_TEXT),))


def urgent(kind: UrgentKind, desk: Desk, now: datetime) -> Answer:
    """The fixed text for `kind` with the hotlines that answer at `now`."""
    open_lines, regional = open_now(kind, now), maybe_open(kind)
    parts = [
        Part(texts.URGENT_HEADING, f"{texts.URGENT[kind]}\n\n{texts.URGENT_OTHERS}"),
        Part(texts.URGENT_OPEN, hotline_text(open_lines), _dial(open_lines)),
    ]
    if regional:
        parts.append(Part(texts.URGENT_REGIONAL, hotline_text(regional), _dial(regional)))
    parts.append(Part(texts.URGENT_DESK, f"{desk_text(desk)}\n{texts.URGENT_PERSON}", desk_links(desk)))
    return Answer("urgent", tuple(parts))


def hotline_text(lines: Sequence[Hotline]) -> str:
    """One hotline a line: name, number, hours, note."""
    return "\n".join(f"{line.name} {line.number}（{line.hours_text}）{line.note}" for line in lines)


def desk_text(desk: Desk) -> str:
    return f"{desk.name} {desk.phone}（{desk.hours}）"


def desk_links(desk: Desk) -> tuple[Link, ...]:
    phone = Link(f"{desk.name}に電話する", f"tel:{desk.phone}")
    return (phone, Link(desk.name, desk.url)) if desk.url else (phone,)


def _dial(lines: Sequence[Hotline]) -> tuple[Link, ...]:
    return tuple(Link(f"{line.name}に電話する", line.href) for line in lines)
