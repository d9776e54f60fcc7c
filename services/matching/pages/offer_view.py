"""An offer as companies and staff read it: facts in words, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matching import wording
from services.matching.licences import label
from services.matching.offer import Offer
from services.matching.pages.visitor import NameOf
from services.matching.posting_words import ACCOMMODATIONS, FORMS, INDUSTRIES, STATES
from shared.tenancy import Tenant
from shared.web.pages import service_day_text

UNSHOWN = ("この仕事にあるもの", "産業", "職業分類", "タグ")
"""Facts that find people for an offer and stand on no resident's page."""
NOT_SAID = "書かれていません"
MUCH = 0.6
"""From here on an offer is said to have something."""


@dataclass(frozen=True)
class Row:
    """One fact of several offers side by side; `differs` when they are not all the same."""

    label: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


def facts(name: NameOf, tenant: Tenant, offer: Offer) -> list[tuple[str, str]]:
    """Label and text, always the same labels in the same order."""
    place = name(tenant, offer.municipality_code)
    return [
        ("種類", wording.KINDS[offer.kind]),
        ("場所", f"{place}（在宅でも働けます）" if offer.remote else place),
        ("時間", wording.offer_hours(offer)),
        ("週の日数", f"{offer.work_days_a_week}日" if offer.work_days_a_week else NOT_SAID),
        ("時給", wording.wage_text(offer.hourly_wage_yen)),
        ("雇用の形", FORMS[offer.employment_form] if offer.employment_form else NOT_SAID),
        ("募集人数", f"{offer.open_places}人" if offer.open_places is not None else NOT_SAID),
        ("最終日", _day(offer)),
        ("必要な免許や資格", "、".join(map(label, offer.licences)) or "いりません"),
        ("できること（配慮）", "、".join(ACCOMMODATIONS[one] for one in offer.accommodations) or NOT_SAID),
        ("この仕事にあるもの", _much(offer)),
        ("産業", INDUSTRIES.get((offer.industry_code or "")[:1], NOT_SAID)),
        ("職業分類", offer.occupation_code or NOT_SAID),
        ("タグ", "、".join(offer.tags) or "なし"),
    ]


def shown_facts(offer: Offer, area: str) -> tuple[tuple[str, str], ...]:
    """What residents read: label and text. Conditions that were not said are left out, but for place, hours and wage."""
    place = f"{area}（家などでも働けます）" if offer.remote else area
    days = f"週{offer.work_days_a_week}日" if offer.work_days_a_week else None
    until = service_day_text(offer.expires_on) if offer.expires_on else None
    lines = (
        ("場所", place),
        ("時間", wording.offer_hours(offer)),
        ("日数", days),
        ("時給", wording.wage_text(offer.hourly_wage_yen)),
        ("雇われ方", FORMS[offer.employment_form] if offer.employment_form else None),
        ("必要な資格", "、".join(map(label, offer.licences))),
        ("できる配慮", "、".join(ACCOMMODATIONS[one] for one in offer.accommodations)),
        ("募集", f"{until}まで" if until else None),
    )
    return tuple((name, text) for name, text in lines if text)


def unshown_facts(name: NameOf, tenant: Tenant, offer: Offer) -> list[tuple[str, str]]:
    return [(named, text) for named, text in facts(name, tenant, offer) if named in UNSHOWN]


def side_by_side(name: NameOf, tenant: Tenant, offers: Sequence[Offer]) -> list[Row]:
    """The facts of several offers, with company and state first."""
    heads = [
        Row("会社", tuple(offer.company_name for offer in offers)),
        Row("状態", tuple(STATES[offer.state] for offer in offers)),
    ]
    every = [facts(name, tenant, offer) for offer in offers]
    return heads + [Row(row[0][0], tuple(text for _, text in row)) for row in zip(*every, strict=True)]


def _day(offer: Offer) -> str:
    if offer.expires_on is None:
        return "決まっていません"
    return f"{offer.expires_on.year}年{service_day_text(offer.expires_on)}"


def _much(offer: Offer) -> str:
    found = [wording.SCALES[scale] for scale, value in offer.values.items() if value >= MUCH]
    return "、".join(found) or NOT_SAID
