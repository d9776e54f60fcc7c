"""The process's memory of who is free when: a `picture` of each home, kept current from booking's own events.

What this process writes itself is in its pictures at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeVar

import structlog

from services.booking.cells import cell_number
from services.booking.picture import Part, Picture
from services.booking.service_day import earliest_running
from services.booking.store import Counsellors, Rooms
from services.booking.store.holdings import Holdings
from services.booking.workload import BEHIND
from shared.clock import Clock
from shared.errors import NotFound, Poison
from shared.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentHeld,
    AppointmentMoved,
    CounsellorChanged,
    RoomChanged,
    ShiftChanged,
    ShiftPlanned,
)
from shared.events.envelope import Event, read
from shared.following import Following
from shared.memory import Kept, Memory

log = structlog.get_logger()
T = TypeVar("T")

FAR = timedelta(days=3650)
A_TURN = 20
OVERHANG = 2
"""Service days beyond those asked for: the night of the last one is still seen."""
APPOINTMENT = "apt_"
"""What counts on its service day; shifts, stays and imported times only take time."""
TAKING: dict[str, type[AppointmentHeld] | type[AppointmentConfirmed] | type[AppointmentMoved]] = {
    payload.TYPE: payload for payload in (AppointmentHeld, AppointmentConfirmed, AppointmentMoved)
}
SHIFTS: dict[str, type[ShiftPlanned] | type[ShiftChanged]] = {
    payload.TYPE: payload for payload in (ShiftPlanned, ShiftChanged)
}


@dataclass(frozen=True)
class Home:
    """A municipality or a pool, and how far ahead its people are asked for."""

    id: str
    zone: tzinfo
    days: int


@dataclass(frozen=True)
class Begun:
    """A picture, and the first day that was read into it."""

    picture: Picture
    since: date


@dataclass(frozen=True)
class Seen:
    """A picture to read from, until the next await. `as_of`: what was published by then is in it."""

    picture: Picture
    as_of: datetime


class Diary:
    def __init__(self, clock: Clock, counsellors: Counsellors, rooms: Rooms, holdings: Holdings) -> None:
        self.clock = clock
        self.counsellors = counsellors
        self.rooms = rooms
        self.holdings = holdings
        self.memory: Memory[Begun] = Memory("picture")

    async def see(self, home: Home, *, past: bool = False) -> Seen:
        """The home's picture from the service day that runs now on. `past`: with the work of the weeks behind (`Picture.workload`)."""
        if self.memory.current:
            kept = self._kept_since(home)
            if await self.memory.settled(home.id, kept):
                picture = kept.thing.picture
                picture.roll(self._today(home.zone), max(home.days + OVERHANG, picture.axis.days))
                return Seen(picture, self.clock.now() - timedelta(seconds=self.memory.age))
        as_of = self.clock.now()
        picture = self._blank(home)
        await self._load(picture, past=past, beyond=False)
        return Seen(picture, as_of)

    async def ready(self, home: Home) -> bool:
        """Whether the home's picture is in memory and current; begins to read it when it is not."""
        return self.memory.current and self.memory.holds(home.id, self._kept_since(home))

    def heard(self, event: Event) -> None:
        """Something has happened: from the stream, or just written by this process."""
        try:
            self._apply(event)
        except Poison as error:
            log.error("event_unreadable", event_id=event.id, type=event.type, error=str(error))

    def lost(self) -> None:
        """Events were missed: every picture is read anew when it is next asked for."""
        self.memory.lost()

    async def follow(
        self, following: Following, homes: Callable[[], Iterable[Home]], stop: asyncio.Event
    ) -> None:
        """Keep pictures current until `stop`, and read those of all homes as soon as they are known."""

        async def look() -> None:
            for home in homes():
                await self.ready(home)

        await self.memory.follow(following, look, stop)

    def _today(self, zone: tzinfo) -> date:
        return earliest_running(self.clock.now(), zone)

    def _blank(self, home: Home) -> Picture:
        return Picture(home.id, self._today(home.zone), home.days + OVERHANG, home.zone)

    def _kept_since(self, home: Home) -> Kept[Begun]:
        """What is kept of the home, or what is begun now; a clock that was put back may ask for days that were never read."""
        kept = self.memory.kept.get(home.id)
        if kept and kept.thing.since > self._today(home.zone):
            self.memory.drop(home.id)
            kept = None
        return kept or self._keep(home)

    def _keep(self, home: Home) -> Kept[Begun]:
        picture = self._blank(home)
        begun = Begun(picture, picture.axis.first_day)
        return self.memory.keep(home.id, begun, self._load(picture, past=True, beyond=True))

    async def _load(self, picture: Picture, *, past: bool, beyond: bool) -> None:
        first = picture.axis.first_day - timedelta(days=BEHIND + 7 if past else 1)
        last = picture.axis.day(picture.axis.days) + (FAR if beyond else timedelta(days=1))
        # who has what before who there is: a row is then laid out once
        owned: dict[str, list[Part]] = {}
        for held in await self.holdings.between(picture.home, first, last):
            counts = held.kind != "room" and held.owner.startswith(APPOINTMENT)
            counted_on = held.counted_on if counts else None
            part = Part(held.kind, held.resource, held.first, held.end, counted_on)
            owned.setdefault(held.owner, []).append(part)
        async for owner in _in_turns(owned):
            picture.tell(owner, 0, owned[owner])
        for room in await self.rooms.all(picture.home):
            picture.put_room(room)
        async for counsellor in _in_turns(await self.counsellors.all(picture.home)):
            picture.put(counsellor)

    def _apply(self, event: Event) -> None:
        if event.type in (CounsellorChanged.TYPE, RoomChanged.TYPE):
            self._reread(event)
        elif payload := TAKING.get(event.type):
            self._tell(event, lambda: _parts(event.tenantid, read(event, payload)))
        elif event.type == AppointmentCancelled.TYPE:
            self._tell(event, dict)
        elif shift := SHIFTS.get(event.type):
            self._tell(event, lambda: _parts_of_shift(event.tenantid, read(event, shift)))

    def _tell(self, event: Event, parts_of: Callable[[], dict[str, list[Part]]]) -> None:
        """Every home is told: one that an appointment has left must hear it too."""
        owner, sequence = event.subject, event.sequence
        every = self.memory.kept.values()
        unaware = [kept for kept in every if not kept.thing.picture.knows(owner, sequence)]
        parts = parts_of() if unaware else {}
        for kept in unaware:
            picture = kept.thing.picture
            concerned = picture.home in (event.tenantid, *parts) or picture.holds(owner)
            if concerned or not kept.loaded.done():
                picture.tell(owner, sequence, parts.get(picture.home, ()))

    def _reread(self, event: Event) -> None:
        kept = self.memory.kept.get(event.tenantid)
        if kept is None:
            return
        picture = kept.thing.picture
        anew: Coroutine[Any, Any, None] = (
            self._reread_counsellor(picture, event.subject)
            if event.type == CounsellorChanged.TYPE
            else self._reread_room(picture, event.subject)
        )
        self.memory.change(event.tenantid, kept, anew)

    async def _reread_counsellor(self, picture: Picture, counsellor_id: str) -> None:
        try:
            picture.put(await self.counsellors.get(picture.home, counsellor_id))
        except NotFound:
            log.warning("counsellor_not_found", home=picture.home)

    async def _reread_room(self, picture: Picture, room_id: str) -> None:
        try:
            picture.put_room(await self.rooms.get(picture.home, room_id))
        except NotFound:
            log.warning("room_not_found", home=picture.home)


