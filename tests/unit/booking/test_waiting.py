"""Who is next for a free time, and what becomes of an offer."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.appointment import Appointment, hold
from services.booking.slot import Slot, slot_at
from services.booking.waiting import (
    Entry,
    Look,
    OfferEnded,
    WaitingEnough,
    Wanted,
    Window,
    current,
    is_moot,
    join,
    leave,
    next_offers,
    not_to_be_with,
    offer,
    put_back,
    suits,
    take,
    time_key,
)
from shared.clock import parse_service_time
from shared.tenancy import Booking, QuietHours

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = parse_service_time("2026-12-01T12:00")
TERMS = Booking()
QUIET = QuietHours()


def slot(start: int = 1470, day: int = 3, counsellor: str = "cou_1") -> Slot:
    return slot_at(counsellor, "online", date(2026, 12, day), start, 60, TOKYO)


def entry(
    name: str, *, joined: datetime = NOON - timedelta(days=1), wanted: Wanted | None = None, priority: int = 0
) -> Entry:
    return Entry(f"wai_{name}", f"res_{name}", wanted or Wanted("online", 60), joined, priority)


def look(*free: Slot, now: datetime = NOON, entries: list[Entry], **more: object) -> Look:
    return Look(now, TERMS, QUIET, {e.id: free for e in entries}, **more)  # type: ignore[arg-type]


def asked(entries: list[Entry], *free: Slot, now: datetime = NOON, **more: object) -> list[tuple[str, str]]:
    found = next_offers(entries, look(*free, now=now, entries=entries, **more))
    return [(e.id.removeprefix("wai_"), time_key(s)) for e, s, _ in found]


def held(of: Entry, at: Slot, now: datetime = NOON) -> Appointment:
    return hold("apt_1", of.resident_id, at, now + timedelta(hours=1), now, waiting_id=of.id)[0]


def test_the_one_whom_staff_put_first_is_asked_first_then_who_has_waited_longest() -> None:
    first = entry("first", joined=NOON - timedelta(days=3))
    second = entry("second", joined=NOON - timedelta(days=2))
    urgent = entry("urgent", joined=NOON - timedelta(hours=1), priority=3)
    assert asked([second, first, urgent], slot()) == [("urgent", "2026-12-03:1470")]
    assert asked([second, first], slot()) == [("first", "2026-12-03:1470")]


def test_a_time_is_offered_to_one_person_and_a_person_is_asked_about_one_time() -> None:
    a, b = entry("a", joined=NOON - timedelta(days=2)), entry("b")
    other = replace(entry("c"), resident_id="res_a")
    assert asked([a, b, other], slot(), slot(1545)) == [("a", "2026-12-03:1470"), ("b", "2026-12-03:1545")]
    assert asked([a, b], slot(), slot(1485)) == [("a", "2026-12-03:1470")]  # they overlap


def test_who_names_nobody_leaves_the_others_whom_they_are_to_be_offered() -> None:
    anyone = entry("a", joined=NOON - timedelta(days=2))
    named = entry("b", wanted=Wanted("online", 60, counsellor_id="cou_2"))
    first, second, later = slot(), slot(counsellor="cou_2"), slot(600, 4, "cou_3")
    free = {anyone.id: (first, second), named.id: (second,)}
    offers = next_offers([anyone, named], Look(NOON, TERMS, QUIET, free))
    assert [(e.id, s.counsellor_id) for e, s, _ in offers] == [("wai_a", "cou_1"), ("wai_b", "cou_2")]
    offers.append((entry("c"), later, NOON))
    assert not_to_be_with(anyone, first, offers) == ("cou_2",)
    assert not_to_be_with(entry("c"), later, offers) == ()


def test_a_time_that_could_not_be_held_is_passed_over_for_them_alone() -> None:
    a, b = entry("a", joined=NOON - timedelta(days=2)), entry("b")
    at = look(slot(), slot(600, 4), entries=[a, b], refused={a.id: {"2026-12-03:1470"}})
    found = [(e.id, time_key(s)) for e, s, _ in next_offers([a, b], at)]
    assert found == [("wai_a", "2026-12-04:600"), ("wai_b", "2026-12-03:1470")]


def test_the_times_that_suit_are_offered_only() -> None:
    thursday_night = Wanted("online", 60, (Window((3,), 1320, 1800),))
    weekend = Wanted("online", 60, (Window((5, 6)),))
    assert asked([entry("a", wanted=thursday_night)], slot()) == [("a", "2026-12-03:1470")]
    assert asked([entry("a", wanted=weekend)], slot()) == []
    assert asked([entry("a", wanted=Wanted("online", 60, (Window((3,), 0, 1500),)))], slot()) == []


def test_who_passes_keeps_the_place_and_is_not_asked_about_the_same_time_again() -> None:
    a, b = entry("a", joined=NOON - timedelta(days=2)), entry("b")
    offered, _ = offer(a, held(a, slot()))
    passed, events = put_back(offered)
    assert events == []
    assert (passed.state, passed.place) == ("waiting", a.place)
    assert asked([passed, b], slot(), slot(600, 4)) == [("a", "2026-12-04:600"), ("b", "2026-12-03:1470")]
    assert not suits(passed, slot(counsellor="cou_2"))  # the same time with somebody else


def test_nobody_is_asked_at_night_but_who_asked_that_night() -> None:
    night = parse_service_time("2026-12-01T24:40")
    day_before = entry("before", joined=NOON)
    tonight = entry("tonight", joined=parse_service_time("2026-12-01T24:30"))
    assert asked([day_before, tonight], slot(), now=night) == [("tonight", "2026-12-03:1470")]
    assert asked([day_before], slot(), now=parse_service_time("2026-12-02T08:00")) != []


def test_an_offer_never_lasts_into_the_notice_before_the_start() -> None:
    a = entry("a")
    near = slot(840, 1)  # 14:00, in two hours
    ((_, _, until),) = next_offers([a], look(near, entries=[a], now=NOON))
    assert until == NOON + timedelta(hours=1)
    ((_, _, until),) = next_offers([a], look(near, entries=[a], now=NOON + timedelta(minutes=40)))
    assert until == NOON + timedelta(hours=1)
    assert asked([a], near, now=NOON + timedelta(minutes=58)) == []


def test_an_earlier_time_must_be_earlier_than_the_appointment_it_replaces() -> None:
    present = Appointment("apt_old", "res_a", slot(1200, 5), "confirmed", created_at=NOON)
    a = entry("a", wanted=Wanted("online", 60, earlier_than="apt_old"))
    assert asked([a], slot(1200, 5), slot(600, 6), earlier={"apt_old": present}) == []
    assert asked([a], slot(), slot(600, 6), earlier={"apt_old": present}) == [("a", "2026-12-03:1470")]
    assert asked([a], slot()) == []  # the appointment is gone
    gone = replace(present, state="cancelled")
    assert asked([a], slot(), earlier={"apt_old": gone}) == []


def test_waiting_for_an_earlier_time_ends_with_the_appointment() -> None:
    present = Appointment("apt_old", "res_a", slot(1200, 5), "confirmed", created_at=NOON)
    a = entry("a", wanted=Wanted("online", 60, earlier_than="apt_old"))

    def moot(of: Entry, now: datetime = NOON, **earlier: Appointment) -> bool:
        return is_moot(of, look(now=now, entries=[of], earlier=earlier))

    assert not moot(a, apt_old=present)
    assert not moot(a, apt_old=replace(present, state="held"))
    assert moot(a, apt_old=replace(present, state="cancelled"))
    assert moot(a, now=present.slot.starts_at, apt_old=present)
    assert moot(a)
    assert not moot(entry("b"))


def test_what_is_taken_is_the_time_that_was_offered() -> None:
    a = entry("a")
    offered, (event,) = offer(a, held(a, slot()))
    assert (event.model_dump()["appointment_id"], offered.offers) == ("apt_1", 1)
    assert current(offered, "2026-12-03:1470").appointment_id == "apt_1"
    with pytest.raises(OfferEnded):
        current(offered, "2026-12-04:1470")
    taken, (said,) = take(offered)
    assert (taken.state, said.model_dump()["appointment_id"]) == ("taken", "apt_1")
    with pytest.raises(OfferEnded):
        take(put_back(offered)[0])


def test_a_hold_that_is_over_is_no_offer() -> None:
    a = entry("a")
    with pytest.raises(OfferEnded):
        offer(a, replace(held(a, slot()), state="cancelled", held_until=None))


def test_leaving_is_possible_at_any_moment_and_once() -> None:
    a = entry("a")
    left, events = leave(offer(a, held(a, slot()))[0]) or (a, [])
    assert (left.state, len(events)) == ("left", 1)
    assert leave(left) is None


def test_nobody_waits_more_than_three_times_at_once() -> None:
    with pytest.raises(WaitingEnough):
        join("wai_1", "res_1", Wanted("online", 60), 3, NOON)


starts = st.integers(0, 23).map(lambda n: n * 60)
people = st.lists(
    st.builds(
        lambda n, hours, priority, passed: replace(
            entry(str(n), joined=NOON - timedelta(hours=hours), priority=priority), passed=passed
        ),
        st.integers(0, 9),
        st.integers(1, 90),
        st.integers(0, 3),
        st.lists(starts.map(lambda m: f"2026-12-03:{m}"), max_size=4).map(tuple),
    ),
    max_size=8,
    unique_by=lambda e: e.id,
)


@given(people, st.lists(starts, max_size=5, unique=True))
def test_no_time_goes_to_two_and_nobody_is_passed_over(entries: list[Entry], free: list[int]) -> None:
    slots = [slot(minute) for minute in sorted(free)]
    found = next_offers(entries, look(*slots, entries=entries))
    assert len({time_key(s) for _, s, _ in found}) == len(found) == len({e.id for e, _, _ in found})
    got = {e.id: s for e, s, _ in found}
    for one in entries:
        before = {time_key(s) for e, s, _ in found if e.place < one.place}
        left = [s for s in slots if time_key(s) not in before and suits(one, s)]
        assert (one.id in got) == bool(left)
        if left:
            assert got[one.id] == left[0]
