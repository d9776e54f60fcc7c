"""Wishes as a form: things to tick, a few numbers, two lines of words. What the form cannot say is kept, not lost."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from services.matching.area import Areas
from services.matching.hours import Window
from services.matching.licences import BY_CODE, label, named
from services.matching.offer import Accommodation, EmploymentForm, Kind
from services.matching.pages.wish_hours import KEEP, LABELS, WEEK, parts_of, windows_of
from services.matching.questionnaire import Wishes

HIGHEST_WAGE = 1_000_000
KILOMETRES = ("3", "5", "10", "20", "30", "50")
DAYS = ("1", "2", "3", "4", "5", "6", "7")
NO_LICENCE = "none"
LONGEST_WORD, MOST_WORDS = 30, 20
NONE = Wishes()
NO_PLACES = Areas()


@dataclass(frozen=True)
class WishForm:
    """What is ticked, chosen and typed. `kept` are hours that no part of the week says, e.g. those given through the API."""

    areas: tuple[str, ...] = ()
    days_off: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    kept: tuple[Window, ...] = ()
    wage_floor: str = ""
    days_a_week: str = ""
    start: str = ""
    max_km: str = ""
    remote_only: bool = False
    kinds: tuple[str, ...] = ()
    employment_forms: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    other_licences: str = ""
    accommodations: tuple[str, ...] = ()
    skills: str = ""

    @property
    def has_more(self) -> bool:
        """Whether something is said in the part of the form that is folded at first."""
        return bool(
            self.kinds
            or self.employment_forms
            or self.licences
            or self.other_licences
            or self.accommodations
            or self.skills
        )


def form_of_wishes(wishes: Wishes) -> WishForm:
    """The form as it stands for these wishes."""
    parts, days_off, kept = parts_of(wishes.hours)
    held = wishes.licences or ()
    return WishForm(
        areas=wishes.areas,
        days_off=days_off,
        hours=(*parts, KEEP) if kept else parts,
        kept=kept,
        wage_floor="" if wishes.wage_floor is None else str(wishes.wage_floor),
        days_a_week=str(wishes.days_a_week or ""),
        start=wishes.start or "",
        max_km="" if wishes.max_km is None else f"{wishes.max_km:g}",
        remote_only=wishes.remote_only,
        kinds=wishes.kinds,
        employment_forms=wishes.employment_forms,
        licences=(NO_LICENCE,) if wishes.licences == () else tuple(code for code in held if code in BY_CODE),
        other_licences="、".join(label(code) for code in held if code not in BY_CODE),
        accommodations=wishes.accommodations,
        skills="、".join(wishes.skills),
    )


def sent_form(fields: Mapping[str, Sequence[str]], before: Wishes) -> WishForm:
    """The form as it was sent."""

    def one(name: str) -> str:
        return next(iter(fields.get(name, ())), "").strip()

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fields.get(name, ())))

    return WishForm(
        areas=several("areas"),
        days_off=several("days_off"),
        hours=several("hours"),
        kept=parts_of(before.hours)[2],
        wage_floor=one("wage_floor"),
        days_a_week=one("days_a_week"),
        start=one("start"),
        max_km=one("max_km"),
        remote_only=bool(one("remote_only")),
        kinds=several("kinds"),
        employment_forms=several("employment_forms"),
        licences=several("licences"),
        other_licences=one("other_licences"),
        accommodations=several("accommodations"),
        skills=one("skills"),
    )


def wishes_of_form(
    form: WishForm, reach: frozenset[str], before: Wishes = NONE, places: Areas = NO_PLACES
) -> tuple[Wishes, dict[str, str]]:
    """The wishes, and what is wrong by field name. Full-width digits, commas and 円 are understood.

    What the form does not ask for stays as it was `before`; so does the way to work while no `places` are known.
    """
    wage = _wage(form.wage_floor)
    hours = windows_of(form.hours, form.days_off, form.kept)
    problems = dict(_wrong(form, reach, wage, hours))
    if problems:
        return before, problems
    wishes = replace(
        before,
        areas=form.areas,
        hours=hours or (),
        wage_floor=wage,
        days_a_week=int(form.days_a_week) if form.days_a_week else None,
        remote_only=form.remote_only,
        kinds=form.kinds,
        employment_forms=form.employment_forms,
        licences=_licences(form),
        accommodations=form.accommodations,
        skills=words_of(form.skills),
    )
    return _with_way(wishes, form, places)


def _wrong(
    form: WishForm, reach: frozenset[str], wage: int | None, hours: tuple[Window, ...] | None
) -> Iterable[tuple[str, str]]:
    listed = "{}は、ならんでいる中から選んでください。"
    if not reach.issuperset(form.areas):
        yield "areas", listed.format("地域")
    if not {*LABELS, KEEP}.issuperset(form.hours):
        yield "hours", listed.format("時間")
    elif not set(WEEK).issuperset(form.days_off):
        yield "days_off", listed.format("曜日")
    elif hours is None:
        yield (
            "days_off",
            "働く曜日が、ひとつも残りません。休みたい曜日をへらすか、働きたい時間を変えてください。",
        )
    if form.wage_floor and wage is None:
        yield "wage_floor", "時給は、1100 のように数字で書いてください。"
    if form.days_a_week not in ("", *DAYS):
        yield "days_a_week", listed.format("日数")
    for name, known, called in (
        ("kinds", get_args(Kind), "働き方"),
        ("employment_forms", get_args(EmploymentForm), "雇われ方"),
        ("accommodations", get_args(Accommodation), "配慮"),
        ("licences", (*BY_CODE, NO_LICENCE), "資格や免許"),
    ):
        if not set(known).issuperset(getattr(form, name)):
            yield name, listed.format(called)
    for name in ("other_licences", "skills"):
        words = words_of(getattr(form, name))
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            yield name, f"ひとつ{LONGEST_WORD}文字まで、{MOST_WORDS}個までで書いてください。"


def _with_way(wishes: Wishes, form: WishForm, places: Areas) -> tuple[Wishes, dict[str, str]]:
    if not places.by_code:
        return wishes, {}
    known = places.by_code.get(form.start)
    if form.start and known is None:
        return wishes, {"start": "出かける市区町村は、ならんでいる中から選んでください。"}
    furthest = _kilometres(form.max_km)
    if form.max_km and furthest is None:
        return wishes, {"max_km": "距離は、ならんでいる中から選んでください。"}
    if furthest is not None and known is None:
        return wishes, {"start": "距離でしぼるときは、どこから出かけるかも選んでください。"}
    return (
        replace(wishes, start=form.start or None, start_at=known.at if known else None, max_km=furthest),
        {},
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a line that separates them by 、 or the like."""
    parts = (part.strip() for part in re.split(r"[、,，;；\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _licences(form: WishForm) -> tuple[str, ...] | None:
    held = [code for code in form.licences if code != NO_LICENCE] + [
        named(w) for w in words_of(form.other_licences)
    ]
    if held:
        return tuple(dict.fromkeys(held))
    return () if NO_LICENCE in form.licences else None


def _kilometres(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text, re.ASCII):
        return None
    return float(text) if 0 < float(text) <= 1000 else None


def _wage(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("円").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 7):
        return None
    return int(plain) if int(plain) <= HIGHEST_WAGE else None
