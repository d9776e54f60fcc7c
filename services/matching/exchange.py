"""Companies and offers as rows that can be carried in and out: which columns there are, and what a row changes.

A row is the same in CSV and in JSON: a mapping of column names to texts. An offer is known again by `source_id`, the number that whoever
keeps the list gives it; a company by `company_key`. A wrong cell is named by row and column and leaves its row out; it harms no other row.
Columns that a file does not have leave what is held as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, get_args

from services.matching.cells import (
    Code,
    day,
    degrees,
    email,
    hours,
    hours_text,
    industry,
    municipality,
    occupation,
    one_of,
    or_nothing,
    scores,
    scores_text,
    several_of,
    whole,
    words,
    words_text,
    yes,
)  # fmt: skip
from services.matching.company import Company
from services.matching.inheriting import Answers
from services.matching.licences import named_all
from services.matching.offer import Accommodation, EmploymentForm, Kind, Offer, State, Unsaid
from services.matching.registration import STANDINGS
from services.matching.values import CALLINGS, SCALES
from services.matching.workplace import HIGHEST, LOWEST, QUESTIONS, Workplace
from shared.clock import TOKYO

Values = Mapping[str, Any]
"""What a row says, column by column, as `Column.read` gives it."""


@dataclass(frozen=True)
class CellError:
    """`row` counts as a spreadsheet does (the header is row 1), in JSON the first one is row 2 as well. `column` "" is the whole row."""

    row: int
    column: str
    code: Code


@dataclass(frozen=True)
class Column:
    """`japanese` is accepted as a heading, too. `read` raises Wrong; `write` gives the text that `read` gives back."""

    name: str
    japanese: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    needed: bool = False
    longest: int = 4000


COMPANIES: Final = (
    Column("company_key", "企業番号", str, needed=True, longest=100),
    Column("name", "企業名", str, needed=True, longest=100),
    Column("municipality_code", "市区町村コード", municipality, needed=True, longest=10),
    Column("contact_email", "連絡先メール", email, or_nothing, longest=254),
    Column("about", "会社の説明", str, longest=1000),
    Column("standing", "登録の状態", one_of(*STANDINGS), or_nothing),
)
OFFERS: Final = (
    Column("source_id", "求人番号", str, needed=True, longest=100),
    Column("company_key", "企業番号", str, needed=True, longest=100),
    Column("kind", "種類", one_of(*get_args(Kind)), needed=True),
    Column("title", "仕事の名前", str, needed=True, longest=100),
    Column("description", "仕事の説明", str),
    Column("municipality_code", "市区町村コード", municipality, needed=True, longest=10),
    Column("hours", "曜日と時間", hours, hours_text),
    Column("hourly_wage_yen", "時給", whole(1, 1_000_000), or_nothing),
    Column("remote", "在宅", yes, lambda said: "1" if said else "0"),
    Column("values", "仕事の価値", scores(*SCALES), scores_text),
    Column("interests", "仕事の興味", scores(*CALLINGS), scores_text),
    Column("tags", "タグ", words, words_text),
    Column("expires_on", "最終日", day, or_nothing),
    Column("open_places", "募集人数", whole(0, 10_000), or_nothing),
    Column("occupation_code", "職業分類", occupation, or_nothing),
    Column("employment_form", "雇用形態", one_of(*get_args(EmploymentForm)), or_nothing),
    Column("licences", "必要な免許", lambda text: named_all(words(text)), words_text),
    Column("accommodations", "配慮", several_of(*get_args(Accommodation)), words_text),
    Column("lat", "緯度", degrees(90), or_nothing),
    Column("lng", "経度", degrees(180), or_nothing),
    Column("work_days_a_week", "週の日数", whole(1, 7), or_nothing),
    Column("unsaid", "書かれていないこと", several_of(*get_args(Unsaid)), words_text),
    Column("industry_code", "産業分類", industry, or_nothing),
    Column("workplace_id", "職場番号", lambda text: text or None, or_nothing, longest=100),
    Column("state", "状態", one_of(*get_args(State)), or_nothing),
    Column("closed_on", "終わった日", day, or_nothing),
)
CARRIED_OUT: Final = (*OFFERS, Column("unread", "求人票のほかの欄", str))
"""`unread`: what an advertisement says beyond what its offer holds, a line for each tag; reading passes it over."""
BEGINNING: Final = frozenset({"state", "closed_on", "standing"})
"""What counts only where a row begins something new: of what is held, people decide."""
WORKPLACES: Final = (
    Column("workplace_id", "職場番号", str, needed=True),
    Column("company_key", "企業番号", str, needed=True),
    Column("name", "職場の名前", str, needed=True),
    Column("about", "職場の説明", str),
    *(Column(q.id, q.text, whole(LOWEST, HIGHEST), or_nothing) for q in QUESTIONS),
)
"""Only carried out. The company's own answers; those of people who have been there stay where they are."""


