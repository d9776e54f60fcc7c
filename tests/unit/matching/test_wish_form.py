"""Wishes as a form, there and back; the profile as bars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.area import Areas, Municipality
from services.matching.hours import Window
from services.matching.pages.chart import FULL, calling_bars, value_bars, web_of
from services.matching.pages.wish_form import NO_LICENCE, WishForm, form_of_wishes, sent_form, wishes_of_form
from services.matching.pages.wish_hours import WINDOWS, parts_of, windows_of
from services.matching.questionnaire import Wishes
from services.matching.values import CALLINGS, Calling
from services.matching.wording import hours_text
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, REACH, wishes

PLACES = Areas(
    {
        code: Municipality(code, "見本県", f"見本{code}", at)
        for code, at in ((HOME, (35.0, 135.0)), (FAR, (35.5, 135.0)))
    }
)
some = st.sampled_from
whole_wishes = st.builds(
    replace,
    wishes,
    kinds=some(((), ("job", "trial_work"))),
    employment_forms=some(((), ("part_time",))),
    days_a_week=st.none() | st.integers(1, 7),
    licences=some((None, (), ("driving",), ("cook", "見本検定1級"))),
    accommodations=some(((), ("quiet", "own_pace"))),
    skills=some(((), ("料理", "パソコン"))),
    learning=st.booleans(),
    remote_only=st.booleans(),
    max_km=some((None, 10.0, 12.5)),
    start=st.just(HOME),
    start_at=st.just((35.0, 135.0)),
)


@given(whole_wishes)
def test_what_the_form_shows_sent_back_unchanged_changes_nothing(before: Wishes) -> None:
    after, problems = wishes_of_form(form_of_wishes(before), REACH, before, PLACES)
    assert problems == {}
    assert set(after.hours) == set(before.hours)
    assert replace(after, hours=()) == replace(before, hours=())


@given(st.lists(some(list(WINDOWS)), unique=True), st.sets(some("0123456")))
def test_days_off_are_found_again_in_the_hours_they_were_taken_from(parts: list[str], off: set[str]) -> None:
    hours = windows_of(parts, sorted(off))
    if hours is None:
        return
    assert not {str(day) for window in hours for day in window.weekdays} & off
    again_parts, again_off, kept = parts_of(hours)
    assert set(windows_of(again_parts, again_off, kept) or ()) == set(hours)
    assert kept == ()
    assert set(again_parts) == {p for p in parts if set(map(str, WINDOWS[p].weekdays)) - off}


def test_days_off_alone_leave_the_other_days_whole() -> None:
    (window,) = windows_of((), ("5", "6")) or ()
    assert (window.weekdays, window.start, window.end) == ((0, 1, 2, 3, 4), 0, 24 * 60)
    assert windows_of((), ()) == ()


def test_days_off_that_leave_nothing_are_said_so() -> None:
    _, problems = wishes_of_form(WishForm(hours=("weekend-day",), days_off=("5", "6")), REACH)
    assert list(problems) == ["days_off"]
    _, problems = wishes_of_form(WishForm(days_off=tuple("0123456")), REACH)
    assert list(problems) == ["days_off"]


def test_the_way_to_work_is_measured_from_a_municipality_that_was_chosen() -> None:
    near, problems = wishes_of_form(WishForm(start=FAR, max_km="10"), REACH, Wishes(), PLACES)
    assert (near.start, near.start_at, near.max_km, problems) == (FAR, (35.5, 135.0), 10.0, {})
    _, problems = wishes_of_form(WishForm(max_km="10"), REACH, Wishes(), PLACES)
    assert list(problems) == ["start"]
    for wrong in (
        WishForm(start="131016"),
        WishForm(start=FAR, max_km="-3"),
        WishForm(start=FAR, max_km="1e9"),
    ):
        assert len(wishes_of_form(wrong, REACH, Wishes(), PLACES)[1]) == 1


def test_without_a_list_of_places_the_way_to_work_stays_as_it_was() -> None:
    before = Wishes(start=HOME, start_at=(35.0, 135.0), max_km=5.0)
    after, problems = wishes_of_form(WishForm(start="", max_km=""), REACH, before)
    assert (after.start, after.max_km, problems) == (HOME, 5.0, {})


def test_licences_not_said_none_held_and_some_held_are_three_things() -> None:
    def held(**form: object) -> tuple[str, ...] | None:
        return wishes_of_form(WishForm(**form), REACH)[0].licences  # type: ignore[arg-type]

    assert held() is None
    assert held(licences=(NO_LICENCE,)) == ()
    assert held(licences=("driving", NO_LICENCE), other_licences="ホームヘルパー２級、見本 検定") == (
        "driving",
        "care_initial",
        "見本検定",
    )


def test_what_was_not_offered_or_is_too_long_is_refused_by_name() -> None:
    form = WishForm(
        kinds=("slavery",), employment_forms=("x",), licences=("pilot",), accommodations=("x",), days_a_week="8",
        other_licences="あ" * 31, skills="、".join(f"見本{n}" for n in range(21)),
    )  # fmt: skip
    assert set(wishes_of_form(form, REACH)[1]) == {
        "kinds", "employment_forms", "licences", "accommodations", "days_a_week", "other_licences", "skills",
    }  # fmt: skip


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
    drawn = value_bars({"reward": 0.25, "balance": 1.0, "safety": 0.0})
    assert [(bar.name, bar.percent, bar.words) for bar in drawn] == [
        ("自分の時間との両立", 100, "とても大切"),
        ("納得できる収入", 25, "いまは、ほかのことが先"),
        ("安全で体に無理がないこと", 0, "いまは、ほかのことが先"),
    ]
    assert drawn[0].length == FULL
    assert [bar.y for bar in drawn] == sorted({bar.y for bar in drawn})


def test_the_six_interests_are_a_hexagon_only_when_all_are_known() -> None:
    known = dict.fromkeys(CALLINGS, 0.5)
    web = web_of(known)
    assert web is not None
    assert len(web.corners) == len(web.shape.split()) == 6
    assert all(0 < corner.x < 320 and 0 < corner.y < 270 for corner in web.corners)
    missing: dict[Calling, float] = {c: score for c, score in known.items() if c != "social"}
    assert web_of(missing) is None
    assert len(calling_bars(missing)) == 5


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
