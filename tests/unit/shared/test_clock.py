"""Times as residents say them: the hours after midnight belong to the day before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import TOKYO, Clock, parse_service_time, system_now


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-01T24:40", datetime(2026, 12, 1, 15, 40, tzinfo=UTC)),
        ("2026-12-01T00:00", datetime(2026, 11, 30, 15, 0, tzinfo=UTC)),
        ("2026-12-31T25:00", datetime(2026, 12, 31, 16, 0, tzinfo=UTC)),
        ("2026-12-01T30:00", datetime(2026, 12, 1, 21, 0, tzinfo=UTC)),
        ("2026-12-01T9:05:59", datetime(2026, 12, 1, 0, 5, tzinfo=UTC)),
    ],
)
def test_an_hour_may_pass_midnight(text: str, instant: datetime) -> None:
    assert parse_service_time(text) == instant


@given(st.dates(), st.integers(0, 23), st.integers(0, 59))
def test_past_midnight_is_the_same_instant_as_on_the_next_day(day: object, hour: int, minute: int) -> None:
    assert hasattr(day, "isoformat")
    text = f"{day.isoformat()}T{hour:02d}:{minute:02d}"
    try:
        plain = datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)
    except OverflowError:
        with pytest.raises(ValueError, match="not a date"):
            parse_service_time(text)
        return
    assert parse_service_time(text) == plain
    if hour <= 6 and plain.year > 1:
        before = (plain.astimezone(TOKYO) - timedelta(days=1)).date().isoformat()
        assert parse_service_time(f"{before}T{hour + 24}:{minute:02d}") == plain


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-12-01", "2026-12-01T", "2026-12-01T24", "2026-13-01T10:00", "T10:00", "2026-12-01T10:60",
     "2026-12-01T-1:00", "2026-12-01T31:00", "2026-12-01T999999999999:00", "9999-12-31T30:00", "2026-12-01T10:-5",
     "2026-12-01 05:00T10:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="not a date and time"):
        parse_service_time(text)


@given(st.text())
def test_garbage_is_a_value_error_and_nothing_else(text: str) -> None:
    try:
        parse_service_time(text)
    except ValueError:
        pass


def test_the_domains_time_moves_and_the_machines_does_not() -> None:
    clock = Clock()
    clock.shift = timedelta(days=3)
    assert timedelta(days=2, hours=23) < clock.now() - system_now() <= timedelta(days=3, seconds=1)


def test_an_instant_is_utc_and_as_fine_as_the_database_keeps_it() -> None:
    now = Clock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