def offer_row(offer: Offer, company_key: str) -> dict[str, str]:
    """The offer as a row. One that did not come from such a list is known by its id. Values and interests are the company's own answers."""
    said = {
        **{column.name: getattr(offer, column.name, None) for column in OFFERS},
        "source_id": offer.source_id if offer.source == "csv" and offer.source_id else offer.id,
        "company_key": company_key,
        "values": offer.own.values,
        "interests": offer.own.interests,
        "closed_on": offer.closed_at.astimezone(TOKYO).date() if offer.closed_at else None,
    }
    return {column.name: column.write(said[column.name]) for column in OFFERS}


def offer_of_row(values: Values, offer_id: str, company: Company, now: datetime) -> Offer:
    """A new offer, as a draft; how it begins is `offer_life.carried_in`'s affair."""
    missing: dict[str, Any] = {
        "description": "",
        "hours": (),
        "hourly_wage_yen": None,
        "remote": False,
        "tags": (),
    }
    return Offer(
        id=offer_id,
        company_id=company.id,
        company_name=company.name,
        created_at=now,
        state="draft",
        source="csv",
        own=_answers(Answers(), values),
        **{**missing, **_plain(values), "source_id": values["source_id"], "values": {}},
    )


def changed_offer(offer: Offer, values: Values) -> Offer | None:
    """The offer with what the row says; None when it says nothing new."""
    said = {name: value for name, value in _plain(values).items() if name != "source_id"}
    changed = replace(offer, own=_answers(offer.own, values), **said)
    return None if changed == offer else changed


def _plain(values: Values) -> dict[str, Any]:
    apart = BEGINNING | {"company_key", "values", "interests"}
    return {name: value for name, value in values.items() if name not in apart}


def _answers(before: Answers, values: Values) -> Answers:
    """What a row says of values and interests is one answer; the same again is still the answers of before."""
    said = values.get("values", before.values), values.get("interests", before.interests)
    if said == (before.values, before.interests):
        return before
    return Answers(*said, count=1 if any(said) else 0)


def workplace_row(workplace: Workplace, company_key: str) -> dict[str, str]:
    """The workplace as a row."""
    own = {
        "workplace_id": workplace.id,
        "company_key": company_key,
        "name": workplace.name,
        "about": workplace.about,
    }
    return {**own, **{q.id: or_nothing(workplace.said.get(q.id)) for q in QUESTIONS}}


def company_row(company: Company, company_key: str) -> dict[str, str]:
    """The company as a row."""
    said = {**vars(company), "company_key": company_key, "standing": company.registration.standing}
    return {column.name: column.write(said[column.name]) for column in COMPANIES}


def changed_company(company: Company, values: Values) -> Company | None:
    """The company with what the row says; None when it says nothing new."""
    apart = BEGINNING | {"company_key"}
    changed = replace(company, **{name: value for name, value in values.items() if name not in apart})
    return None if changed == company else changed
