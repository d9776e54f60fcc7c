"""Wishes as a form: parts of the week to tick, areas to tick, and an amount. What the parts cannot say is kept, not lost."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.matching.hours import Window
from services.matching.questionnaire import Wishes

KEEP = "keep"
HIGHEST_WAGE = 1_000_000
_DAYS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "weekday": ("平日", (0, 1, 2, 3, 4)),
    "weekend": ("土日", (5, 6)),
}
_PARTS: Mapping[str, tuple[str, int, int]] = {
    "early": ("早朝（5時〜9時）", 300, 540),
    "day": ("昼（9時〜17時）", 540, 1020),
    "evening": ("夕方から夜（17時〜22時）", 1020, 1320),
    "night": ("夜おそく（22時〜29時）", 1320, 1740),
}
WINDOWS: Mapping[str, Window] = {
    f"{days}-{part}": Window(weekdays, start, end)
    for days, (_, weekdays) in _DAYS.items()
    for part, (_, start, end) in _PARTS.items()
}
LABELS: Mapping[str, str] = {
    f"{days}-{part}": f"{name}の{label}"
    for days, (name, _) in _DAYS.items()
    for part, (label, _, _) in _PARTS.items()
}

NONE = Wishes()


@dataclass(frozen=True)
class WishForm:
    """What is ticked and typed. `kept` are hours that no part of the week says, e.g. those given through the API."""

    areas: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    wage_floor: str = ""
    kept: tuple[Window, ...] = ()


def form_of_wishes(wishes: Wishes) -> WishForm:
    """The form as it stands for these wishes."""
    names = {window: name for name, window in WINDOWS.items()}
    ticked = tuple(names[window] for window in wishes.hours if window in names)
    kept = tuple(window for window in wishes.hours if window not in names)
    wage = "" if wishes.wage_floor is None else str(wishes.wage_floor)
    return WishForm(wishes.areas, (*ticked, KEEP) if kept else ticked, wage, kept)


def sent_form(fields: Mapping[str, Sequence[str]], before: Wishes) -> WishForm:
    """The form as it was sent."""
    return WishForm(
        tuple(fields.get("areas", ())),
        tuple(fields.get("hours", ())),
        next(iter(fields.get("wage_floor", ())), "").strip(),
        form_of_wishes(before).kept,
    )


def wishes_of_form(
    form: WishForm, reach: frozenset[str], before: Wishes = NONE
) -> tuple[Wishes, dict[str, str]]:
    """The wishes, and what is wrong by field name. Full-width digits, commas and 円 are understood.

    What the form does not ask for stays as it was `before`.
    """
    problems: dict[str, str] = {}
    areas = tuple(dict.fromkeys(form.areas))
    if not reach.issuperset(areas):
        problems["areas"] = "地域は、ならんでいる中から選んでください。"
    if not {*WINDOWS, KEEP}.issuperset(form.hours):
        problems["hours"] = "時間は、ならんでいる中から選んでください。"
    wage = _wage(form.wage_floor)
    if form.wage_floor and wage is None:
        problems["wage_floor"] = "時給は、1100 のように数字で書いてください。"
    hours = tuple(WINDOWS[name] for name in dict.fromkeys(form.hours) if name in WINDOWS)
    if KEEP in form.hours:
        hours += form.kept
    return replace(before, areas=areas, hours=hours, wage_floor=wage), problems


def _wage(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("円").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 7):
        return None
    return int(plain) if int(plain) <= HIGHEST_WAGE else None
