"""Wishes as a form, there and back; the profile as bars."""

import pytest
from hypothesis import given

from services.matching.hours import Window
from services.matching.pages.chart import FULL, bars
from services.matching.pages.wish_form import WINDOWS, WishForm, form_of_wishes, sent_form, wishes_of_form
from services.matching.questionnaire import Wishes
from services.matching.values import Profile
from services.matching.wording import hours_text
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, REACH, wishes


@given(wishes)
def test_what_the_form_shows_sent_back_unchanged_changes_nothing(before: Wishes) -> None:
    after, problems = wishes_of_form(form_of_wishes(before), REACH)
    assert problems == {}
    assert set(after.hours) == set(before.hours)
    assert (after.areas, after.wage_floor) == (before.areas, before.wage_floor)


def test_hours_from_elsewhere_stay_only_while_they_are_ticked() -> None:
    before = Wishes(hours=(Window((0,), 19 * 60, 25 * 60),))
    kept, _ = wishes_of_form(sent_form({"hours": ["keep", "weekend-day"]}, before), REACH)
    assert kept.hours == (WINDOWS["weekend-day"], Window((0,), 19 * 60, 25 * 60))
    dropped, _ = wishes_of_form(sent_form({"hours": ["weekend-day"]}, before), REACH)
    assert dropped.hours == (WINDOWS["weekend-day"],)


@pytest.mark.parametrize(
    ("typed", "floor"), [("1100", 1100), ("１，１００円", 1100), ("1,100 円", 1100), ("", None)]
)
def test_amounts_are_read_as_people_write_them(typed: str, floor: int | None) -> None:
    read, problems = wishes_of_form(WishForm(wage_floor=typed), REACH)
    assert (read.wage_floor, problems) == (floor, {})


@pytest.mark.parametrize("typed", ["たくさん", "-5", "1e9", "99999999", "1.5"])
def test_what_is_no_amount_is_named(typed: str) -> None:
    _, problems = wishes_of_form(WishForm(wage_floor=typed), REACH)
    assert list(problems) == ["wage_floor"]


def test_areas_and_parts_that_were_not_offered_are_refused() -> None:
    _, problems = wishes_of_form(WishForm(areas=(HOME, FAR), hours=("noon",)), REACH)
    assert set(problems) == {"areas", "hours"}
    assert wishes_of_form(WishForm(areas=(HOME, NEIGHBOUR)), REACH)[1] == {}


def test_bars_show_what_was_said_most_important_on_top() -> None:
    drawn = bars(Profile({"reward": 0.25, "balance": 1.0, "safety": 0.0}))
    assert [(bar.name, bar.percent, bar.words) for bar in drawn] == [
        ("自分の時間との両立", 100, "とても大切"),
        ("納得できる収入", 25, "あまり大切でない"),
        ("安全で体に無理がないこと", 0, "大切でない"),
    ]
    assert drawn[0].length == FULL
    assert [bar.y for bar in drawn] == sorted({bar.y for bar in drawn})


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ((), "相談して決めます"),
        ((Window((0, 1, 2, 3, 4), 19 * 60, 25 * 60),), "平日 19:00〜25:00"),
        ((Window((5, 6), 540, 1020), Window((2,), 60, 120)), "土日 09:00〜17:00、水 01:00〜02:00"),
        ((Window(tuple(range(7)), 0, 1440),), "毎日 00:00〜24:00"),
    ],
)
def test_hours_are_said_as_people_say_them(windows: tuple[Window, ...], text: str) -> None:
    assert hours_text(windows) == text
