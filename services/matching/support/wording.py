"""What residents and staff read about programmes, in plain Japanese. Nobody is refused here: the municipality decides, and says so."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.matching.support.answers import Answer
from services.matching.support.concerns import Concern, Look
from services.matching.support.evaluating import Judged
from services.matching.support.kinds import UNITS
from services.matching.support.rules import AmountFact, AnyFact, ChoiceFact, CountFact, YesNoFact, kind_of
from services.matching.support.truth import Truth

RESULTS: Final[Mapping[Truth, str]] = {
    True: "合いそうです",
    None: "まだわかりません",
    False: "条件に合わないようです",
}
GROUPS: Final[Mapping[Truth, str]] = {
    True: "合いそうな制度",
    None: "まだわからない制度",
    False: "条件に合わないようです",
}
CONDITIONS: Final[Mapping[Truth, str]] = {
    True: "合っています",
    None: "まだわかりません",
    False: "合わないようです",
}
CODES: Final[Mapping[Truth, str]] = {True: "yes", None: "cannot_say", False: "no"}
DECIDES: Final = "使えるかどうかを決めるのは市区町村です。ここでは、答えから見た目安だけをお知らせします。"
YES, NO = "はい", "いいえ"
NOT_KNOWN, NOT_SAID = "わからない", "言いたくない"


def condition_text(judged: Judged) -> str:
    """How a condition stands, said so that nobody has to guess why."""
    if judged.standing == "expired":
        return f"いまは判断できません（この決まりの確認期限：{day(judged.condition.valid_until)}まで）"
    if judged.standing == "not_yet":
        return f"いまは判断できません（この決まりは{day(judged.condition.valid_from)}から）"
    return CONDITIONS[judged.truth]


def day(of: date) -> str:
    """2026年12月3日"""
    return f"{of.year}年{of.month}月{of.day}日"


def unit_text(fact: AnyFact) -> str:
    """What stands behind the field of a number."""
    if isinstance(fact, AmountFact):
        return "円"
    return UNITS[fact.unit] if isinstance(fact, CountFact) else ""


def kind_text(fact: AnyFact) -> str:
    """Which amount is meant: 世帯の収入（税金や保険料を引く前）、1か月あたり（円）."""
    kind = kind_of(fact)
    return kind.text if kind is not None and isinstance(fact, AmountFact) else ""


def answer_text(fact: AnyFact, answer: Answer) -> str:
    """What the person said."""
    if answer.value is None:
        return NOT_KNOWN if answer.said == "not_known" else NOT_SAID
    return value_text(fact, answer.value)


def value_text(fact: AnyFact, value: bool | int | str) -> str:
    match fact:
        case YesNoFact():
            return YES if value else NO
        case ChoiceFact(options=options):
            return next((option.text for option in options if option.id == value), str(value))
        case AmountFact() | CountFact():
            return f"{value:,}{unit_text(fact)}"


def look_text(look: Look) -> str:
    """Staff: what to look at."""
    texts: Mapping[Concern, str] = {
        "expired": f"有効期間が{day(look.on)}で終わっています。住民には「判断できません」と出ます",
        "not_yet": f"有効期間は{day(look.on)}から始まります。それまでは「判断できません」と出ます",
        "soon": f"有効期間が{day(look.on)}で終わります",
        "source_old": f"出典を最後に確かめたのは{day(look.on)}です",
    }
    return texts[look.concern]
