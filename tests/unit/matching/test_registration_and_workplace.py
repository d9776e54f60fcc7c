"""Companies are let in by the municipality; workplaces are described from two sides."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.registration import (
    NotNow,
    Registration,
    apply,
    apply_again,
    approve,
    decline,
    pause,
    resume,
)  # fmt: skip
from services.matching.workplace import FEWEST, QUESTIONS, Workplace, hear, picture, say
from shared.errors import Invalid
from tests.unit.matching.builders import NOW

STEPS: dict[str, Callable[[Registration], Registration]] = {
    "approve": lambda r: approve(r, "stf_1", NOW),
    "decline": lambda r: decline(r, "duplicate", "stf_1", NOW),
    "pause": lambda r: pause(r, "own_wish", "stf_1", NOW),
    "resume": lambda r: resume(r, "stf_1", NOW),
    "apply_again": lambda r: apply_again(r, NOW),
}
ALLOWED = {
    ("waiting", "approve"): "approved",
    ("waiting", "decline"): "declined",
    ("approved", "pause"): "paused",
    ("paused", "resume"): "approved",
    ("declined", "apply_again"): "waiting",
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_a_registration_goes_only_the_ways_that_there_are(steps: list[str]) -> None:
    registration = apply(NOW)
    for step in steps:
        before = registration
        if (before.standing, step) in ALLOWED:
            registration = STEPS[step](before)
            assert registration.standing == ALLOWED[before.standing, step]
        else:
            with pytest.raises(NotNow):
                STEPS[step](before)
        assert registration.may_publish == (registration.standing == "approved")


def test_declining_and_pausing_name_one_of_the_reasons() -> None:
    waiting = apply(NOW)
    with pytest.raises(Invalid):
        decline(waiting, "own_wish", "stf_1", NOW)
    with pytest.raises(Invalid):
        pause(approve(waiting, "stf_1", NOW), "duplicate", "stf_1", NOW)
    assert decline(waiting, "duplicate", "stf_1", NOW).reason == "duplicate"
    assert apply_again(decline(waiting, "duplicate", "stf_1", NOW), NOW).reason is None


PLACE = Workplace("wpl_1", "com_1", "見本の職場")


def test_there_are_twelve_to_sixteen_questions_with_words_at_both_ends() -> None:
    assert 12 <= len(QUESTIONS) == len({q.id for q in QUESTIONS}) <= 16
    assert all(q.text and q.low and q.high and q.low != q.high for q in QUESTIONS)


def test_company_and_people_stand_beside_each_other() -> None:
    place = say(PLACE, {"noise": 5}, NOW)
    for n in range(FEWEST):
        place = hear(place, f"key{n}", "trainee", {"noise": 1 + n})
    (noise,) = (line for line in picture(place) if line.question.id == "noise")
    assert (noise.said, noise.heard, noise.people, noise.differs) == (5, 2.0, FEWEST, True)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(("trainee", "staff")), st.integers(1, 5)), max_size=9
    )
)
def test_what_fewer_than_three_people_say_is_not_shown(said: list[tuple[str, str, int]]) -> None:
    place = PLACE
    for key, voice, answer in said:
        place = hear(place, key, "staff" if voice == "staff" else "trainee", {"noise": answer})
    assert all(line.heard is None and line.people is None for line in picture(place))


def test_an_answer_taken_back_is_forgotten() -> None:
    place = hear(hear(PLACE, "key", "trainee", {"noise": 3}), "key", "trainee", {"noise": None})
    assert place == PLACE
    assert say(say(PLACE, {"noise": 3, "body": 2}, NOW), {"noise": None}, NOW).said == {"body": 2}


@pytest.mark.parametrize("answers", [{"nothing": 3}, {"noise": 0}, {"noise": 6}])
def test_answers_are_one_to_five_to_questions_that_exist(answers: dict[str, int | None]) -> None:
    with pytest.raises(Invalid):
        say(PLACE, answers, NOW)
