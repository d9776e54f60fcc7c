"""Weekly hours past midnight."""

import pytest
from hypothesis import given

from services.matching.hours import (
    DAY,
    WEEK,
    Window,
    minute_of,
    overlap_minutes,
    time_text,
    week_mask,
    weekly_minutes,
)
from tests.unit.matching.builders import minutes, windows

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
