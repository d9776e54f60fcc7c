"""How work goes, seen from two sides, and when a talk about a next step is suggested."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.assessment.axes import AXES, AXIS_OF, HIGHEST, ITEMS, LOWEST, Axis
from services.matching.assessment.record import (
    Assessment,
    Kind,
    OwnWords,
    Said,
    check_answers,
    check_period,
    correct,
    differences,
    levels,
    month_of,
    months_before,
)
from services.matching.assessment.step_up import (
    Suggestion,
    SuggestionClosed,
    Wish,
    ground,
    pass_on,
    review,
    set_aside,
)
from services.matching.assessment.words import ANCHORS, choice
from services.matching.assessment.words import ITEMS as ITEM_WORDS
from shared.errors import Invalid
from shared.events.envelope import Payload
from shared.events.matching.assessments import StepUpSuggested

NOW = datetime(2026, 12, 3, 1, tzinfo=UTC)
THIS = date(2026, 12, 1)
HIGH = dict.fromkeys(AXIS_OF, 4)
KINDS: tuple[Kind, ...] = ("self", "staff")


def view(months_ago: int, kind: Kind, answers: dict[str, int] | None = None) -> Assessment:
    period = months_before(THIS, months_ago)
    said = Said(HIGH if answers is None else answers, NOW, "staff:sample")
    return Assessment(f"ass_{period}-{kind}", "res_one", period, kind, (said,))


def both_high(*months_ago: int) -> list[Assessment]:
    return [view(months, kind) for months in months_ago for kind in KINDS]


def reviewed(
    assessments: list[Assessment],
    wish: Wish = Wish(True),
    suggestions: list[Suggestion] | None = None,
    *,
    threshold: float | None = 4.0,
    active: bool = True,
) -> tuple[list[Suggestion], list[Payload]]:
    return review(
        wish,
        suggestions or [],
        assessments,
        resident_id="res_one",
        threshold=threshold,
        active=active,
        now=NOW,
        new_id=lambda period: f"stp_{period}",
    )


def test_every_item_has_its_words_and_three_anchors() -> None:
    assert set(ITEM_WORDS) == set(ANCHORS) == {item.id for item in ITEMS} == set(AXIS_OF)
    for item in ITEMS:
        said = [choice(item.id, value) for value in range(LOWEST, HIGHEST + 1)]
        assert len(set(said)) == HIGHEST


def test_an_axis_is_known_from_two_answers_on() -> None:
    assert levels({"habits-1": 5}) == {}
    assert levels({"habits-1": 5, "habits-3": 2})["habits"].mean == 3.5
    assert levels({"gone-1": 5, "habits-1": 5}) == {}


@pytest.mark.parametrize("answers", [{}, {"habits-1": 0}, {"habits-1": 6}, {"birthplace-1": 3}])
def test_answers_outside_what_is_asked_are_refused(answers: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        check_answers(answers)


@pytest.mark.parametrize("period", [date(2027, 1, 1), date(2025, 11, 1), date(2026, 12, 2)])
def test_a_month_that_has_not_begun_or_is_long_gone_is_refused(period: date) -> None:
    with pytest.raises(Invalid):
        check_period(period, NOW)


def test_the_month_is_that_of_japan() -> None:
    assert month_of(datetime(2026, 11, 30, 15, tzinfo=UTC)) == THIS
    assert month_of(datetime(2026, 11, 30, 14, 59, tzinfo=UTC)) == date(2026, 11, 1)


def test_a_correction_stands_beside_what_was_said_and_staff_say_why() -> None:
    first = view(0, "staff")
    again = Said({**HIGH, "habits-1": 2}, NOW, "staff:other", why="記録ちがい")
    corrected = correct(first, "staff", again)
    assert corrected.said == (first.present, again)
    with pytest.raises(Invalid):
        correct(first, "staff", replace(again, why=None))
    own = view(0, "self")
    assert correct(own, "self", replace(again, why=None)).corrected
    for one, other in ((first, "self"), (own, "staff")):
        with pytest.raises(OwnWords):
            correct(one, "self" if other == "self" else "staff", again)


def test_a_difference_is_a_whole_step_on_an_axis_that_both_know() -> None:
    own = view(0, "self", {**HIGH, "habits-1": 3, "habits-2": 3, "habits-3": 3})
    staff = view(0, "staff", {k: v for k, v in HIGH.items() if k != "stability-1"})
    assert [d.axis for d in differences(own, staff)] == ["habits"]
    assert differences(own, None) == ()
    assert differences(view(0, "self", {"habits-1": 1, "habits-2": 1, "execution-1": 1}), staff)[0].own == 1


def test_it_is_suggested_once_when_all_is_high_and_wished() -> None:
    history = both_high(0, 1)
    new, events = reviewed(history)
    assert [(s.period, s.state) for s in new] == [(THIS, "open")]
    assert events == [StepUpSuggested(resident_id="res_one", suggestion_id=new[0].id)]
    assert reviewed(history, suggestions=new) == ([], [])
    aside = set_aside(new[0], "staff:one", "いまは忙しい", NOW)
    assert reviewed(history, suggestions=[aside]) == ([], [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("months_ago", [0, 1])
@pytest.mark.parametrize("axis", AXES)
def test_one_axis_below_in_one_view_of_one_month_is_enough_for_silence(
    axis: Axis, months_ago: int, kind: Kind
) -> None:
    lower = {**HIGH, f"{axis}-2": 3}
    history = [a for a in both_high(0, 1) if (a.period, a.kind) != (months_before(THIS, months_ago), kind)]
    assert reviewed([*history, view(months_ago, kind, lower)]) == ([], [])
    assert reviewed(history) == ([], [])


def test_neither_a_missing_wish_nor_an_ended_contract_nor_a_municipality_that_does_not_want_it() -> None:
    history = both_high(0, 1)
    assert reviewed(history, Wish(False)) == ([], [])
    assert reviewed(history, active=False) == ([], [])
    assert reviewed(history, threshold=None) == ([], [])


def test_months_without_a_look_may_lie_between_but_the_latest_is_this_or_the_last() -> None:
    assert ground(both_high(1, 4), 4.0, NOW) == months_before(THIS, 1)
    assert ground(both_high(2, 3), 4.0, NOW) is None
    assert ground([*both_high(1, 2), view(0, "self")], 4.0, NOW) is None


def test_taking_the_wish_back_ends_what_stands_and_a_later_wish_does_not_repeat_it() -> None:
    history = both_high(0, 1)
    for told in (False, True):
        (standing,), _ = reviewed(history)
        standing = pass_on(standing, "staff:one", None, NOW) if told else standing
        (ended,), events = reviewed(history, Wish(False), [standing])
        assert (ended.state, events) == ("withdrawn", [])
        assert reviewed(history, suggestions=[ended]) == ([], [])
        with pytest.raises(SuggestionClosed):
            pass_on(ended, "staff:one", None, NOW)
        with pytest.raises(SuggestionClosed):
            set_aside(ended, "staff:one", "理由", NOW)


def test_a_correction_takes_its_ground_from_a_suggestion_but_not_from_a_talk_that_was_begun() -> None:
    history = both_high(0, 1)
    (standing,), _ = reviewed(history)
    lower = correct(history[0], "self", Said({**HIGH, "habits-1": 1}, NOW, "resident:one"))
    (ended,), _ = reviewed([lower, *history[1:]], suggestions=[standing])
    assert ended.state == "withdrawn"
    told = pass_on(standing, "staff:one", "よければ話しましょう", NOW)
    assert reviewed([lower, *history[1:]], suggestions=[told]) == ([], [])


months = st.integers(0, 4)
answers = st.dictionaries(st.sampled_from(list(AXIS_OF)), st.integers(1, 5), min_size=1) | st.sampled_from(
    [HIGH, dict.fromkeys(AXIS_OF, 5), {k: v for k, v in HIGH.items() if not k.endswith("-3")}]
)
histories = st.dictionaries(st.tuples(months, st.sampled_from(KINDS)), answers, max_size=10)
STEPS = st.one_of(
    st.tuples(st.just("look"), months, st.sampled_from(KINDS), answers),
    st.tuples(st.just("wish"), st.booleans()),
    st.tuples(st.just("decide"), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)


def may_be_suggested(history: dict[tuple[date, Kind], dict[str, int]], now: datetime) -> date | None:
    """The rule once more, word by word."""
    looked = sorted({period for period, _ in history})[-2:]
    if len(looked) < 2 or looked[1] < months_before(month_of(now), 1):
        return None
    for period in looked:
        for kind in KINDS:
            said = history.get((period, kind), {})
            for axis in AXES:
                values = [v for item, v in said.items() if item.startswith(axis)]
                if len(values) < 2 or sum(values) / len(values) < 4:
                    return None
    return looked[1]


@given(histories, st.lists(STEPS, max_size=25))
def test_whatever_happens_a_suggestion_is_new_only_on_its_conditions_and_once_a_month(
    before: dict[tuple[int, Kind], dict[str, int]], steps: list[tuple[object, ...]]
) -> None:
    now, wish = NOW, Wish()
    history: dict[tuple[date, Kind], dict[str, int]] = {
        (months_before(THIS, months_ago), kind): said for (months_ago, kind), said in before.items()
    }
    suggestions: dict[str, Suggestion] = {}
    told: list[str] = []
    for step in steps:
        match step:
            case ("look", int(ago), kind, dict(said)):
                history[months_before(month_of(now), ago), kind] = said  # type: ignore[index]
            case ("wish", bool(wishes)):
                wish = Wish(wishes, now)
            case ("wait", int(days)):
                now += timedelta(days=days)
            case ("decide", bool(on)):
                for one in [s for s in suggestions.values() if s.stands]:
                    decided = (
                        pass_on(one, "staff:x", None, now) if on else set_aside(one, "staff:x", "x", now)
                    )
                    suggestions[one.id] = decided
        assessments = [
            Assessment(f"ass_{p}{kind}", "res_one", p, kind, (Said(said, now, "x"),))
            for (p, kind), said in history.items()
        ]
        standing_before = any(s.stands for s in suggestions.values())
        changed, events = review(
            wish, list(suggestions.values()), assessments, resident_id="res_one", threshold=4.0, active=True,
            now=now, new_id=lambda period: f"stp_{period}",
        )  # fmt: skip
        allowed = may_be_suggested(history, now) if wish.wishes else None
        new = [s for s in changed if s.id not in suggestions]
        assert [e.suggestion_id for e in events if isinstance(e, StepUpSuggested)] == [s.id for s in new]
        assert all(s.period == allowed for s in new)
        expected = allowed and not standing_before and f"stp_{allowed}" not in suggestions
        assert bool(new) == bool(expected)
        told += [s.id for s in new]
        suggestions |= {s.id: s for s in changed}
        assert wish.wishes or not any(s.stands for s in suggestions.values())
        assert sum(s.stands for s in suggestions.values()) <= 1
    assert len(told) == len(set(told))
