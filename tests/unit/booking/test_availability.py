"""Free slots as bits give what a plain loop over minutes gives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.availability import (
    NotOffered,
    TooFar,
    TooSoon,
    check_offered,
    free_slots,
    nearest,
    window,
)
from services.booking.cells import cell_number, span_bits
from services.booking.counsellor import Counsellor, WeeklyHours
from services.booking.service_day import instant
from services.booking.slot import Slot, slot_at
from shared.errors import Invalid, Refused
from shared.tenancy import Booking

TOKYO = ZoneInfo("Asia/Tokyo")
TERMS = Booking()
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # noon in Tokyo, a Tuesday
DAY = date(2026, 12, 3)  # Thursday
NIGHT = Counsellor(
    "cou_n", "見本", ("ja",), ("online",), (WeeklyHours(3, 1320, 1560), WeeklyHours(4, 120, 240))
)


def slot(minute: int, minutes: int = 60, day: date = DAY, counsellor: str = "cou_n") -> Slot:
    return slot_at(counsellor, "online", day, minute, minutes, TOKYO)


@given(
    st.lists(st.tuples(st.integers(0, 359), st.integers(1, 30)), max_size=12),
    st.sampled_from([15, 30, 60, 90]),
    st.sampled_from([5, 15, 30]),
)
def test_free_slots_are_those_whose_every_minute_is_worked_and_free(
    spans: list[tuple[int, int]], minutes: int, step: int
) -> None:
    offered = window(DAY, 2, TERMS, TOKYO, NOW)
    assert offered is not None
    start = cell_number(instant(DAY, 0, TOKYO))
    busy_cells = {start + first * 2 + n for first, length in spans for n in range(length)}
    busy = 0
    for cell in busy_cells:
        busy |= span_bits(offered.base, cell, cell + 1)

    def open_at(day: date, minute: int) -> bool:
        moment = instant(day, minute, TOKYO)
        local = moment.astimezone(TOKYO)
        of_week = (local.weekday(), local.hour * 60 + local.minute)
        worked = (3, 1320) <= of_week < (3, 1440) or (4, 0) <= of_week < (4, 240)
        return worked and cell_number(moment) not in busy_cells

    wanted = [
        (day, minute)
        for day, first, last in ((DAY, 1320, 1560), (DAY + timedelta(days=1), 120, 240))
        for minute in range(-(-first // step) * step, last, step)
        if minute + minutes <= 1800 and all(open_at(day, minute + m) for m in range(0, minutes, 5))
    ]
    found = [
        (s.service_date, s.start_minute) for s in free_slots(NIGHT, busy, offered, "online", minutes, step)
    ]
    assert found == wanted


def test_what_is_free_may_be_asked_for() -> None:
    offered = window(DAY, 2, TERMS, TOKYO, NOW)
    assert offered is not None
    free = list(free_slots(NIGHT, 0, offered, "online", 60, 15))
    assert "24:30-25:30" in [s.label for s in free]
    for found in free:
        check_offered(NIGHT, found, TERMS, TOKYO, NOW, by_staff=False)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (slot(1320 - 15), NotOffered),
        (slot(30, day=DAY + timedelta(days=1)), NotOffered),  # 0:30 of Friday: said as 24:30 of Thursday
        (slot(225, day=DAY + timedelta(days=1)), NotOffered),  # ends after the hours
        (slot(1325), Invalid),  # off the tenant's 15 minutes
        (slot(1320, 50), Invalid),
        (slot(1320, day=DAY - timedelta(days=7)), TooSoon),
        (slot(1320, day=DAY + timedelta(days=35)), TooFar),
    ],
)
def test_what_is_not_offered_is_refused(asked: Slot, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        check_offered(NIGHT, asked, TERMS, TOKYO, NOW, by_staff=False)


def test_another_way_to_talk_than_the_counsellor_offers_is_refused() -> None:
    by_phone = slot_at("cou_n", "telephone", DAY, 1320, 60, TOKYO)
    with pytest.raises(NotOffered):
        check_offered(NIGHT, by_phone, TERMS, TOKYO, NOW, by_staff=False)
    offered = window(DAY, 1, TERMS, TOKYO, NOW)
    assert offered is not None
    assert list(free_slots(NIGHT, 0, offered, "telephone", 60, 15)) == []


def test_staff_keep_neither_notice_nor_horizon_but_cannot_book_the_past() -> None:
    near = instant(DAY, 1320, TOKYO) - timedelta(minutes=1)
    check_offered(NIGHT, slot(1320), TERMS, TOKYO, near, by_staff=True)
    check_offered(NIGHT, slot(1320, day=DAY + timedelta(days=35)), TERMS, TOKYO, NOW, by_staff=True)
    with pytest.raises(TooSoon):
        check_offered(NIGHT, slot(1320), TERMS, TOKYO, near, by_staff=False)
    with pytest.raises(TooSoon):
        check_offered(NIGHT, slot(1320), TERMS, TOKYO, near + timedelta(minutes=2), by_staff=True)


def test_a_window_ends_at_the_horizon_and_begins_with_the_day_that_runs() -> None:
    late = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)  # 24:40 of the 1st
    offered = window(date(2026, 11, 1), 100, TERMS, TOKYO, late)
    assert offered is not None
    assert (offered.first_day, offered.days) == (date(2026, 12, 1), 32)
    assert window(date(2026, 11, 1), 5, TERMS, TOKYO, late) is None


def test_alternatives_are_the_nearest_and_rather_with_the_same_counsellor() -> None:
    free = [slot(m, counsellor=c) for m in (1320, 1350, 1410, 1440) for c in ("cou_m", "cou_n")]
    found = [(s.start_minute, s.counsellor_id) for s in nearest(free, slot(1380))]
    assert found == [(1350, "cou_n"), (1410, "cou_n"), (1350, "cou_m")]
