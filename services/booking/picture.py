"""What a process knows by heart of one home, a municipality or a pool: who works when, and who has which time.

It is told of every change with the number of that change, and the newest wins: told twice, or in another order, it comes out the same.
It is a hint for people to choose from; the write decides.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, tzinfo

import numpy as np

from services.booking.axis import Axis
from services.booking.claim import Kind
from services.booking.counsellor import Asked, Counsellor
from services.booking.matrix import Matrix, Rows
from services.booking.room import Room, serving
from services.booking.tally import Tally
from services.booking.workload import Workload
from shared.events.booking import AppointmentChannel

TALLIES = 12


@dataclass(frozen=True)
class Part:
    """Cells `first` to `end` (exclusive, absolute) of a resource. `counted_on`: the service day on which it is one more appointment."""

    kind: Kind
    resource: str
    first: int
    end: int
    counted_on: date | None = None


class Picture:
    """Of `home`, `days` service days from `first_day` on."""

    def __init__(self, home: str, first_day: date, days: int, zone: tzinfo) -> None:
        self.home, self.zone = home, zone
        self.people: dict[str, Counsellor] = {}
        self.rooms: dict[str, Room] = {}
        self._owned: dict[str, tuple[int, tuple[Part, ...]]] = {}
        self._of: dict[tuple[Kind, str], dict[tuple[str, int], Part]] = {}
        self.workload = Workload(first_day, days, zone)
        self._lay_out(first_day, days)

    def _lay_out(self, first_day: date, days: int) -> None:
        self.axis = Axis(first_day, days, self.zone)
        self.matrix, self.room_matrix = Matrix(self.axis), Matrix(self.axis)
        self.row: dict[str, int] = {}
        self._room_row: dict[str, int] = {}
        self._tallies: OrderedDict[tuple[Asked, int, int], Tally] = OrderedDict()
        people, rooms = list(self.people.values()), list(self.rooms.values())
        for counsellor in people:
            self.put(counsellor)
        for room in rooms:
            self.put_room(room)

    def put(self, counsellor: Counsellor) -> None:
        """Somebody is new, or works in other hours than before."""
        known = self.people.get(counsellor.id)
        if known and known.version > counsellor.version:
            return
        self.people[counsellor.id] = counsellor
        row = self.row.get(counsellor.id)
        if row is None:
            row = self.row[counsellor.id] = self.matrix.add_row()
            self.matrix.set_busy(row, self._spans("counsellor", counsellor.id))
        self.matrix.set_hours(row, counsellor.hours)
        self._tallies.clear()
        self._fill(counsellor)

    def put_room(self, room: Room) -> None:
        known = self.rooms.get(room.id)
        if known and known.version > room.version:
            return
        self.rooms[room.id] = room
        if room.id not in self._room_row:
            row = self._room_row[room.id] = self.room_matrix.add_row()
            self.room_matrix.open_always(row)
            self.room_matrix.set_busy(row, self._spans("room", room.id))

    def knows(self, owner: str, sequence: int) -> bool:
        """Whether this change of the owner, or a later one, has been told already."""
        known = self._owned.get(owner)
        return known is not None and known[0] >= sequence

    def holds(self, owner: str) -> bool:
        """Whether the owner has any time here."""
        return bool(self._owned.get(owner, (0, ()))[1])

    def tell(self, owner: str, sequence: int, parts: Sequence[Part]) -> None:
        """From its change number `sequence` on the owner has these parts and no others. Older news than what is known changes nothing."""
        if self.knows(owner, sequence):
            return
        before = self._owned.get(owner, (0, ()))[1]
        after = tuple(parts)
        for part in before:
            if part not in after:
                self._release(owner, part)
        for part in after:
            if part not in before:
                self._take(owner, part)
        self._owned[owner] = (sequence, after)

    def held_by(self, kind: Kind, resource: str) -> Iterator[tuple[str, Part]]:
        """What anybody has of the resource's time: (owner, part)."""
        return ((owner, part) for (owner, _), part in self._of.get((kind, resource), {}).items())

    def roll(self, first_day: date, days: int) -> None:
        """Let the picture begin on `first_day` and show `days`."""
        passed = (first_day - self.axis.first_day).days
        if passed == 0 and days == self.axis.days:
            return
        self._forget()
        self.workload.show(first_day, days)
        if days != self.axis.days or not 0 < passed < days:
            self._lay_out(first_day, days)
            return
        self.axis = Axis(first_day, days, self.zone)
        new = range(days - passed, days)
        for matrix in (self.matrix, self.room_matrix):
            matrix.axis = self.axis
            matrix.roll(passed)
        self._tallies.clear()
        for counsellor in self.people.values():
            self.matrix.set_hours(self.row[counsellor.id], counsellor.hours, new)
            self._fill(counsellor)
        for row in self._room_row.values():
            self.room_matrix.open_always(row)
        for (kind, resource), owners in self._of.items():
            for part in owners.values():
                if part.end > self.axis.bases[new[0]]:
                    self._mark(kind, resource, part, taken=True)

    def rows(self, asked: Asked) -> Rows:
        """Who fits; None: everybody does."""
        fitting = [self.row[c.id] for c in self.people.values() if asked.fits(c)]
        return None if len(fitting) == self.matrix.count else np.array(sorted(fitting), np.intp)

    def tally(self, asked: Asked, length: int, tail: int) -> Tally:
        """How many of who fits are free at each start."""
        key = (asked, length, tail)
        found = self._tallies.pop(key, None) or Tally(self.matrix, self.rows(asked), length, tail)
        self._tallies[key] = found
        while len(self._tallies) > TALLIES:
            self._tallies.popitem(last=False)
        return found

    def room_rows(self, channel: AppointmentChannel) -> Rows:
        """Rows of the rooms that an appointment by this channel may use; None: it needs none."""
        usable = serving(self.rooms.values(), channel)
        if usable is None:
            return None
        return np.array([self._room_row[room.id] for room in usable], np.intp)

    @contextmanager
    def without(self, owner: str | None) -> Iterator[None]:
        """As if the owner had given its counsellor's time back, within the block; nothing may be told meanwhile."""
        parts = self._owned.get(owner, (0, ()))[1] if owner else ()
        mine = [p for p in parts if p.kind in ("counsellor", "room")]
        for part in mine:
            self._release(owner or "", part)
        try:
            yield
        finally:
            for part in mine:
                self._take(owner or "", part)

    def _spans(self, kind: Kind, resource: str) -> list[tuple[int, int]]:
        return [(part.first, part.end) for part in self._of.get((kind, resource), {}).values()]

    def _take(self, owner: str, part: Part) -> None:
        self._of.setdefault((part.kind, part.resource), {})[owner, part.first] = part
        self._mark(part.kind, part.resource, part, taken=True)
        self._count(part, 1)

    def _release(self, owner: str, part: Part) -> None:
        others = self._of[part.kind, part.resource]
        del others[owner, part.first]
        self._mark(part.kind, part.resource, part, taken=False)
        for other in others.values():  # news may come out of order: somebody else may have this time already
            if other.first < part.end and part.first < other.end:
                self._mark(part.kind, part.resource, other, taken=True)
        self._count(part, -1)

    def _mark(self, kind: Kind, resource: str, part: Part, *, taken: bool) -> None:
        matrix, rows = (self.matrix, self.row) if kind == "counsellor" else (self.room_matrix, self._room_row)
        row = rows.get(resource) if kind in ("counsellor", "room") else None
        if row is not None:
            (matrix.take if taken else matrix.release)(row, part.first, part.end)

    def _count(self, part: Part, by: int) -> None:
        if part.kind != "counsellor" or part.counted_on is None:
            return
        self.workload.add(part.resource, part.counted_on, part.end - part.first, by)
        counsellor = self.people.get(part.resource)
        if counsellor and counsellor.daily_cap is not None:
            full = self.workload.count(counsellor.id, part.counted_on) >= counsellor.daily_cap
            self.matrix.set_full(self.row[counsellor.id], self.axis.number(part.counted_on), full)

    def _fill(self, counsellor: Counsellor) -> None:
        cap, row = counsellor.daily_cap, self.row[counsellor.id]
        for number in range(self.axis.days):
            full = cap is not None and self.workload.count(counsellor.id, self.axis.day(number)) >= cap
            self.matrix.set_full(row, number, full)

    def _forget(self) -> None:
        """Drop what ended before the weeks that still count."""
        oldest = Axis(self.workload.oldest, 1, self.zone).bases[0]
        for owner, (_, parts) in list(self._owned.items()):
            if all(part.end <= oldest for part in parts):
                for part in parts:
                    self._release(owner, part)
                del self._owned[owner]
