"""The checker sees what it is there to see."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.booking.audit import differences, overlaps
from services.booking.cells import cells_of, words_of

STARTS = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
T = "sample-a"


def appointment(name: str, minutes_later: int = 0, resident: str = "res_a") -> dict[str, Any]:
    starts = STARTS + timedelta(minutes=minutes_later)
    slot = {"counsellor_id": "cou_a", "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    return {"_id": name, "resident_id": resident, "slot": slot, "state": "confirmed"}


def calendars(*appointments: dict[str, Any]) -> list[dict[str, Any]]:
    """As they should be."""
    made: dict[str, dict[str, Any]] = {}
    for each in appointments:
        slot = each["slot"]
        (cells,) = cells_of(slot["starts_at"], slot["ends_at"])
        for resource in (slot["counsellor_id"], each["resident_id"]):
            key = f"{T}:{resource}:{cells.day}"
            calendar = made.setdefault(key, {"_id": key, "day": str(cells.day), "owners": {}, **words_of(0)})
            calendar["owners"][each["_id"]] = [cells.first, cells.end]
            for word, bits in cells.masks().items():
                calendar[word] |= bits
    return list(made.values())


def kinds(appointments: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    return [f.kind for f in differences(T, appointments, found)]


def test_calendars_that_say_what_the_appointments_say_are_in_order() -> None:
    both = [appointment("apt_a"), appointment("apt_b", 60)]
    assert kinds(both, calendars(*both)) == []
    assert list(overlaps(T, both)) == []


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
    assert set(kinds([], calendars(appointment("apt_a")))) == {"stray-bits", "owner"}


def test_a_missing_calendar_is_found() -> None:
    one = [appointment("apt_a")]
    assert set(kinds(one, [])) == {"lost-bits", "owner"}


def test_overlaps_are_found_for_counsellors_and_residents() -> None:
    found = list(overlaps(T, [appointment("apt_a"), appointment("apt_b", 45)]))
    assert {f.where for f in found} == {"cou_a", "res_a"}
    other = list(overlaps(T, [appointment("apt_a"), appointment("apt_b", 45, resident="res_b")]))
    assert [f.where for f in other] == ["cou_a"]
