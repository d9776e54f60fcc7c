"""Kinds of amounts and counts. Two values can be compared or added only when they are of the very same kind.

Gross income is no taxable income, a month is no year, a household is no person: a rule set that mixes them is refused when it is uploaded.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, model_validator

Money = Literal[
    "gross_income",
    "take_home_income",
    "total_income",
    "taxable_income",
    "income_tax",
    "resident_tax_income_levy",
    "assets",
    "savings",
    "rent",
]
Whose = Literal["person", "household"]
Per = Literal["month", "year", "at_one_time"]
Unit = Literal["years_old", "people", "months", "years", "days_a_week", "hours_a_week"]

MONEY: Final[Mapping[Money, str]] = {
    "gross_income": "収入（税金や保険料を引く前）",
    "take_home_income": "手取りの収入",
    "total_income": "合計所得金額",
    "taxable_income": "課税される所得",
    "income_tax": "所得税の額",
    "resident_tax_income_levy": "住民税の所得割額",
    "assets": "資産（預貯金や現金など）",
    "savings": "預貯金",
    "rent": "家賃",
}
WHOSE: Final[Mapping[Whose, str]] = {"person": "本人", "household": "世帯"}
PER: Final[Mapping[Per, str]] = {
    "month": "1か月あたり",
    "year": "1年あたり",
    "at_one_time": "いまの合計",
}
UNITS: Final[Mapping[Unit, str]] = {
    "years_old": "歳",
    "people": "人",
    "months": "か月",
    "years": "年",
    "days_a_week": "日（1週間）",
    "hours_a_week": "時間（1週間）",
}
HELD: Final[frozenset[Money]] = frozenset({"assets", "savings"})
NEVER_ADDED: Final[frozenset[Unit]] = frozenset({"years_old"})


class Strict(BaseModel):
    """A part of a rule set: nothing unknown is accepted, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AmountKind(Strict):
    """Yen. What one holds (assets, savings) is a sum at one time; everything else comes per month or per year."""

    what: Money
    of: Whose
    per: Per

    @model_validator(mode="after")
    def _held_or_flowing(self) -> Self:
        if (self.what in HELD) != (self.per == "at_one_time"):
            raise ValueError(
                "assets and savings are held at_one_time; everything else comes per month or per year"
            )
        return self

    @property
    def text(self) -> str:
        return f"{WHOSE[self.of]}の{MONEY[self.what]}、{PER[self.per]}（円）"

    @property
    def can_be_added(self) -> bool:
        return True


class CountKind(Strict):
    """A whole number of something that is no money."""

    unit: Unit

    @property
    def text(self) -> str:
        return UNITS[self.unit]

    @property
    def can_be_added(self) -> bool:
        return self.unit not in NEVER_ADDED


def _tag(given: Any) -> str | None:
    if isinstance(given, Mapping):
        return next((f"<{key}>" for key in ("what", "unit") if key in given), None)
    return {"AmountKind": "<what>", "CountKind": "<unit>"}.get(type(given).__name__)


Kind = Annotated[
    Annotated[AmountKind, Tag("<what>")] | Annotated[CountKind, Tag("<unit>")], Discriminator(_tag)
]
AnyKind = AmountKind | CountKind
