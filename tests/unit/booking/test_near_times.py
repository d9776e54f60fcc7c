"""Other times for somebody whose time does not suit them any more."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.booking.near_times import APART, near_times
from services.booking.slot import Slot

MIDNIGHT = datetime(2026, 12, 3, tzinfo=UTC)


def slot(day: int, minute: int) -> Slot:
    starts_at = MIDNIGHT + timedelta(days=day, minutes=minute)
    day_of = date(2026, 12, 3) + timedelta(days=day)
    return Slot("cou_1", "online", day_of, minute, 60, starts_at, starts_at + timedelta(hours=1))


def said(slots: list[Slot]) -> list[tuple[int, int]]:
    return [(s.service_date.day, s.start_minute) for s in slots]


def test_the_nearest_times_are_offered_in_order_of_time() -> None:
    free = [slot(0, 1320), slot(0, 1400), slot(1, 1470), slot(5, 600)]
    assert said(near_times(free, slot(0, 1470))) == [(3, 1320), (3, 1400), (4, 1470)]


def test_a_quarter_of_an_hour_later_is_no_other_time() -> None:
    free = [slot(0, minute) for minute in range(1320, 1620, 15)]
    assert said(near_times(free, slot(0, 1470))) == [(3, 1410), (3, 1530)]


def test_not_all_times_are_on_the_same_evening() -> None:
    free = [slot(0, minute) for minute in range(600, 1200, 60)] + [slot(4, 600)]
    assert said(near_times(free, slot(0, 1260))) == [(3, 1080), (3, 1140), (7, 600)]


def test_nothing_free_is_nothing_offered() -> None:
    assert near_times([], slot(0, 1470)) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 115).map(lambda n: n * 15)), max_size=40))
def test_what_is_offered_is_free_and_apart(free: list[tuple[int, int]]) -> None:
    present, slots = slot(4, 720), [slot(*one) for one in free]
    offered = near_times(slots, present)
    assert len(offered) <= 3
    assert all(one in slots for one in offered)
    starts = [present.starts_at, *(one.starts_at for one in offered)]
    assert all(abs(a - b) >= APART for n, a in enumerate(starts) for b in starts[n + 1 :])
