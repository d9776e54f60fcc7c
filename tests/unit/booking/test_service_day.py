"""The booking day and the real time behind it, in zones that change their clocks too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.service_day import earliest_running, instant, span_text
from services.booking.slot import check_date, slot_at
from shared.errors import Invalid

TOKYO = ZoneInfo("Asia/Tokyo")
ZONES = st.sampled_from(
    [ZoneInfo(z) for z in ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")]
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
COUNSELLOR = "cou_" + "a" * 26


def test_half_past_midnight_stays_on_the_evening_it_belongs_to() -> None:
    slot = slot_at(COUNSELLOR, "online", date(2026, 12, 3), 1470, 60, TOKYO)
    assert (slot.label, slot.starts_at) == ("24:30-25:30", datetime(2026, 12, 3, 15, 30, tzinfo=UTC))


@given(DAYS, st.integers(0, 360), ZONES)
def test_the_hours_past_midnight_are_the_next_days_morning(day: date, minute: int, zone: ZoneInfo) -> None:
    assert instant(day, 1440 + minute, zone) == instant(day + timedelta(days=1), minute, zone)


@given(DAYS, st.integers(0, 359), st.integers(1, 12), ZONES)
def test_a_slot_lasts_as_long_as_it_says_whatever_the_clocks_do(
    day: date, start: int, twelfths: int, zone: ZoneInfo
) -> None:
    slot = slot_at(COUNSELLOR, "online", day, start // 5 * 5, twelfths * 5, zone)
    assert slot.ends_at - slot.starts_at == timedelta(minutes=twelfths * 5)


@given(st.integers(0, 15 * 365 * 1440), ZONES)
def test_the_earliest_running_day_has_not_ended_and_the_one_before_has(minutes: int, zone: ZoneInfo) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = earliest_running(now, zone)
    slack = timedelta(hours=1)  # a change of clocks in the small hours
    assert instant(day, 1800, zone) > now - slack
    assert instant(day - timedelta(days=1), 1800, zone) <= now + slack


def test_at_0_40_it_is_still_yesterdays_day_until_six() -> None:
    assert earliest_running(datetime(2026, 12, 1, 15, 40, tzinfo=UTC), TOKYO) == date(2026, 12, 1)
    assert earliest_running(datetime(2026, 12, 1, 21, 0, tzinfo=UTC), TOKYO) == date(2026, 12, 2)


def test_minutes_are_said_as_people_say_them() -> None:
    assert span_text(0, 45) == "0:00-0:45"
    assert span_text(1435, 1800) == "23:55-30:00"


@pytest.mark.parametrize(
    ("start", "minutes", "field"),
    [(1801, 5, "start_minute"), (7, 60, "start_minute"), (0, 0, "minutes"), (0, 62, "minutes"), (1770, 60, "minutes")],
)  # fmt: skip
def test_a_time_that_cannot_be_names_its_field(start: int, minutes: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        slot_at(COUNSELLOR, "online", date(2026, 12, 3), start, minutes, TOKYO)
    assert refused.value.field == field


def test_dates_at_the_end_of_the_calendar_are_refused_before_anybody_computes_with_them() -> None:
    for day in (date.min, date.max):
        with pytest.raises(Invalid):
            check_date("service_date", day, date(2026, 12, 3))