async def _in_turns(things: Iterable[T]) -> AsyncIterator[T]:
    """One after another, and between every few of them whatever else the process has to do."""
    for number, thing in enumerate(things):
        if number % A_TURN == 0:
            await asyncio.sleep(0)
        yield thing


def _parts(
    tenant: str, slot: AppointmentHeld | AppointmentConfirmed | AppointmentMoved
) -> dict[str, list[Part]]:
    """What an appointment takes, by home."""
    first, end = cell_number(slot.starts_at), cell_number(slot.ends_at)
    away = cell_number(slot.ends_at + timedelta(minutes=slot.buffer_minutes))
    own = [Part("resident", slot.resident_id, first, end, slot.service_date)]
    if slot.room_id:
        own.append(Part("room", slot.room_id, first, end))
    counsellor = Part("counsellor", slot.counsellor_id, first, away, slot.service_date)
    if slot.pool:
        return {tenant: own, slot.pool: [counsellor]}
    return {tenant: [counsellor, *own]}


def _parts_of_shift(tenant: str, shift: ShiftPlanned | ShiftChanged) -> dict[str, list[Part]]:
    if isinstance(shift, ShiftChanged) and shift.withdrawn:
        return {tenant: []}
    first, end = cell_number(shift.starts_at), cell_number(shift.ends_at)
    return {tenant: [Part("resident", shift.resident_id, first, end)]}
