"""The checker sees what it is there to see."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

from services.booking.appointment import Appointment
from services.booking.audit import differences, overlaps
from services.booking.cells import words_of
from services.booking.claim import Claim, entries
from services.booking.slot import Slot

STARTS = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
T = "sample-a"


def appointment(name: str, minutes_later: int = 0, resident: str = "res_a") -> list[Claim]:
    """What a confirmed appointment claims: 24:30 of the 3rd in Tokyo, or later."""
    starts = STARTS + timedelta(minutes=minutes_later)
    ends = starts + timedelta(hours=1)
    slot = Slot("cou_a", "online", date(2026, 12, 3), 1470 + minutes_later, 60, starts, ends)
    return Appointment(name, resident, slot, "confirmed", created_at=STARTS).claims(T)


def calendars(*claims: list[Claim]) -> list[dict[str, Any]]:
    """As they should be."""
    made: dict[str, dict[str, Any]] = {}
    for entry in entries(claim for each in claims for claim in each):
        key = entry.document_id
        new = {"_id": key, "day": str(entry.cells.day), "owners": {}, "count": 0, **words_of(0)}
        calendar = made.setdefault(key, new)
        calendar["owners"][entry.owner] = entry.mark
        calendar["count"] += entry.counted
        for word, bits in entry.cells.masks().items():
            calendar[word] |= bits
    return list(made.values())


def kinds(claims: list[list[Claim]], found: list[dict[str, Any]]) -> list[str]:
    return [f.kind for f in differences(T, list(chain.from_iterable(claims)), found)]


def test_calendars_that_say_what_the_appointments_say_are_in_order() -> None:
    both = [appointment("apt_a"), appointment("apt_b", 60)]
    assert kinds(both, calendars(*both)) == []
    assert list(overlaps(T, chain.from_iterable(both))) == []


def test_a_single_lost_bit_is_found() -> None:
    one = [appointment("apt_a")]
    found = calendars(*one)
    found[0]["w3"] &= found[0]["w3"] - 1
    assert kinds(one, found) == ["lost-bits"]


def test_a_bit_that_belongs_to_nobody_is_found() -> None:
    one = [appointment("apt_a")]
    found = calendars(*one)
    found[0]["w0"] |= 1
    assert kinds(one, found) == ["stray-bits"]


def test_time_that_a_cancelled_appointment_kept_is_found() -> None:
    assert set(kinds([], calendars(appointment("apt_a")))) == {"stray-bits", "owner", "count"}


def test_a_missing_calendar_is_found() -> None:
    one = [appointment("apt_a")]
    assert set(kinds(one, [])) == {"lost-bits", "owner"}


def test_overlaps_are_found_for_counsellors_and_residents() -> None:
    found = list(overlaps(T, appointment("apt_a") + appointment("apt_b", 45)))
    assert {f.where for f in found} == {"cou_a", "res_a"}
    other = list(overlaps(T, appointment("apt_a") + appointment("apt_b", 45, resident="res_b")))
    assert [f.where for f in other] == ["cou_a"]


def test_a_wrong_count_of_the_day_is_found() -> None:
    one = [appointment("apt_a")]
    found = calendars(*one)
    found[0]["count"] += 1
    assert kinds(one, found) == ["count"]
