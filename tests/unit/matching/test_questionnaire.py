"""Answers become a profile; what was not said weighs nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import wording
from services.matching.questionnaire import BY_ID, ITEMS, Questionnaire, Wishes, answer, profile_of
from services.matching.values import SCALES, Profile
from shared.errors import Invalid
from shared.events.matching.proposals import QuestionnaireCompleted
from tests.unit.matching.builders import NOW

EMPTY = Questionnaire("qst_1", "res_1")
ALL: dict[str, int | None] = dict.fromkeys(BY_ID, 4)

# 厚生労働省「公正な採用選考の基本」の14事項に触れる言葉
NEVER_ASKED = (
    "本籍", "出生", "出身", "家族", "親", "兄弟", "子ども", "結婚", "住宅", "間取り", "家庭", "生い立ち", "宗教", "信仰", "政党",
    "選挙", "人生観", "信条", "尊敬", "思想", "組合", "学生運動", "新聞", "雑誌", "愛読", "身元", "戸籍", "病", "障害", "診断", "国籍",
)  # fmt: skip


def test_every_scale_is_asked_twice_and_every_item_has_words() -> None:
    assert all(sum(item.scale == scale for item in ITEMS) == 2 for scale in SCALES)
    assert set(wording.ITEMS) == set(BY_ID)
    assert set(wording.SCALES) == set(wording.STRENGTHS) == set(SCALES)
    assert {item.scale for item in ITEMS[: len(SCALES)]} == set(SCALES)


def test_nothing_is_asked_that_fair_recruitment_keeps_out() -> None:
    asked = "".join((*wording.ITEMS.values(), wording.QUESTION, *wording.STRENGTHS.values()))
    assert [word for word in NEVER_ASKED if word in asked] == []


def test_answers_are_kept_between_sittings_and_a_skip_is_an_answer_of_its_own() -> None:
    first, events = answer(EMPTY, {"balance-1": 5}, None, finish=False, now=NOW)
    assert events == []
    second, _ = answer(first, {"reward-1": None}, Wishes(wage_floor=1100), finish=False, now=NOW)
    third, _ = answer(second, {}, None, finish=False, now=NOW)
    assert third.answers == {"balance-1": 5, "reward-1": None}
    assert (third.answered, third.skipped, third.wishes.wage_floor) == (1, 1, 1100)


def test_the_last_answer_completes_it_once() -> None:
    almost, events = answer(
        EMPTY, {k: v for k, v in ALL.items() if k != "growth-2"}, None, finish=False, now=NOW
    )
    assert events == []
    assert almost.completed_at is None
    complete, events = answer(almost, {"growth-2": None}, None, finish=False, now=NOW)
    assert events == [
        QuestionnaireCompleted(resident_id="res_1", questionnaire_id="qst_1", answered=21, skipped=1)
    ]
    again, events = answer(complete, {"growth-2": 3}, None, finish=True, now=NOW)
    assert events == []
    assert again.completed_at == NOW


def test_who_stops_early_has_skipped_the_rest() -> None:
    stopped, events = answer(EMPTY, {"balance-1": 5}, None, finish=True, now=NOW)
    assert (stopped.answered, stopped.skipped) == (1, 21)
    assert len(events) == 1


@pytest.mark.parametrize("answers", [{"family-1": 3}, {"balance-1": 0}, {"balance-1": 6}])
def test_unknown_items_and_answers_are_refused(answers: dict[str, int | None]) -> None:
    with pytest.raises(Invalid):
        answer(EMPTY, answers, None, finish=False, now=NOW)


def test_a_scale_is_the_mean_of_what_was_answered_on_it() -> None:
    scores = profile_of({"balance-1": 5, "balance-2": 2, "reward-1": 1, "growth-1": None}).scores
    assert scores == {"balance": 0.625, "reward": 0.0}


@given(st.dictionaries(st.sampled_from(list(BY_ID)), st.none() | st.integers(1, 5)))
def test_importance_is_shared_out_whole_among_what_matters(answers: dict[str, int | None]) -> None:
    shares = profile_of(answers).importance()
    assert not shares or abs(sum(shares.values()) - 1) < 1e-9
    assert all(share > 0 for share in shares.values())


def test_leading_values_are_those_above_the_middle_most_important_first() -> None:
    profile = Profile({"balance": 0.75, "reward": 0.5, "growth": 1.0, "safety": 0.0})
    assert profile.leading() == ("growth", "balance")
