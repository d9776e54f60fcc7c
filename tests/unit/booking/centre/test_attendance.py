"""Which shift a notice means, and what it makes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.centre.attendance import (
    MOST_UNPLACED,
    NotWithin,
    ShiftWithdrawn,
    Unplaced,
    confirmed,
    meant,
    record,
    report,
    with_unplaced,
    without_seen,
    worked_minutes,
)
from services.booking.centre.shift import Shift, State
from shared.events.booking import AttendanceReported, AttendanceStatus
from tests.unit.booking.centre.builders import TOKYO, minutes_of, shift, tokyo

LATE_NIGHT = shift(3, 1380, 1500)
"""23:00-25:00 on the 3rd"""


def told(before: Shift, status: AttendanceStatus, day: int, hour: int, minute: int = 0) -> Shift:
    outcome = report(before, status, tokyo(day, hour, minute))
    assert outcome is not None
    return outcome[0]


@pytest.mark.parametrize("now", [tokyo(3, 23), tokyo(3, 24, 40), tokyo(4, 0, 59)])
def test_a_notice_past_midnight_means_the_shift_of_the_day_before(now: object) -> None:
    next_morning = shift(4, 540, 660)
    found = meant([LATE_NIGHT, next_morning], now, TOKYO)  # type: ignore[arg-type]
    assert found.shift == LATE_NIGHT


def test_before_it_the_next_shift_of_the_service_day_is_meant() -> None:
    morning, evening, tomorrow = shift(3, 600, 720), shift(3, 1200, 1320), shift(4, 600, 720)
    all_three = [tomorrow, evening, morning]
    assert meant(all_three, tokyo(3, 8), TOKYO).shift == morning
    assert meant(all_three, tokyo(3, 13), TOKYO).shift == evening
    assert meant([tomorrow], tokyo(3, 13), TOKYO).shift is None


def test_in_the_small_hours_the_shift_of_the_night_comes_before_the_one_of_the_morning() -> None:
    night, morning = shift(3, 1560, 1680), shift(4, 540, 660)
    assert meant([night, morning], tokyo(4, 1), TOKYO).shift == night
    assert meant([morning], tokyo(4, 5), TOKYO).shift == morning


def test_afterwards_the_one_that_ended_within_six_hours_is_meant() -> None:
    ended = shift(3, 600, 720)
    assert meant([ended], tokyo(3, 18), TOKYO).shift == ended
    assert meant([ended], tokyo(3, 18, 1), TOKYO).shift is None


def test_a_notice_for_a_day_means_the_shift_of_that_day() -> None:
    today, tomorrow = shift(3), shift(4)
    assert meant([today, tomorrow], tokyo(3, 8), TOKYO, tomorrow.stretch.service_date).shift == tomorrow
    assert meant([today], tokyo(3, 8), TOKYO, tomorrow.stretch.service_date).shift is None


def test_two_that_are_as_likely_are_left_to_a_person() -> None:
    twice = [shift(3, name="shf_a"), shift(3, name="shf_b")]
    for now in (tokyo(3, 8), tokyo(3, 11), tokyo(3, 13)):
        found = meant(twice, now, TOKYO)
        assert (found.shift, found.several) == (None, True)


def test_a_withdrawn_shift_is_never_meant_but_an_absent_one_is() -> None:
    assert meant([shift(3, state="withdrawn")], tokyo(3, 8), TOKYO).shift is None
    absent = shift(3, state="absent")
    assert meant([absent], tokyo(3, 10, 30), TOKYO).shift == absent


def test_a_notice_says_who_what_and_of_which_day_and_no_more() -> None:
    outcome = report(LATE_NIGHT, "absent", tokyo(3, 24, 40))
    assert outcome is not None
    after, (event,) = outcome
    assert isinstance(event, AttendanceReported)
    assert event.service_date == LATE_NIGHT.stretch.service_date
    assert set(event.model_dump()) == {"resident_id", "status", "shift_id", "service_date", "unclear"}
    assert (after.state, worked_minutes(after), confirmed(after)) == ("absent", 0, True)


def test_saying_the_same_again_changes_nothing() -> None:
    absent = told(shift(3), "absent", 3, 8)
    assert report(absent, "absent", tokyo(3, 9)) is None


def test_who_was_absent_can_be_there_after_all() -> None:
    back = told(told(shift(3), "absent", 3, 8), "present", 3, 10, 30)
    assert (back.state, worked_minutes(back), confirmed(back)) == ("present", 120, True)


def test_late_counts_from_the_arrival_once_it_is_known_rounded_in_the_workers_favour() -> None:
    late = told(shift(3), "late", 3, 9, 50)
    assert not confirmed(late)
    arrived = told(late, "present", 3, 10, 34)
    assert (worked_minutes(arrived), confirmed(arrived)) == (90, True)


def test_leaving_early_counts_to_the_moment_it_was_said_rounded_in_the_workers_favour() -> None:
    left = told(shift(3), "leaving_early", 3, 11, 1)
    assert (worked_minutes(left), confirmed(left)) == (65, True)
    announced = told(shift(3), "leaving_early", 3, 9)
    assert not confirmed(announced)
    stayed = told(left, "present", 3, 11, 30)
    assert worked_minutes(stayed) == 120


def test_pressing_present_a_little_late_shortens_nothing() -> None:
    assert worked_minutes(told(shift(3), "present", 3, 10, 20)) == 120


def test_what_staff_write_down_lies_within_the_shift() -> None:
    outcome = record(shift(3), "late", tokyo(3, 10, 30), None, tokyo(4, 9))
    assert outcome is not None
    assert worked_minutes(outcome[0]) == 90
    for arrived, left in ((tokyo(3, 9), None), (None, tokyo(3, 13)), (tokyo(3, 11), tokyo(3, 10, 30))):
        with pytest.raises(NotWithin):
            record(shift(3), "late", arrived, left, tokyo(4, 9))


def test_a_withdrawn_shift_takes_no_notice() -> None:
    with pytest.raises(ShiftWithdrawn):
        report(shift(3, state="withdrawn"), "absent", tokyo(3, 8))


STATUSES = st.sampled_from(["present", "absent", "late", "leaving_early"])


@given(st.lists(st.tuples(STATUSES, st.integers(-120, 300)), max_size=6))
def test_any_order_of_notices_leaves_a_shift_with_minutes_between_nothing_and_its_length(
    notices: list[tuple[AttendanceStatus, int]],
) -> None:
    now_shift = shift(3)
    for status, minute in sorted(notices, key=lambda n: n[1]):
        outcome = report(now_shift, status, now_shift.starts_at + timedelta(minutes=minute))
        now_shift = outcome[0] if outcome else now_shift
        assert now_shift.state == status
        assert 0 <= worked_minutes(now_shift) <= minutes_of([now_shift])
        assert (worked_minutes(now_shift) == 0) == (status == "absent")


@given(st.integers(0, 27 * 12), st.integers(0, 40 * 12))
def test_a_running_shift_is_always_the_one_meant(start: int, at: int) -> None:
    made = shift(3, start * 5, start * 5 + 120)
    other = shift(3, start * 5 + 120, start * 5 + 180, name="shf_after")
    now = tokyo(3, 0) + timedelta(minutes=at * 5)
    if made.starts_at <= now < made.ends_at:
        assert meant([other, made], now, TOKYO).shift == made


def test_every_state_but_planned_and_withdrawn_is_a_status() -> None:
    states: tuple[State, ...] = ("planned", "present", "absent", "late", "leaving_early", "withdrawn")
    assert [shift(3, state=s).status for s in states] == [None, *states[1:5], None]


def test_of_notices_that_wait_only_the_newest_are_kept_and_only_those_seen_go() -> None:
    waiting: tuple[Unplaced, ...] = ()
    start = datetime(2026, 12, 3, 1, tzinfo=UTC)
    for n in range(MOST_UNPLACED + 5):
        waiting = with_unplaced(waiting, "absent", start + timedelta(minutes=n))
    assert len(waiting) == MOST_UNPLACED
    assert waiting[0].at == start + timedelta(minutes=5)
    left = without_seen(waiting, waiting[-2].at)
    assert [notice.at for notice in left] == [waiting[-1].at]
