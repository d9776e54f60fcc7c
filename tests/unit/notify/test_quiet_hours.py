"""Quiet hours, over midnight too, and what they do to reminders and news."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.reminders import news_at, plan_evening, plan_reminders
from shared.clock import TOKYO, parse_service_time
from shared.quiet_hours import quiet_period, quiet_until
from shared.tenancy import QuietHours

NIGHT = QuietHours(start=time(21), end=time(8))
times = st.times().map(lambda t: t.replace(microsecond=0))
hours = st.builds(QuietHours, start=times, end=times)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(), timedelta(days=730)).map(lambda passed: FIRST + passed)


def at(text: str) -> datetime:
    return parse_service_time(text)


def in_words(instant: datetime, quiet: QuietHours) -> bool:
    """The definition, said another way."""
    clock = instant.astimezone(TOKYO).time()
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


@given(instants, hours)
def test_quiet_is_what_the_clock_says(instant: datetime, quiet: QuietHours) -> None:
    assert (quiet_period(instant, quiet) is not None) == in_words(instant, quiet)


@given(instants, hours)
def test_the_end_of_the_quiet_hours_is_the_first_instant_that_is_not_quiet(
    instant: datetime, quiet: QuietHours
) -> None:
    period = quiet_period(instant, quiet)
    if period is None:
        return
    start, end = period
    assert start <= instant < end <= start + timedelta(days=1)
    assert end.astimezone(TOKYO).time() == quiet.end
    assert quiet_until(end, quiet) is None
    assert quiet_until(end - timedelta(microseconds=1), quiet) == end


def test_equal_start_and_end_mean_no_quiet_hours() -> None:
    assert quiet_until(at("2026-12-01T12:00"), QuietHours(start=time(12), end=time(12))) is None


def test_quiet_hours_pass_midnight() -> None:
    assert quiet_until(at("2026-12-01T22:00"), NIGHT) == at("2026-12-02T08:00")
    assert quiet_until(at("2026-12-01T24:40"), NIGHT) == at("2026-12-02T08:00")
    assert quiet_until(at("2026-12-02T08:00"), NIGHT) is None


def test_reminders_come_three_days_and_three_hours_before() -> None:
    plan = plan_reminders(at("2026-12-10T15:00"), at("2026-12-01T12:00"), NIGHT)
    assert [(r.template, r.at) for r in plan] == [
        ("appointment.reminder_days", at("2026-12-07T15:00")),
        ("appointment.reminder_hours", at("2026-12-10T12:00")),
    ]


def test_reminders_whose_time_is_past_are_not_made() -> None:
    assert [r.template for r in plan_reminders(at("2026-12-03T15:00"), at("2026-12-01T12:00"), NIGHT)] == [
        "appointment.reminder_hours"
    ]
    assert plan_reminders(at("2026-12-01T14:00"), at("2026-12-01T12:00"), NIGHT) == ()


def test_the_reminder_of_a_session_past_midnight_comes_before_the_quiet_hours() -> None:
    days, soon = plan_reminders(at("2026-12-10T24:30"), at("2026-12-01T12:00"), NIGHT)
    assert days.at == at("2026-12-08T08:00")
    assert soon.at == at("2026-12-10T20:50")


@pytest.mark.parametrize(
    ("starts", "reminded"),
    [
        ("10T07:00", "09T20:50"),
        ("10T08:30", "09T20:50"),  # at 8:00 they would be on their way
        ("10T09:00", "10T08:00"),
    ],
)
def test_the_reminder_of_an_early_session_comes_the_evening_before(starts: str, reminded: str) -> None:
    _, soon = plan_reminders(at(f"2026-12-{starts}"), at("2026-12-01T12:00"), NIGHT)
    assert soon.at == at(f"2026-12-{reminded}")


@given(instants, st.integers(0, 60 * 24 * 20), hours)
def test_no_reminder_is_planned_into_the_past_or_after_the_start(
    now: datetime, minutes: int, quiet: QuietHours
) -> None:
    starts_at = now + timedelta(minutes=minutes)
    for reminder in plan_reminders(starts_at, now, quiet):
        assert now < reminder.at < starts_at


def test_news_wait_for_the_morning_unless_that_is_too_late() -> None:
    night = at("2026-12-01T22:00")
    assert news_at(night, at("2026-12-02T15:00"), NIGHT) == (at("2026-12-02T08:00"), False)
    assert news_at(night, at("2026-12-02T07:30"), NIGHT) == (night, True)
    assert news_at(night, None, NIGHT) == (at("2026-12-02T08:00"), False)
    assert news_at(at("2026-12-01T12:00"), None, NIGHT) == (at("2026-12-01T12:00"), False)


def test_the_extra_reminder_comes_the_evening_before_the_service_day() -> None:
    now = at("2026-12-01T12:00")
    planned = plan_evening(date(2026, 12, 3), now, NIGHT)
    assert planned is not None
    assert planned.at == at("2026-12-02T19:00")


def test_the_extra_reminder_comes_before_quiet_hours_that_begin_early() -> None:
    early = QuietHours(start=time(18), end=time(9))
    planned = plan_evening(date(2026, 12, 3), at("2026-12-01T12:00"), early)
    assert planned is not None
    assert planned.at == at("2026-12-02T17:50")


def test_who_booked_that_very_day_is_not_reminded_the_same_evening() -> None:
    assert plan_evening(date(2026, 12, 3), at("2026-12-02T15:00"), NIGHT) is None
    assert plan_evening(date(2026, 12, 3), at("2026-12-03T08:00"), NIGHT) is None


@given(st.dates(date(2026, 1, 2), date(2027, 12, 31)), instants, hours)
def test_the_extra_reminder_is_never_in_quiet_hours(day: date, now: datetime, quiet: QuietHours) -> None:
    planned = plan_evening(day, now, quiet)
    if planned is not None:
        assert quiet_period(planned.at, quiet) is None or quiet.start == quiet.end or _all_day(quiet)
        assert planned.at > now


def _all_day(quiet: QuietHours) -> bool:
    """Quiet but for less than the ten minutes that a reminder keeps before it."""
    begin = datetime.combine(date(2026, 1, 1), quiet.start)
    end = datetime.combine(date(2026, 1, 1), quiet.end)
    return (begin - end) % timedelta(days=1) < timedelta(minutes=10)
