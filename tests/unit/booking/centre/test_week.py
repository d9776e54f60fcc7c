"""A week as its worker sets it, and what it changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.centre.shift import Shift, change, plan
from services.booking.centre.stretch import Stretch
from services.booking.centre.week import (
    Entry,
    check_future,
    check_week,
    copied,
    difference,
    entries_of,
    with_begun,
)
from shared.errors import Invalid
from tests.unit.booking.centre.builders import MONDAY, TOKYO, centre, shift, station, stretch, tokyo, worker

BEFORE = tokyo(6, 12)


def entry(day: int, start: int = 600, end: int = 720, station_id: str | None = "stn_a") -> Entry:
    return Entry(stretch(day, start, end), station_id)


def refused(*entries: Entry, **limits: Any) -> str:
    with pytest.raises(Invalid) as error:
        check_week(worker(**limits), centre(), MONDAY, entries)
    return error.value.field


def test_two_or_three_hours_on_at_most_n_days_are_a_week() -> None:
    wanted = (entry(9, 600, 780), entry(7), entry(11, 1380, 1500, None))
    found = check_week(worker(), centre(), MONDAY, wanted)
    assert [e.stretch.service_date.day for e in found] == [7, 9, 11]


def test_a_week_may_pass_midnight_and_stays_on_its_day() -> None:
    late = entry(13, 1380, 1560)
    assert check_week(worker(), centre(), MONDAY, [late])[0].stretch.label == "23:00-26:00"


def test_what_the_limits_do_not_allow_is_named() -> None:
    assert refused(entry(14)) == "entries.0.service_date"
    assert refused(entry(7), entry(8), entry(9), entry(10)) == "entries"
    assert refused(entry(7, 600, 800)) == "entries.0.end_minute"
    assert refused(entry(7, 600, 690), entry(7, 780, 900)) == "entries.1.end_minute"
    assert refused(entry(7, 600, 660)) == "entries.0.end_minute"
    assert refused(entry(7, 720, 600)) == "entries.0.end_minute"
    assert refused(entry(7, 601, 725)) == "entries.0.start_minute"
    assert refused(entry(7, 480, 600)) == "entries.0.start_minute"  # the station opens at 9:00
    assert refused(entry(7, station_id="stn_b")) == "entries.0.station_id"
    assert refused(entry(7), entry(7, 660, 720), min_minutes=60) == "entries.1.start_minute"


def test_the_night_of_one_day_and_the_morning_of_the_next_are_the_same_time() -> None:
    assert refused(entry(7, 1410, 1560), entry(8, 60, 180, None)) == "entries.1.start_minute"


def test_a_skill_or_a_list_of_stations_decides_who_may_sit_where() -> None:
    skilled = centre(station("stn_a", skill="proofreading"))
    with pytest.raises(Invalid):
        check_week(worker(), skilled, MONDAY, [entry(7)])
    assert check_week(worker(skills=("proofreading",)), skilled, MONDAY, [entry(7)])
    with pytest.raises(Invalid):
        check_week(worker(stations=("stn_z",)), centre(), MONDAY, [entry(7)])


def test_last_week_is_copied_day_by_day_with_what_does_not_fit_left_out() -> None:
    last = [
        shift(1, 600, 720),
        shift(2, 600, 720, state="absent"),
        shift(3, 600, 720, state="withdrawn"),
        shift(4, 600, 720, origin="substitute"),
        shift(5, 480, 600, station_id=None),
    ]
    fits, left_out = copied(worker(max_days=2), centre(), last, MONDAY)
    assert [e.stretch for e in fits] == [stretch(8, 600, 720), stretch(9, 600, 720)]
    assert [e.stretch for e in left_out] == [stretch(12, 480, 600)]


def test_a_new_week_keeps_what_is_equal_changes_what_is_of_the_same_day_and_withdraws_the_rest() -> None:
    same, other_time, gone = shift(7), shift(8), shift(9)
    wanted = [entry(7), entry(8, 780, 900), entry(11)]
    found = difference([same, other_time, gone], wanted, BEFORE)
    assert found.plan == (entry(11),)
    assert [(s.id, e) for s, e in found.change] == [(other_time.id, entry(8, 780, 900))]
    assert found.withdraw == (gone,)


def test_what_has_begun_or_was_reported_stays_as_it_is() -> None:
    now = tokyo(8, 11)
    begun, reported, coming = shift(8), shift(10, state="absent"), shift(11)
    found = difference([begun, reported, coming], [], now)
    assert found.withdraw == (coming,)
    assert with_begun([begun, reported, coming], [], now) == (entry(8),)
    assert not difference([begun, reported, coming], [entry(8), entry(10), entry(11)], now)


def test_nothing_is_planned_into_the_past() -> None:
    with pytest.raises(Invalid):
        check_future([entry(7)], [tokyo(7, 10)], tokyo(7, 10))
    check_future([entry(7)], [tokyo(7, 10)], tokyo(7, 9))


ENTRIES = st.lists(
    st.builds(
        lambda day, start, station_id: Entry(
            Stretch(MONDAY + timedelta(days=day), start * 30, start * 30 + 120), station_id
        ),
        st.integers(0, 6),
        st.integers(18, 48),
        st.sampled_from(["stn_a", None]),
    ),
    max_size=5,
    unique_by=lambda e: e.stretch.service_date,
)


def applied(shifts: list[Shift], wanted: list[Entry]) -> list[Shift]:
    found = difference(shifts, wanted, BEFORE)
    after = {s.id: s for s in shifts}
    for gone in found.withdraw:
        after[gone.id] = replace(gone, state="withdrawn")
    for moved, there in found.change:
        after[moved.id] = change(moved, there.stretch, there.station_id, TOKYO)[0]
    for n, new in enumerate(found.plan):
        made, _ = plan(f"shf_new{n}_{len(after)}", "res_a", "cen_a", new.stretch, new.station_id, TOKYO)
        after[made.id] = made
    return list(after.values())


@given(ENTRIES, ENTRIES)
def test_the_difference_applied_gives_the_wanted_week_and_the_same_again_changes_nothing(
    first: list[Entry], second: list[Entry]
) -> None:
    shifts = applied(applied([], first), second)
    assert entries_of(shifts) == tuple(sorted(second, key=lambda e: e.stretch))
    assert not difference(shifts, second, BEFORE)


@given(ENTRIES)
def test_a_copied_week_is_a_week_that_may_be_set(entries: list[Entry]) -> None:
    shifts = applied([], entries)
    next_monday = MONDAY + timedelta(weeks=1)
    fits, left_out = copied(worker(max_days=3), centre(), shifts, next_monday)
    assert check_week(worker(max_days=3), centre(), next_monday, fits) == fits
    assert len(fits) + len(left_out) == len(entries)
    assert len(fits) == min(
        len([e for e in entries if e.station_id is None or 540 <= e.stretch.start_minute <= 1440]), 3
    )
