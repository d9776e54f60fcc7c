"""Wishes as lines of a table."""

from collections.abc import Iterator

from services.matching import wording
from services.matching.area import Areas
from services.matching.licences import label
from services.matching.pages.visitor import area_name
from services.matching.posting_words import ACCOMMODATIONS, FORMS
from services.matching.questionnaire import Wishes
from shared.runtime import Core
from shared.tenancy import Tenant


class WishWords:
    """`places` give municipalities that declare nothing here their names."""

    def __init__(self, core: Core, places: Areas) -> None:
        self.core = core
        self.places = places

    def area(self, tenant: Tenant, code: str) -> str:
        """The name of a municipality."""
        return area_name(self.core, tenant, code, self.places)

    def lines(self, tenant: Tenant, wishes: Wishes) -> list[tuple[str, str]]:
        """(what it is about, what is wished), without the rarer ones that nothing was said about."""
        return list(self._lines(tenant, wishes))

    def _lines(self, tenant: Tenant, wishes: Wishes) -> Iterator[tuple[str, str]]:
        undecided = "決めていません"
        areas = "、".join(self.area(tenant, code) for code in wishes.areas)
        yield "地域", areas or f"{undecided}（となりの市区町村も見ます）"
        yield "時間", wording.hours_text(wishes.hours) if wishes.hours else undecided
        yield "時給", f"{wishes.wage_floor:,}円以上" if wishes.wage_floor else undecided
        if wishes.days_a_week:
            yield "週の日数", f"週{wishes.days_a_week}日まで"
        if wishes.max_km and wishes.start:
            yield "通う距離", f"{self.area(tenant, wishes.start)}から、直線で{wishes.max_km:g}kmまで"
        if wishes.remote_only:
            yield "場所", "家などでできる仕事だけ"
        if wishes.kinds:
            yield "働き方", "、".join(text for kind, text in wording.KINDS.items() if kind in wishes.kinds)
        if wishes.employment_forms:
            yield "雇われ方", "、".join(t for form, t in FORMS.items() if form in wishes.employment_forms)
        if wishes.licences is not None:
            yield "資格や免許", "、".join(map(label, wishes.licences)) or "持っていません"
        if wishes.accommodations:
            yield "必要な配慮", "、".join(t for a, t in ACCOMMODATIONS.items() if a in wishes.accommodations)
        if wishes.skills:
            yield "得意なこと", "、".join(wishes.skills)
