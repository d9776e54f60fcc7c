"""When a counsellor works, against a plain look at every minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.cells import cell_number
from services.booking.hours import (
    Absence,
    DateHours,
    Hours,
    Span,
    WeeklyHours,
    check_exceptions,
    check_weekly_hours,
    is_holiday,
)
from services.booking.service_day import instant
from shared.errors import Invalid

TOKYO = ZoneInfo("Asia/Tokyo")
ZONES = [TOKYO, *map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))]
LABOUR_DAY = date(2026, 11, 23)
"""勤労感謝の日, a Monday."""


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(st.integers(0, 355))
    return Span(first * 5, draw(st.integers(first + 1, 360)) * 5)


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 2 * 365 * 1440)))
    return Absence("lea_x", start, start + timedelta(minutes=draw(st.integers(1, 5000))))


@st.composite
def patterns(draw: st.DrawFn, day: date) -> Hours:
    """Any hours at all, also such as overlap: what is open twice is open."""
    near = st.integers(-2, 3).map(lambda n: day + timedelta(days=n))
    weekly = draw(st.lists(st.tuples(st.integers(0, 6), spans()), max_size=6))
    exceptions = draw(st.dictionaries(near, st.lists(spans(), max_size=2), max_size=3))
    return Hours(
        tuple(WeeklyHours(weekday, s.start_minute, s.end_minute) for weekday, s in weekly),
        tuple(DateHours(d, tuple(found)) for d, found in exceptions.items()),
        draw(st.booleans()),
        tuple(draw(st.lists(absences(), max_size=2))),
        True,
        draw(st.none() | near),
        draw(st.none() | near),
    )


def works_at(hours: Hours, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the cell that begins at `moment` is worked, by looking at every span that may hold it and at nothing computed."""
    if any(a.starts_at < moment + timedelta(minutes=5) and moment < a.ends_at for a in hours.absences):
        return False
    local = moment.astimezone(zone).date()
    for day in (local - timedelta(days=2), local - timedelta(days=1), local, local + timedelta(days=1)):
        if (hours.from_date and day < hours.from_date) or (hours.to_date and day > hours.to_date):
            continue
        different = [e.spans for e in hours.exceptions if e.service_date == day]
        if different:
            of_day = [(s.start_minute, s.end_minute) for s in different[0]]
        elif is_holiday(day) and not hours.works_holidays:
            continue
        else:
            of_day = [(h.start_minute, h.end_minute) for h in hours.weekly if h.weekday == day.weekday()]
        if any(instant(day, start, zone) <= moment < instant(day, end, zone) for start, end in of_day):
            return True
    return False


CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5)]
"""Days on which some of the zones change their clocks."""


@settings(deadline=None)
@given(
    st.data(),
    st.sampled_from(CHANGES) | st.dates(date(2026, 1, 5), date(2027, 12, 20)),
    st.sampled_from(ZONES),
)
def test_a_cell_is_open_when_a_look_at_its_minute_says_so(
    data: st.DataObject, day: date, zone: ZoneInfo
) -> None:
    hours = data.draw(patterns(day))
    start = instant(day, 0, zone)
    base = cell_number(start)
    bits = hours.bits(day, 1, base, zone)
    for cell in range(360):
        moment = start + timedelta(minutes=5 * cell)
        assert bool(bits >> cell & 1) == works_at(hours, moment, zone), moment.astimezone(zone)


def test_a_public_holiday_is_closed_unless_one_works_then_or_the_date_says_otherwise() -> None:
    mondays = (WeeklyHours(0, 600, 660),)
    assert (Hours(mondays).on(LABOUR_DAY), Hours(mondays).closed(LABOUR_DAY)) == ((), "holiday")
    assert Hours(mondays, works_holidays=True).on(LABOUR_DAY) == (Span(600, 660),)
    open_once = Hours(mondays, (DateHours(LABOUR_DAY, (Span(900, 960),)),))
    assert open_once.on(LABOUR_DAY) == (Span(900, 960),)
    assert Hours(mondays, (DateHours(LABOUR_DAY),), works_holidays=True).closed(LABOUR_DAY) == "exception"


