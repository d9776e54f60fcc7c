"""Free times out of memory are those that a plain look at one counsellor after another finds."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.availability import Window, free_slots
from services.booking.cells import cell_number, span_bits
from services.booking.counsellor import Asked, Counsellor
from services.booking.free_times import Search, allowed, counts, free_days, slots, who
from services.booking.hours import WeeklyHours
from services.booking.picture import Part, Picture
from services.booking.room import Room
from services.booking.service_day import instant
from services.booking.slot import Slot

FIRST, DAYS = date(2026, 12, 2), 3
TOKYO = ZoneInfo("Asia/Tokyo")
ZONES = st.sampled_from(
    [
        (FIRST, TOKYO),
        (date(2026, 3, 28), ZoneInfo("Europe/Berlin")),
        (date(2026, 4, 4), ZoneInfo("Australia/Lord_Howe")),
    ]
)
WEEKS = st.sampled_from(
    [
        tuple(WeeklyHours(n, 1320, 1620) for n in range(7)),
        tuple(WeeklyHours(n, 60, 720) for n in range(7)),
        tuple(WeeklyHours(n, 185, 1430) for n in range(7)),
    ]
)
OWNED = tuple[str, tuple[Part, ...]]


@dataclass
class Case:
    picture: Picture
    owned: list[OWNED]
    search: Search

    def busy(self, kind: str, resource: str) -> int:
        """Cells that somebody else than who moves has, on the window's timeline."""
        bits = 0
        for owner, parts in self.owned:
            for part in parts:
                if owner != self.search.moving and (part.kind, part.resource) == (kind, resource):
                    bits |= span_bits(self.search.window.base, part.first, part.end)
        return bits

    def count(self, kind: str, resource: str, day: date) -> int:
        return sum(
            (part.kind, part.resource, part.counted_on) == (kind, resource, day)
            for owner, parts in self.owned
            if owner != self.search.moving
            for part in parts
        )

    def may(self, person: Counsellor, slot: Slot) -> bool:
        search, base = self.search, self.search.window.base
        first, end = cell_number(slot.starts_at), cell_number(slot.ends_at)
        if self.busy("counsellor", person.id) & span_bits(base, first, end + search.tail):
            return False
        if (
            person.daily_cap is not None
            and self.count("counsellor", person.id, slot.service_date) >= person.daily_cap
        ):
            return False
        if search.resident_id and search.resident_cap is not None:
            mine = self.count("resident", search.resident_id, slot.service_date)
            if mine >= search.resident_cap:
                return False
        rooms = [room for room in self.picture.rooms.values() if search.asked.channel in room.channels]
        taken = [self.busy("room", room.id) & span_bits(base, first, end) for room in rooms if room.active]
        return not rooms or not all(taken)

    def plain(self) -> list[Slot]:
        search, found = self.search, []
        own = self.busy("resident", search.resident_id) if search.resident_id else 0
        for person in self.picture.people.values():
            if search.asked.fits(person):
                taken = own | self.busy("counsellor", person.id)
                given_slots = free_slots(
                    person, taken, search.window, search.asked.channel, search.minutes, search.step
                )
                found += [slot for slot in given_slots if self.may(person, slot)]
        return sorted(found, key=lambda s: (s.starts_at, s.counsellor_id, s.service_date, s.start_minute))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    first, zone = draw(ZONES)
    picture = Picture("sample-a", first, DAYS + 2, zone)
    for n in range(draw(st.integers(1, 4))):
        picture.put(
            Counsellor(
                f"cou_{9 - n}",  # not in the order of their ids
                "見本",
                draw(st.sampled_from([("ja",), ("ja", "en")])),
                draw(st.sampled_from([("online",), ("online", "telephone")])),
                draw(WEEKS),
                skills=draw(st.sampled_from([(), ("care",)])),
                gender=draw(st.sampled_from([None, "female"])),
                daily_cap=draw(st.sampled_from([None, 1, 2])),
                works_holidays=True,
            )
        )
    for n in range(draw(st.integers(0, 2))):
        picture.put_room(Room(f"rom_{n}", "見本", "line", ("online",), active=draw(st.booleans())))
    base = picture.axis.bases[0]
    owned: list[OWNED] = []
    for n in range(draw(st.integers(0, 8))):
        at = base + draw(st.integers(0, DAYS * 96)) * 3
        day = first + timedelta(days=(at - base) // 288)
        who_has = draw(st.sampled_from(sorted(picture.people)))
        parts = [Part("counsellor", who_has, at, at + 12, day)]
        if draw(st.booleans()):
            parts.append(Part("resident", "res_1", at, at + 12, day))
        if picture.rooms:
            parts.append(Part("room", draw(st.sampled_from(sorted(picture.rooms))), at, at + 12))
        owned.append((f"apt_{n}", tuple(parts)))
        picture.tell(f"apt_{n}", 1, parts)
    soon = instant(first, draw(st.integers(0, 2000)), zone)
    asked = Asked(
        draw(st.sampled_from(["online", "telephone"])),
        draw(st.sampled_from([None, None, "cou_9"])),
        draw(st.sampled_from([None, "en"])),
        draw(st.sampled_from([(), ("care",)])),
        draw(st.sampled_from([None, "female"])),
    )
    search = Search(
        asked,
        Window(first, draw(st.integers(1, DAYS)), zone, soon),
        draw(st.sampled_from([30, 60, 120])),
        draw(st.sampled_from([15, 30])),
        draw(st.sampled_from([0, 15])),
        draw(st.sampled_from([None, "res_1"])),
        draw(st.sampled_from([None, 1])),
        draw(st.sampled_from([None, "apt_0"])),
    )
    return Case(picture, owned, search)


@settings(deadline=None)
@given(cases())
def test_slots_are_those_of_the_plain_look_in_the_same_order(case: Case) -> None:
    mask = allowed(case.picture, case.search)
    found = list(slots(case.picture, case.search, mask))
    assert found == case.plain()


@settings(deadline=None)
@given(cases())
def test_a_day_says_at_each_minute_how_many_are_free(case: Case) -> None:
    mask = allowed(case.picture, case.search)
    plain = Counter((s.service_date, s.start_minute) for s in case.plain())
    found = free_days(case.search.window.first_day, counts(case.picture, case.search), mask)
    assert {
        (day.service_date, minute): count
        for day in found
        for minute, count in zip(day.starts, day.counts, strict=True)
    } == plain
    assert [day.service_date for day in found] == sorted({day for day, _ in plain})
    assert all(list(day.starts) == sorted(day.starts) for day in found)


@settings(deadline=None)
@given(cases())
def test_who_is_free_at_a_start_is_told_by_name(case: Case) -> None:
    anybody = replace(
        case.search,
        resident_id=None,
        window=replace(case.search.window, not_before=datetime(2026, 1, 1, tzinfo=TOKYO)),
    )
    case.search = anybody
    for slot in case.plain()[::7]:
        names = {
            s.counsellor_id
            for s in case.plain()
            if (s.service_date, s.start_minute) == (slot.service_date, slot.start_minute)
        }
        assert who(case.picture, anybody, slot.service_date, slot.start_minute) == sorted(names)
