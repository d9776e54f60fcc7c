"""What booking should be, in plain lists of intervals: no bits, no cells, no cleverness. Slow and obviously right.

A model says of a wish which refusals are true (`Refusals`); whichever of them the service gives is right, and none only if there are none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from shared.tenancy import Booking

HOLIDAYS = (date(2026, 11, 3), date(2026, 11, 23), date(2027, 1, 1))
"""文化の日, 勤労感謝の日, 元日: those that the machine can reach."""
Interval = tuple[datetime, datetime]
TAKING = ("held", "confirmed", "attended", "missed")


@cache
def at(day: date, minute: int) -> datetime:
    """Tokyo is nine hours ahead, always."""
    return datetime.combine(day, time(), UTC) + timedelta(minutes=minute) - timedelta(hours=9)


def overlap(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@dataclass
class Person:
    """A counsellor. Spans are minutes of the service day; `leaves` are by id."""

    id: str
    channels: list[str]
    weekly: list[tuple[int, int, int]]
    exceptions: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    works_holidays: bool = False
    cap: int | None = None
    active: bool = True
    leaves: dict[str, Interval] = field(default_factory=dict)

    def spans(self, day: date) -> list[tuple[int, int]]:
        if not self.active:
            return []
        if day in self.exceptions:
            return self.exceptions[day]
        if day in HOLIDAYS and not self.works_holidays:
            return []
        return [(start, end) for weekday, start, end in self.weekly if weekday == day.weekday()]

    def works(self, wish: "Wish") -> bool:
        """Begins in hours of its own day, is in hours to its end, whichever day's, and in no leave."""
        if wish.channel not in self.channels or any(
            overlap(wish.time, leave) for leave in self.leaves.values()
        ):
            return False
        if not any(start <= wish.minute < end for start, end in self.spans(wish.day)):
            return False
        reached = wish.time[0]
        near = [wish.day + timedelta(days=n) for n in (-1, 0, 1)]
        for opens, closes in sorted((at(d, s), at(d, e)) for d in near for s, e in self.spans(d)):
            if opens <= reached < closes:
                reached = closes
        return reached >= wish.time[1]


@dataclass
class Room:
    id: str
    channels: list[str]
    active: bool = True


@dataclass(frozen=True)
class Wish:
    counsellor: str | None
    channel: str
    day: date
    minute: int
    minutes: int

    @property
    def time(self) -> Interval:
        return at(self.day, self.minute), at(self.day, self.minute + self.minutes)

    def body(self) -> dict[str, Any]:
        return {
            "counsellor_id": self.counsellor,
            "channel": self.channel,
            "service_date": self.day.isoformat(),
            "start_minute": self.minute,
            "minutes": self.minutes,
        }


@dataclass
class Kept:
    """An appointment."""

    id: str
    resident: str
    wish: Wish
    buffer: int
    room: str | None
    state: str
    held_until: datetime | None = None
    cancelled_by: str | None = None
    missed_by: str | None = None
    reaffirmed: bool = False
    series: str | None = None
    version: int = 1

    @property
    def takes(self) -> bool:
        return self.state in TAKING

    @property
    def away(self) -> Interval:
        """What it takes of the counsellor's time."""
        start, end = self.wish.time
        return start, end + timedelta(minutes=self.buffer)


@dataclass(frozen=True)
class Refusals:
    """`must`: true, so that a refusal must come. `may`: would be understood, and need not come."""

    must: set[str]
    may: set[str] = field(default_factory=set)

    @property
    def all(self) -> set[str]:
        return self.must | self.may


