"""Hours as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.hours import DateHours, Hours, Span, WeeklyHours, check_exceptions, check_weekly_hours
from services.booking.pages.staff_hours_form import HoursForm, read, read_time, typed, written
from shared.errors import Invalid

TODAY = date(2026, 12, 1)
NOTHING = ("",) * 7


def weekly(text: str) -> tuple[WeeklyHours, ...] | None:
    hours, _ = read(HoursForm((text, *NOTHING[1:]), (), False), ())
    return hours.weekly if hours else None


@pytest.mark.parametrize(
    "text",
    [
        "9:00-12:00、22:00-26:00",
        "９：００〜１２：００, 22:00～26:00",
        "9時-12時; 22時00分から26時まで",
        " 9-12 / 22-26 ",
        "22:00–26:00、9:00ー12:00",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert weekly(text) == (WeeklyHours(0, 540, 720), WeeklyHours(0, 1320, 1560))


@pytest.mark.parametrize("text", ["", "  ", "休み", "なし"])
def test_nothing_is_a_day_off(text: str) -> None:
    assert weekly(text) == ()


@pytest.mark.parametrize(
    "text", ["夕方", "9:00", "9:00-", "9:61-10:00", "31:00-32:00", "9:00-12:00 13:00-14:00", "١-٢٢٢"]
)
def test_what_cannot_be_read_is_named(text: str) -> None:
    hours, form = read(HoursForm((text, *NOTHING[1:]), (("2026-12-31", text), ("", text)), False), ())
    assert hours is None
    assert set(form.problems) == {"weekday-0", "hours-0", "date-1"}


def test_rules_of_the_hours_name_the_field_of_the_page() -> None:
    late = HoursForm(("", "22:00-26:00", "1:00-3:00", "", "", "", ""), (), False)
    assert set(read(late, ())[1].problems) == {"weekday-2"}
    backwards = HoursForm(("12:00-9:00", *NOTHING[1:]), (), False)
    assert set(read(backwards, ())[1].problems) == {"weekday-0"}
    twice = HoursForm(NOTHING, (("", ""), ("2026-12-31", ""), ("2026-12-31", "9-10")), False)
    assert set(read(twice, ())[1].problems) == {"date-2"}
    odd = HoursForm(NOTHING, (("2026-12-31", "9:01-10:00"),), False)
    assert set(read(odd, ())[1].problems) == {"hours-0"}


def test_dates_of_the_past_are_not_shown_and_not_lost() -> None:
    past, coming = DateHours(date(2026, 11, 1)), DateHours(date(2026, 12, 31), (Span(600, 660),))
    form = written(Hours(exceptions=(past, coming)), TODAY)
    assert form.dates == (("2026-12-31", "10:00-11:00"), ("", ""), ("", ""), ("", ""))
    hours, _ = read(form, [past])
    assert hours is not None
    assert hours.exceptions == (past, coming)


def test_what_was_sent_is_read_field_by_field() -> None:
    form = typed({"weekday-3": ["9-10"], "date": ["2026-12-31"], "hours": [""], "works_holidays": ["yes"]})
    assert form.weekly == ("", "", "", "9-10", "", "", "")
    assert (form.dates, form.works_holidays) == ((("2026-12-31", ""),), True)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 360), st.integers(0, 360)), max_size=8),
    st.booleans(),
)
def test_hours_that_are_written_are_read_again(stretches: list[tuple[int, int, int]], holidays: bool) -> None:
    try:
        hours = check_weekly_hours([WeeklyHours(day, a * 5, b * 5) for day, a, b in stretches])
    except Invalid:
        return
    present = check_exceptions(Hours(hours, (), holidays))
    assert read(written(present, TODAY), ())[0] == present


@given(st.text(max_size=30), st.text(max_size=12))
def test_no_text_breaks_the_form(hours: str, day: str) -> None:
    read(HoursForm((hours, *NOTHING[1:]), ((day, hours),), False), ())
    read_time(hours)


@pytest.mark.parametrize(
    ("text", "minute"),
    [("13:00", 780), ("２５：３０", 1530), ("6時", 360), ("30:00", 1800), ("30:05", None), ("夜", None)],
)
def test_a_time_is_read(text: str, minute: int | None) -> None:
    assert read_time(text) == minute
