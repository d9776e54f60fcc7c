"""Weekly hours past midnight."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.words import Weeks
from services.matching.hours import (
    CHOSEN,
    DAY,
    LATEST,
    WEEK,
    Window,
    days_within,
    minute_of,
    overlap_minutes,
    shifts_of,
    time_text,
    week_mask,
    weekly_minutes,
)
from services.matching.snapshot import read_part, write_part
from services.matching.store.documents import windows_document, windows_of
from tests.unit.matching.builders import an_offer, minutes, windows

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


def test_the_small_hours_of_a_day_are_the_late_hours_of_the_day_before() -> None:
    friday_night = Window((FRIDAY,), 22 * 60, 26 * 60)
    saturday_early = Window((SATURDAY,), 60, 180)
    assert overlap_minutes([friday_night], [saturday_early]) == 60


def test_the_week_is_a_circle() -> None:
    sunday_night = Window((SUNDAY,), 23 * 60, 29 * 60)
    monday_early = Window((MONDAY,), 0, 6 * 60)
    assert overlap_minutes([sunday_night], [monday_early]) == 5 * 60


def test_hours_that_only_touch_do_not_overlap() -> None:
    assert overlap_minutes([Window((MONDAY,), 540, 1020)], [Window((MONDAY,), 1020, 1320)]) == 0


@given(windows)
def test_every_minute_of_a_window_is_set_and_no_other(window: Window) -> None:
    expected = {
        (day * DAY + minute) % WEEK for day in window.weekdays for minute in range(window.start, window.end)
    }
    mask = week_mask([window])
    assert {minute for minute in range(WEEK) if mask >> minute & 1} == expected
    assert weekly_minutes([window, window]) == len(expected)


@given(minutes)
def test_a_minute_is_read_as_it_is_written(minute: int) -> None:
    assert minute_of(time_text(minute)) == minute


@pytest.mark.parametrize("text", ["30:01", "31:00", "9:5", "09:60", "-1:00", "", "24:00 ", "２４:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        minute_of(text)


MORNING, NIGHT = Window((0, 1, 6), LATEST - DAY, 540), Window((0, 5, 6), 1020, LATEST)
UNTIL_MORNING = (replace(NIGHT, goes_on=True), MORNING)
parts = st.sampled_from(((NIGHT,), (MORNING,), UNTIL_MORNING)) | st.tuples(windows)
weeks = st.lists(parts, max_size=4).map(lambda each: tuple(itertools.chain.from_iterable(each)))


@given(st.lists(weeks, max_size=6), weeks)
def test_days_within_are_the_same_for_many_weeks_at_once(
    offered: list[tuple[Window, ...]], wished: tuple[Window, ...]
) -> None:
    many = Weeks()
    for each in offered:
        many.number(each)
    whole, some = many.days_within(wished)
    assert whole.tolist() == [days_within(each, wished, chosen=False) for each in many.values]
    assert some.tolist() == [days_within(each, wished, chosen=True) for each in many.values]


def test_only_windows_that_say_so_are_one_shift() -> None:
    early, shifts = Window((SUNDAY,), LATEST - DAY, 540), [(SUNDAY, LATEST - DAY, 540)]
    assert shifts_of(UNTIL_MORNING) == [(day, 1020, 540 + DAY) for day in (0, 5, 6)]
    assert shifts_of((*UNTIL_MORNING, early)) == shifts_of(UNTIL_MORNING) + shifts
    assert shifts_of((NIGHT, MORNING)) == shifts_of((NIGHT,)) + shifts_of((MORNING,))


def test_what_goes_on_is_stored_and_what_was_stored_before_goes_on_nowhere() -> None:
    assert windows_of(windows_document(UNTIL_MORNING)) == UNTIL_MORNING
    assert windows_document((NIGHT,)) == [{"weekdays": [0, 5, 6], "start": 1020, "end": LATEST}]
    assert windows_of(windows_document((NIGHT, MORNING))) == (NIGHT, MORNING)


def test_a_snapshot_tells_what_goes_on_and_is_else_the_same_as_before_anything_did() -> None:
    (again,) = read_part(write_part([an_offer(hours=UNTIL_MORNING)]))
    assert again.hours == UNTIL_MORNING
    before = write_part([an_offer(hours=(NIGHT, MORNING))])
    assert b'"hours":[[[0,5,6],1020,1800],[[0,1,6],360,540]]' in before
    assert read_part(before)[0].hours == (NIGHT, MORNING)


@given(windows, weeks)
def test_a_day_is_within_when_every_minute_of_its_shift_is(
    window: Window, wished: tuple[Window, ...]
) -> None:
    free = week_mask(wished)
    shifts = [week_mask([Window((day,), window.start, window.end)]) for day in window.weekdays]
    assert days_within([window], wished, chosen=False) == sum(shift & free == shift for shift in shifts)


def test_of_hours_that_are_chosen_an_hour_in_one_stretch_will_do() -> None:
    evening = [Window((MONDAY,), 18 * 60, 22 * 60)]
    halves = [Window((MONDAY,), 18 * 60, 18 * 60 + 30), Window((MONDAY,), 19 * 60, 19 * 60 + 59)]
    assert days_within(evening, halves, chosen=True) == 0
    assert days_within(evening, [Window((MONDAY,), 19 * 60, 19 * 60 + CHOSEN)], chosen=True) == 1
    assert days_within([Window((MONDAY,), 540, 560)], [Window((MONDAY,), 540, 560)], chosen=True) == 1
