"""Answers become a profile; what was not said weighs nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import item_texts, wording
from services.matching.fair_words import asked_for
from services.matching.item_texts import ASKING
from services.matching.pages.questionnaire import LAST, MOST_ON_A_PAGE, STEPS
from services.matching.questionnaire import (
    BY_ID,
    FORMER,
    ITEM_SET,
    ITEMS,
    Questionnaire,
    Wishes,
    answer,
    callings_of,
    erase,
    profile_of,
)
from services.matching.values import CALLINGS, SCALES, Profile, shares
from shared.errors import Invalid
from shared.events.matching.proposals import AnswersErased, QuestionnaireCompleted
from tests.unit.matching.builders import NOW

EMPTY = Questionnaire("qst_1", "res_1")
ALL: dict[str, int | None] = dict.fromkeys(BY_ID, 4)
EVERYTHING = (*SCALES, *CALLINGS)

# 厚生労働省「公正な採用選考の基本」の14事項に触れる言葉: 本籍・出生地, 家族, 住宅状況, 生活環境・家庭環境, 宗教, 支持政党, 人生観・生活信条,
# 尊敬する人物, 思想, 労働組合・社会運動, 購読新聞・雑誌・愛読書, 身元調査, 適性に関係のない書類, 健康診断。年齢・性別・国籍・病気や障害も聞かない。
NEVER_ASKED = (
    "本籍", "出生", "生まれ", "出身", "ふるさと", "家族", "親", "父", "母", "兄弟", "子ども", "夫", "妻", "結婚", "住宅", "住まい", "持ち家", "間取り",
    "家庭", "生い立ち", "育っ", "宗教", "信仰", "神", "お寺", "教会", "政党", "政治", "選挙", "投票", "人生", "信条", "生き方", "尊敬", "偉人", "思想",
    "主義", "組合", "学生運動", "デモ", "運動に参加", "新聞", "雑誌", "愛読", "本を読", "身元", "戸籍", "住民票", "履歴書", "病", "障害", "診断", "通院",
    "薬", "国籍", "年齢", "歳", "性別", "男", "女", "学歴", "収入は", "借金", "前科",
)  # fmt: skip
NEGATED = ("ない", "なく", "ず", "ません", "ぬ")


def words() -> list[str]:
    strengths = (*wording.STRENGTHS.values(), *wording.CALLING_STRENGTHS.values())
    names = (*wording.SCALES.values(), *wording.CALLINGS.values(), *wording.CALLING_NAMES.values())
    asked = [text for a in ASKING.values() for text in (a.heading, a.question, *a.choices.values())]
    return [*item_texts.ITEMS.values(), *item_texts.FORMER.values(), *strengths, *names, *asked]


def test_everything_is_asked_twice_and_every_item_has_words() -> None:
    assert all(sum(item.scale == scale for item in ITEMS) == 2 for scale in EVERYTHING)
    assert set(item_texts.ITEMS) == set(BY_ID)
    assert set(item_texts.FORMER) == set(FORMER)
    assert not set(BY_ID) & set(FORMER)
    assert set(wording.SCALES) == set(wording.STRENGTHS) == set(SCALES)
    assert set(wording.CALLINGS) == set(wording.CALLING_STRENGTHS) == set(CALLINGS)
    assert {item.scale for item in ITEMS[: len(EVERYTHING)]} == set(EVERYTHING)


@pytest.mark.parametrize("word", NEVER_ASKED)
def test_nothing_is_asked_that_fair_recruitment_keeps_out(word: str) -> None:
    assert [text for text in words() if word in text.replace("親切", "")] == []


def test_nothing_is_asked_that_would_be_pointed_out_to_a_company() -> None:
    assert asked_for(*words()) == ()


def test_items_are_short_plain_and_said_as_something_one_may_want() -> None:
    for text in item_texts.ITEMS.values():
        assert len(text) <= 26, text
        assert sum(text.count(word) for word in NEGATED) <= 1, f"two negations: {text}"
        assert text.endswith("こと")
        assert all(unicodedata.name(sign).startswith(("CJK", "HIRAGANA", "KATAKANA", "LEFT", "RIGHT", "IDEOGRAPHIC")) for sign in text)  # fmt: skip
    assert len(set(item_texts.ITEMS.values())) == len(ITEMS)


def test_a_page_asks_few_things_of_one_part() -> None:
    assert [item for page in STEPS for item in page] == list(ITEMS)
    assert all(len(page) <= MOST_ON_A_PAGE and len({item.part for item in page}) == 1 for page in STEPS)
    assert len(STEPS) == LAST


def test_answers_are_kept_between_sittings_and_a_skip_is_an_answer_of_its_own() -> None:
    first, events = answer(EMPTY, {"balance-1": 5}, None, finish=False, now=NOW)
    assert events == []
    second, _ = answer(first, {"reward-1": None}, Wishes(wage_floor=1100), finish=False, now=NOW)
    third, _ = answer(second, {}, None, finish=False, now=NOW)
    assert third.answers == {"balance-1": 5, "reward-1": None}
    assert (third.answered, third.skipped, third.wishes.wage_floor) == (1, 1, 1100)
    assert len(third.open_items) == len(ITEMS) - 2


def test_the_last_answer_completes_it_once() -> None:
    almost, events = answer(
        EMPTY, {k: v for k, v in ALL.items() if k != "growth-2"}, None, finish=False, now=NOW
    )
    assert events == []
    assert almost.completed_at is None
    complete, events = answer(almost, {"growth-2": None}, None, finish=False, now=NOW)
    assert events == [
        QuestionnaireCompleted(resident_id="res_1", questionnaire_id="qst_1", answered=33, skipped=1)
    ]
    again, events = answer(complete, {"growth-2": 3}, None, finish=True, now=NOW)
    assert events == []
    assert again.completed_at == NOW


def test_who_stops_early_has_skipped_the_rest() -> None:
    stopped, events = answer(EMPTY, {"balance-1": 5}, None, finish=True, now=NOW)
    assert (stopped.answered, stopped.skipped) == (1, 33)
    assert len(events) == 1


@pytest.mark.parametrize("answers", [{"family-1": 3}, {"balance-1": 0}, {"balance-1": 6}, {"safety-1": 3}])
def test_unknown_and_former_items_and_answers_are_refused(answers: dict[str, int | None]) -> None:
    with pytest.raises(Invalid):
        answer(EMPTY, answers, None, finish=False, now=NOW)


def test_a_former_answer_counts_until_its_successor_is_reached() -> None:
    old = Questionnaire("qst_1", "res_1", {"safety-1": 5, "safety-2": 5}, completed_at=NOW, item_set=1)
    assert profile_of(old.answers).scores == {"safety": 1.0}
    assert (old.answered, len(old.open_items)) == (0, len(ITEMS))
    anew, events = answer(old, {"safety-3": 1}, None, finish=False, now=NOW)
    assert profile_of(anew.answers).scores == {"safety": 0.5}
    assert anew.answers["safety-1"] == 5
    assert (anew.item_set, events) == (ITEM_SET, [])
    skipped, _ = answer(anew, {"safety-4": None}, None, finish=False, now=NOW)
    assert profile_of(skipped.answers).scores == {"safety": 0.0}


def test_wishes_alone_leave_the_set_that_was_answered() -> None:
    old = Questionnaire("qst_1", "res_1", {"safety-1": 5}, item_set=1)
    assert answer(old, {}, Wishes(wage_floor=1), finish=False, now=NOW)[0].item_set == 1


def test_a_scale_is_the_mean_of_what_was_answered_on_it_and_unknown_without() -> None:
    given_ = {"balance-1": 5, "balance-2": 2, "reward-1": 1, "growth-1": None, "social-1": 4, "social-2": 5}
    assert profile_of(given_).scores == {"balance": 0.625, "reward": 0.0}
    assert callings_of(given_) == {"social": 0.875}


@given(st.dictionaries(st.sampled_from(list(BY_ID)), st.none() | st.integers(1, 5)))
def test_importance_is_shared_out_whole_among_what_matters(answers: dict[str, int | None]) -> None:
    for found, scores in (
        (profile_of(answers).importance(), profile_of(answers).scores),
        (shares(callings_of(answers)), callings_of(answers)),
    ):
        assert not found or abs(sum(found.values()) - 1) < 1e-9
        assert all(share > 0 for share in found.values())
        assert set(found) <= {name for name, score in scores.items() if score > 0}


@given(st.dictionaries(st.sampled_from(SCALES), st.integers(0, 8).map(lambda n: n / 8), min_size=2))
def test_what_matters_more_never_has_the_smaller_share(scores: dict[str, float]) -> None:
    found = shares(scores)
    for one in scores:
        for other in scores:
            if scores[one] > scores[other]:
                assert found.get(one, 0.0) >= found.get(other, 0.0)


def test_who_calls_most_things_important_is_told_apart_as_well_as_who_calls_few_so() -> None:
    """Without comparing with the person's own middle, the one who says 'important' to everything weighs all but alike."""
    lavish = shares({scale: 1.0 if scale == "balance" else 0.75 for scale in SCALES})
    sparing = shares({scale: 0.5 if scale == "balance" else 0.25 for scale in SCALES})
    for one in (lavish, sparing):
        assert one["balance"] / one["reward"] > 2.5


def test_leading_values_are_those_above_the_middle_most_important_first() -> None:
    profile = Profile({"balance": 0.75, "reward": 0.5, "growth": 1.0, "safety": 0.0})
    assert profile.leading() == ("growth", "balance")


def test_erasing_leaves_nothing_but_the_refusal_to_be_learned_from() -> None:
    full = Questionnaire("qst_1", "res_1", ALL, Wishes(wage_floor=1100, learning=False), NOW, NOW)
    blank, events = erase(full, NOW)
    assert (blank.answers, blank.wishes, blank.completed_at) == ({}, Wishes(learning=False), None)
    assert events == [AnswersErased(resident_id="res_1", questionnaire_id="qst_1")]
    assert erase(blank, NOW) == (blank, [])
