"""The ledger, the guide and the forecast."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.centre.attendance import report
from services.booking.centre.capacity import (
    Ledger,
    days_ahead,
    forecast,
    month_ledger,
    next_month,
    notice,
    summed,
)
from services.booking.centre.stretch import monday_of
from services.booking.centre.worker import Guide
from tests.unit.booking.centre.builders import MONDAY, centre, shift, tokyo, worker

DECEMBER = date(2026, 12, 1)
LAST = date(2026, 12, 31)


def test_an_absence_is_neither_planned_nor_worked_and_nothing_else_changes() -> None:
    shifts = [shift(7), shift(8), shift(9, state="present")]
    before = month_ledger(worker(), DECEMBER, shifts, {}, date(2026, 12, 7))
    told = report(shifts[1], "absent", tokyo(8, 8))
    assert told is not None
    after = month_ledger(worker(), DECEMBER, [shifts[0], told[0], shifts[2]], {}, date(2026, 12, 7))
    assert (before.planned, before.actual, after.planned, after.actual) == (360, 120, 240, 120)
    assert before.theoretical == after.theoretical == 3 * 180 * 31 // 7


def test_the_night_of_the_last_of_a_month_belongs_to_that_month() -> None:
    night = shift(31, 1380, 1560)
    assert month_ledger(worker(), DECEMBER, [night], {}, LAST).planned == 180
    assert month_ledger(worker(), date(2027, 1, 1), [night], {}, LAST).planned == 0


def test_what_nobody_has_confirmed_is_open_once_it_is_over() -> None:
    shifts = [shift(7), shift(9)]
    found = month_ledger(worker(), DECEMBER, shifts, {}, date(2026, 12, 8))
    assert (found.planned, found.actual, found.open) == (240, 0, 120)


def test_commitments_are_counted_to_a_month_by_the_days_of_their_week() -> None:
    turn = date(2026, 12, 28)  # four days in December, three in January
    assert month_ledger(worker(), DECEMBER, [], {turn: 700}, LAST).committed == 400
    assert month_ledger(worker(), date(2027, 1, 1), [], {turn: 700}, LAST).committed == 300


@pytest.mark.parametrize(
    ("guide", "planned", "found"),
    [
        ("floor", 79, "below"),
        ("floor", 80, None),
        ("floor", 100, None),
        ("ceiling", 81, "above"),
        ("ceiling", 80, None),
        ("ceiling", 10, None),
        ("target", 69, "below"),
        ("target", 70, None),
        ("target", 90, None),
        ("target", 91, "above"),
    ],
)
def test_the_guide_means_what_it_is_set_to_mean(guide: Guide, planned: int, found: str | None) -> None:
    told = notice(centre(guide=guide), DECEMBER, Ledger(100, planned), LAST)
    assert (told.direction if told else None) == found


def test_too_few_hours_are_no_reason_before_the_review_day() -> None:
    few = Ledger(100, 0)
    assert notice(centre(guide="floor"), DECEMBER, few, date(2026, 12, 19)) is None
    told = notice(centre(guide="floor"), DECEMBER, few, date(2026, 12, 20))
    assert told is not None
    assert told.key == "2026-12:below"


def test_who_could_not_work_at_all_is_no_reason_for_a_notice() -> None:
    assert notice(centre(guide="floor"), DECEMBER, Ledger(0, 0), LAST) is None


def test_the_forecast_is_four_weeks_and_expects_the_usual_where_nothing_is_planned() -> None:
    today = date(2026, 12, 9)
    past = [shift(1), shift(2)]  # one week of 240 minutes, three before it without any
    coming = [shift(7), shift(8, 600, 780), shift(14)]
    weeks = forecast(worker(), [*past, *coming], {MONDAY: 100, MONDAY + timedelta(weeks=1): 500}, today)
    assert [(w.planned, w.committed, w.free, w.expected) for w in weeks] == [
        (300, 100, 200, False),
        (120, 500, 0, False),
        (0, 0, 0, True),
        (0, 0, 0, True),
    ]
    every_week = [shift(9, name=f"shf_{n}") for n in range(4)]
    moved = [replace(s, stretch=s.stretch.moved(-7 * n)) for n, s in enumerate(every_week, start=1)]
    usual = forecast(worker(), moved, {}, today)
    assert [(w.planned, w.expected) for w in usual] == [(120, True)] * 4


def test_a_week_with_nothing_but_absences_was_planned_and_expects_nothing() -> None:
    weeks = forecast(worker(), [shift(7, state="absent")], {}, MONDAY)
    assert (weeks[0].planned, weeks[0].expected) == (0, False)


def test_one_workers_promise_does_not_eat_another_workers_time() -> None:
    full = forecast(worker(), [shift(7)], {MONDAY: 500}, MONDAY)
    free = forecast(worker(), [shift(7)], {}, MONDAY)
    week = summed([full, free])[0]
    assert (week.planned, week.committed, week.free) == (240, 500, 120)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_month_after_a_month_is_the_next_one(day: date) -> None:
    first = day.replace(day=1)
    after = next_month(first)
    assert after.day == 1
    assert 28 <= (after - first).days <= 31
    assert monday_of(day).weekday() == 0


def test_days_ahead_are_those_planned_or_usual_without_what_is_promised_elsewhere() -> None:
    today = date(2026, 12, 8)
    # Mondays and Wednesdays in the weeks before, one Tuesday; this week Tuesday and Saturday
    past = [shift(day) for day in (1, 2)]
    past = [replace(s, stretch=replace(s.stretch, service_date=day)) for s, day in ((past[0], d) for d in (
        date(2026, 11, 9), date(2026, 11, 11), date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 23), date(2026, 11, 25),
        date(2026, 12, 1),
    ))]  # fmt: skip
    shifts = [*past, shift(7), shift(8), shift(12)]
    weeks = forecast(worker(max_days=2), shifts, {}, today)
    found = days_ahead(shifts, weeks, worker(max_days=2), {MONDAY: 90}, today)
    # 120 each, a third of what is promised elsewhere off each; Monday is over
    assert {day: m for day, m in found.items() if day < date(2026, 12, 14)} == {
        date(2026, 12, 8): 90,
        date(2026, 12, 12): 90,
    }
    usual = {day: m for day, m in found.items() if day >= date(2026, 12, 14)}
    assert {day.weekday() for day in usual} == {0, 2}
    assert set(usual.values()) == {weeks[1].planned // 2}
