"""The month's statement."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.centre.pay import BOM, HEADER, as_csv, plain, rounded, statement
from services.booking.centre.rate import NoRate, Rate, check_rates, rate_on
from services.booking.centre.shift import Shift
from shared.errors import Invalid
from tests.unit.booking.centre.builders import centre, shift, station, worker

DECEMBER, LAST = date(2026, 12, 1), date(2027, 1, 5)


def test_minutes_are_paid_at_the_rate_of_their_date() -> None:
    rates = (Rate(date(2026, 10, 1), 1200), Rate(date(2026, 12, 10), 1230))
    shifts = [shift(9, state="present"), shift(10, state="present")]
    found = statement(worker(), replace(centre(), rates=rates), DECEMBER, shifts, LAST)
    assert [(line.minutes, line.rate, int(line.amount)) for line in found.lines] == [
        (120, 1200, 2400),
        (120, 1230, 2460),
    ]
    assert (found.minutes, found.yen) == (240, 4860)


def test_a_workers_own_rate_comes_before_the_centres() -> None:
    own = worker(rates=(Rate(date(2026, 12, 10), 1500),))
    shifts = [shift(9, state="present"), shift(10, state="present")]
    found = statement(own, centre(), DECEMBER, shifts, LAST)
    assert [line.rate for line in found.lines] == [1200, 1500]


def test_a_date_without_any_rate_is_refused_and_two_rates_of_one_date_are_too() -> None:
    with pytest.raises(NoRate):
        rate_on(date(2026, 9, 30), (), (Rate(date(2026, 10, 1), 1200),))
    with pytest.raises(Invalid):
        check_rates("rates", [Rate(date(2026, 10, 1), 1200), Rate(date(2026, 10, 1), 1201)])


def test_only_the_total_is_rounded() -> None:
    rates = (Rate(date(2026, 10, 1), 1001),)
    shifts = [replace(short(day), state="present") for day in (7, 8, 9)]
    found = statement(worker(), replace(centre(), rates=rates), DECEMBER, shifts, LAST)
    assert sum((line.amount for line in found.lines), Fraction()) == Fraction(1001 * 375, 60)
    assert found.yen == rounded(Fraction(1001 * 375, 60)) == 6256


def short(day: int) -> Shift:
    return shift(day, 600, 725)


def test_what_nobody_confirmed_is_listed_and_not_paid_yet_and_an_absence_is_neither() -> None:
    shifts = [shift(7), shift(8, state="late"), shift(9, state="absent"), shift(10, state="present")]
    found = statement(worker(), centre(), DECEMBER, shifts, LAST)
    assert [(line.service_date.day, line.sure) for line in found.lines] == [
        (7, False),
        (8, False),
        (10, True),
    ]
    assert (found.minutes, found.open_minutes, found.yen) == (120, 240, 2400)


def test_the_night_of_the_31st_is_paid_in_its_month() -> None:
    night = shift(31, 1380, 1560, state="present")
    assert statement(worker(), centre(), DECEMBER, [night], LAST).minutes == 180
    assert statement(worker(), centre(), date(2027, 1, 1), [night], LAST).minutes == 0


def test_the_file_opens_in_a_spreadsheet_and_no_cell_is_a_formula() -> None:
    named = centre(replace(station(), name="=HYPERLINK(1)"))
    text = as_csv([statement(worker(), named, DECEMBER, [shift(7, state="present"), shift(8)], LAST)])
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert tuple(rows[0]) == HEADER
    assert rows[1][:7] == ["res_a", "2026-12-07", "10:00-12:00", "'=HYPERLINK(1)", "120", "1200", "2400.00"]
    assert (rows[2][6], rows[2][7]) == ("", "未確認")
    assert rows[3][3:7] == ["小計", "120", "", "2400"]
    assert rows[4][3:7] == ["合計", "120", "", "2400"]


@given(st.text(max_size=12))
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not plain(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(1, 36)), max_size=12))
def test_the_total_is_within_half_a_yen_of_the_exact_sum(worked: list[tuple[int, int]]) -> None:
    rates = (Rate(date(2026, 10, 1), 1163),)
    shifts = [
        replace(
            made, arrived_at=None, left_at=made.starts_at + timedelta(minutes=5 * n), state="leaving_early"
        )
        for day, n in worked
        if (made := shift(day, 600, 780))
    ]
    found = statement(worker(), replace(centre(), rates=rates), DECEMBER, shifts, LAST)
    exact = Fraction(sum(5 * n for _, n in worked) * 1163, 60)
    assert abs(found.yen - exact) <= Fraction(1, 2)
    assert found.minutes == sum(5 * n for _, n in worked)
