"""Weekly hours that pass midnight, and the week that begins again after Sunday night."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.cells import cell_number
from services.booking.counsellor import Counsellor, WeeklyHours, check_weekly_hours
from services.booking.service_day import instant
from shared.errors import Invalid

TOKYO = ZoneInfo("Asia/Tokyo")


def hours(*spans: tuple[int, int, int]) -> tuple[WeeklyHours, ...]:
    return tuple(WeeklyHours(*span) for span in spans)


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 600, 660), (0, 630, 700)],
        [(0, 1380, 1500), (1, 0, 120)],  # Monday's 24:00-25:00 is Tuesday's 0:00-1:00
        [(6, 1440, 1560), (0, 60, 300)],  # Sunday night is Monday morning
    ],
)
def test_hours_that_are_the_same_real_time_are_refused(spans: list[tuple[int, int, int]]) -> None:
    with pytest.raises(Invalid) as refused:
        check_weekly_hours(hours(*spans))
    assert refused.value.field.startswith("weekly_hours.")


@pytest.mark.parametrize("span", [(0, 600, 600), (0, 700, 600), (0, 600, 1801), (0, 601, 700), (0, 600, 702)])
def test_hours_that_cannot_be_are_refused(span: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid):
        check_weekly_hours(hours(span))


def test_hours_may_touch_and_come_out_in_order() -> None:
    given_hours = hours((1, 120, 600), (0, 1320, 1560), (0, 600, 1320))
    assert check_weekly_hours(given_hours) == hours((0, 600, 1320), (0, 1320, 1560), (1, 120, 600))


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 1435))
def test_a_cell_is_worked_when_it_lies_in_the_hours_of_its_day_or_the_night_before(
    day: date, minute: int
) -> None:
    counsellor = Counsellor("cou_x", "見本", (), ("online",), hours((3, 1320, 1560)), works_holidays=True)
    base = cell_number(instant(day, 0, TOKYO))
    cell = cell_number(instant(day, minute, TOKYO)) - base
    worked = counsellor.hours_bits(day, 1, base, TOKYO) >> cell & 1
    evening = day.weekday() == 3 and minute >= 1320
    night_before = day.weekday() == 4 and minute < 120
    assert bool(worked) == (evening or night_before)