@dataclass
class Town:
    """One municipality."""

    id: str
    terms: Booking
    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    residents: list[str] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)

    def taking(self, moving: Kept | None = None) -> list[Kept]:
        return [a for a in self.kept.values() if a.takes and (moving is None or a.id != moving.id)]

    def today(self, now: datetime) -> date:
        """Until 6:00 it is still yesterday."""
        return (now + timedelta(hours=3)).date()

    def in_horizon(self, day: date, now: datetime) -> bool:
        return day <= self.today(now) + timedelta(days=self.terms.horizon_days)

    def refusals(
        self, wish: Wish, resident: str | None, now: datetime, *, staff: bool, moving: Kept | None = None
    ) -> Refusals:
        """Why `wish`, with a counsellor named, cannot be had. Without a resident nobody's own calendar is looked at."""
        assert wish.counsellor
        person, others = self.people[wish.counsellor], self.taking(moving)
        away = (wish.time[0], wish.time[1] + timedelta(minutes=self.terms.buffer_minutes))
        of_resident = [a for a in others if a.resident == resident]
        of_counsellor = [a for a in others if a.wish.counsellor == wish.counsellor]
        notice = timedelta(minutes=0 if staff else self.terms.minimum_notice_minutes)
        resident_cap = None if staff or resident is None else self.terms.resident_daily_cap
        must = {
            "too-soon": wish.time[0] < now + notice,
            "too-far": not staff and not self.in_horizon(wish.day, now),
            "slot-not-offered": not person.works(wish),
            "no-room": self.needs_room(wish.channel) and not self.free_rooms(wish, moving),
            "resident-busy": any(overlap(wish.time, a.wish.time) for a in of_resident),
            "slot-taken": any(overlap(away, a.away) for a in of_counsellor),
        }
        full = {
            "resident-day-full": reached(of_resident, wish.day, resident_cap),
            "day-full": reached(of_counsellor, wish.day, person.cap),
        }
        same_day = moving is not None and moving.wish.day == wish.day  # its own place of that day is kept
        found = {slug for slug, true in must.items() if true}
        fulls = {slug for slug, true in full.items() if true}
        return Refusals(found, fulls) if same_day else Refusals(found | fulls)

    def needs_room(self, channel: str) -> bool:
        return any(channel in room.channels for room in self.rooms.values())

    def free_rooms(self, wish: Wish, moving: Kept | None = None) -> list[str]:
        taken = [a.room for a in self.taking(moving) if overlap(a.wish.time, wish.time)]
        fit = [r for r in self.rooms.values() if r.active and wish.channel in r.channels]
        return [room.id for room in fit if room.id not in taken]

    def who_could(
        self,
        wish: Wish,
        resident: str | None,
        now: datetime,
        *,
        staff: bool = False,
        moving: Kept | None = None,
    ) -> list[str]:
        """Counsellors with whom nothing is in the way of the wish."""
        return [
            person
            for person in self.people
            if not self.refusals(
                replace(wish, counsellor=person), resident, now, staff=staff, moving=moving
            ).all
        ]

    def offered(
        self, resident: str | None, now: datetime, first: date, days: int, channel: str, minutes: int
    ) -> Iterator[tuple[str, str, int]]:
        """Everything that is free: (counsellor, service date, minute)."""
        step = self.terms.cell_minutes
        for person in self.people.values():
            for day in (first + timedelta(days=n) for n in range(days)):
                begins = [m for start, end in person.spans(day) for m in range(start, end) if m % step == 0]
                for minute in begins:
                    wish = Wish(person.id, channel, day, minute, minutes)
                    if minute + minutes <= 1800 and not self.refusals(wish, resident, now, staff=False).all:
                        yield person.id, day.isoformat(), minute

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of appointments that share somebody or a room: none, ever."""
        found = []
        for one in self.taking():
            for other in self.taking(one):
                same_person = one.wish.counsellor == other.wish.counsellor and overlap(one.away, other.away)
                same_others = (one.resident == other.resident or (one.room and one.room == other.room)) and (
                    overlap(one.wish.time, other.wish.time)
                )
                if same_person or same_others:
                    found.append((one.id, other.id))
        return found


def reached(appointments: Sequence[Kept], day: date, cap: int | None) -> bool:
    return cap is not None and sum(a.wish.day == day for a in appointments) >= cap