def test_the_night_of_a_holiday_eve_belongs_to_the_eve() -> None:
    sunday = LABOUR_DAY - timedelta(days=1)
    base = cell_number(instant(LABOUR_DAY, 0, TOKYO))
    assert Hours((WeeklyHours(6, 1320, 1560),)).bits(sunday, 2, base, TOKYO) == (1 << 24) - 1


def test_nobody_works_before_they_came_or_after_they_left() -> None:
    always = tuple(WeeklyHours(n, 600, 660) for n in range(7))
    here = Hours(always, works_holidays=True, from_date=date(2026, 12, 2), to_date=date(2026, 12, 3))
    worked = [d for d in range(1, 6) if here.on(date(2026, 12, d))]
    assert worked == [2, 3]
    assert here.closed(date(2026, 12, 4)) == "not-here"
    assert Hours(always, active=False).closed(date(2026, 12, 2)) == "not-here"


DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("exceptions", "field"),
    [
        ([DateHours(DAY), DateHours(DAY)], "exceptions.1.service_date"),
        ([DateHours(DAY, (Span(600, 600),))], "exceptions.0.spans.0.end_minute"),
        ([DateHours(DAY, (Span(600, 1805),))], "exceptions.0.spans.0.end_minute"),
        ([DateHours(DAY, (Span(601, 700),))], "exceptions.0.spans.0.start_minute"),
        ([DateHours(DAY, (Span(600, 700), Span(660, 720)))], "exceptions.0.spans.0.start_minute"),
        ([DateHours(DAY, (Span(600, 700), Span(600, 700)))], "exceptions.0.spans.0.start_minute"),
        ([DateHours(DAY, (Span(1400, 1500),))], "exceptions.0.spans.0.start_minute"),  # Friday begins at 0:30
        ([DateHours(DAY, (Span(0, 60),))], "exceptions.0.spans.0.start_minute"),  # Wednesday ends at 24:30
        (
            [DateHours(DAY, (Span(1400, 1530),)), DateHours(DAY + timedelta(days=1), (Span(60, 120),))],
            "exceptions.0.spans.0.start_minute",
        ),
    ],
)
def test_a_date_that_cannot_be_is_refused_by_name(exceptions: list[DateHours], field: str) -> None:
    weekly = check_weekly_hours([WeeklyHours(4, 30, 90), WeeklyHours(2, 1320, 1470)])
    with pytest.raises(Invalid) as refused:
        check_exceptions(Hours(weekly, tuple(exceptions)))
    assert refused.value.field == field


def test_a_date_replaces_the_hours_that_would_be_in_its_way() -> None:
    weekly = check_weekly_hours([WeeklyHours(3, 600, 900), WeeklyHours(2, 1320, 1470)])
    later, sooner = DateHours(DAY, (Span(700, 720), Span(60, 660))), DateHours(date(2026, 12, 2))
    checked = check_exceptions(Hours(weekly, (later, sooner)))
    assert checked.exceptions == (sooner, DateHours(DAY, (Span(60, 660), Span(700, 720))))


def test_a_time_lies_in_the_hours_only_with_all_of_it_and_leave_is_no_matter() -> None:
    away = Absence("lea_x", datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 9, tzinfo=UTC))
    thursdays = Hours((WeeklyHours(3, 1320, 1620),), absences=(away,))  # 22:00-27:00
    thursday = date(2026, 12, 3)

    def covered(hours: Hours, start: int, end: int) -> bool:
        return hours.cover(instant(thursday, start, TOKYO), instant(thursday, end, TOKYO), TOKYO)

    assert (
        covered(thursdays, 1320, 1380) and covered(thursdays, 1410, 1470) and covered(thursdays, 1560, 1620)
    )
    assert not covered(thursdays, 1315, 1375) and not covered(thursdays, 1565, 1625)
    assert not covered(replace(thursdays, active=False), 1410, 1470)
    assert covered(replace(thursdays, to_date=thursday), 1560, 1620)
    assert not covered(replace(thursdays, to_date=date(2026, 12, 2)), 1410, 1470)
    closed = DateHours(thursday)
    assert not covered(replace(thursdays, exceptions=(closed,)), 1410, 1470)
