"""Finding a place for an appointment: who of the candidates, in which room, and what is in the way when nobody can.

What is read here is a hint; the transaction decides. It reads the counsellor's hours itself, takes the cells, and fails when one of
them is taken. Then a look tells why: the next candidate, another room, or a refusal that carries the three nearest free times.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.booking.appointment import Appointment
from services.booking.assigning import Assigning, Candidate
from services.booking.availability import (
    DayFull,
    NobodyFree,
    NoRoom,
    NotOffered,
    ResidentBusy,
    ResidentDayFull,
    SlotTaken,
    check_offered,
    check_time,
)
from services.booking.claim import Resource
from services.booking.counsellor import Counsellor
from services.booking.openings import Openings, zone_of
from services.booking.quota import PoolQuotaUsed, PoolReserved
from services.booking.slot import Slot, check_date, slot_at
from services.booking.store import Bookings, Calendars, CellsTaken
from services.booking.store.appointments import Past
from services.booking.store.bookings import Change
from services.booking.store.calendars import Caps
from services.booking.wish import Wish
from shared.clock import Clock
from shared.errors import StaleVersion, Unavailable
from shared.mongo import Duplicate
from shared.outbox import Changes
from shared.tenancy import Tenant

TRIES = 12
NOBODY_YET = Past(0, 0, None)
REFUSALS: Mapping[str, type[ResidentBusy | ResidentDayFull | NoRoom]] = {
    "resident": ResidentBusy,
    "resident-cap": ResidentDayFull,
    "rooms": NoRoom,
}
"""What keeps a time from being anybody's, by the conditions of `free_times`."""


@dataclass(frozen=True)
class Asker:
    """On whose word a time is taken. Staff need keep neither notice, horizon nor the resident's own daily limit.

    `moving` is the resident's appointment that gives its time back in the same step, `past` what is known of earlier ones.
    """

    resident_id: str
    by_staff: bool
    moving: Appointment | None = None
    past: Past = NOBODY_YET


ChangeOf = Callable[[Slot, Candidate, bool], Awaitable[Change | Appointment]]
"""The change that puts an appointment into a slot; an appointment when there is nothing to do (any more). The flag: not the first try."""


class Placing:
    def __init__(
        self, clock: Clock, openings: Openings, calendars: Calendars, bookings: Bookings, assigning: Assigning
    ) -> None:
        self.clock = clock
        self.openings = openings
        self.calendars = calendars
        self.bookings = bookings
        self.assigning = assigning

    async def place(self, tenant: Tenant, wish: Wish, asker: Asker, change_of: ChangeOf) -> Appointment:
        """Keep the change with the first candidate who can be had.

        Raises NotFound (no such counsellor), Invalid, NotOffered, TooSoon, TooFar, SlotTaken, DayFull, NoRoom, ResidentBusy,
        ResidentDayFull, PoolQuotaUsed, PoolReserved.
        """
        candidates = await self.candidates(tenant, wish, asker)
        again = False
        for candidate in candidates:
            for _ in range(TRIES):
                slot = await self._in_a_room(tenant, wish, candidate, asker)
                change = await change_of(slot, candidate, again)
                if isinstance(change, Appointment):
                    return change
                again = True
                try:
                    return await self._keep(tenant, change, asker)
                except StaleVersion:
                    continue
                except (PoolQuotaUsed, PoolReserved, NotOffered):
                    if candidate is candidates[-1]:
                        raise
                    break  # another candidate may be of another pool, and work in the hours that were read
                except (CellsTaken, Duplicate):
                    last = candidate is candidates[-1]
                    if await self._counsellor_is_taken(tenant, wish, change.after, asker, last=last):
                        break
        raise Unavailable("too many changes of the same calendars at once")

    async def candidates(self, tenant: Tenant, wish: Wish, asker: Asker) -> Sequence[Candidate]:
        """Who could have it, the best first; at least one. Raises Invalid, NotFound, TooSoon, TooFar, NobodyFree."""
        check_date("service_date", wish.service_date, self.openings.today(tenant))
        found = await self.assigning.candidates(
            tenant,
            wish,
            asker.resident_id,
            asker.moving,
            asker.past.last_counsellor,
            by_staff=asker.by_staff,
        )
        if not found:
            slot = slot_for(tenant, wish, "")
            terms, now = tenant.spec.booking, self.clock.now()
            check_time(slot, terms, zone_of(tenant), now, by_staff=asker.by_staff)
            why = await self.assigning.in_the_way(
                tenant, wish, asker.resident_id, asker.moving, by_staff=asker.by_staff
            )
            raise REFUSALS.get(why or "", NobodyFree)(await self._alternatives(tenant, wish, slot, asker))
        return found

    async def _keep(self, tenant: Tenant, change: Change, asker: Asker) -> Appointment:
        slot = change.after.slot

        async def admit(written: Changes) -> Caps:
            counsellor = await self.counsellor(tenant, slot, written)
            check_offered(
                counsellor,
                slot,
                tenant.spec.booking,
                zone_of(tenant),
                self.clock.now(),
                by_staff=asker.by_staff,
            )
            return self.caps(tenant, slot, counsellor, asker)

        return (await self.bookings.keep(tenant.id, [change], admit=admit))[0]

    async def _counsellor_is_taken(
        self, tenant: Tenant, wish: Wish, wanted: Appointment, asker: Asker, *, last: bool
    ) -> bool:
        """Whether the next candidate must be asked; False when nothing is in the way (any more), or a room that can be another.

        Raises what keeps the time from being taken by anybody; with the `last` candidate also that the counsellor is.
        """
        slot = wanted.slot
        caps = self.caps(tenant, slot, await self.counsellor(tenant, slot), asker)
        leaving = asker.moving.claims(tenant.id) if asker.moving else ()
        found = await self.calendars.in_the_way(
            wanted.claims(tenant.id), caps=caps, except_for=(wanted.id,), leaving=leaving
        )
        how = {resource.kind: how for resource, how in reversed(found)}
        if "resident" in how:
            refusal: type[ResidentBusy | ResidentDayFull | SlotTaken | DayFull] = (
                ResidentBusy if how["resident"] == "taken" else ResidentDayFull
            )
        elif "counsellor" not in how:
            return False
        elif not last:
            return True
        else:
            refusal = SlotTaken if how["counsellor"] == "taken" else DayFull
        raise refusal(await self._alternatives(tenant, wish, slot, asker))

    async def counsellor(self, tenant: Tenant, slot: Slot, written: Changes | None = None) -> Counsellor:
        """The slot's counsellor, as the transaction of `written` sees them if it is given. Raises NotFound."""
        home = slot.pool or tenant.id
        return await self.openings.counsellors.get(home, slot.counsellor_id, changes=written)

    def caps(self, tenant: Tenant, slot: Slot, counsellor: Counsellor, asker: Asker) -> Caps:
        """The daily limits that hold: staff may book beyond a resident's own, nobody beyond a counsellor's."""
        caps: dict[Resource, int] = {}
        if counsellor.daily_cap is not None:
            caps[Resource(slot.pool or tenant.id, "counsellor", slot.counsellor_id)] = counsellor.daily_cap
        if (cap := tenant.spec.booking.resident_daily_cap) is not None and not asker.by_staff:
            caps[Resource(tenant.id, "resident", asker.resident_id)] = cap
        return caps

    async def _in_a_room(self, tenant: Tenant, wish: Wish, candidate: Candidate, asker: Asker) -> Slot:
        slot = replace(slot_for(tenant, wish, candidate.counsellor_id), pool=candidate.pool)
        rooms = await self.assigning.rooms_for(tenant, slot, asker.moving)
        if rooms is None:
            return slot
        if not rooms:
            raise NoRoom(await self._alternatives(tenant, wish, slot, asker))
        return replace(slot, room_id=rooms[0])

    async def _alternatives(self, tenant: Tenant, wish: Wish, slot: Slot, asker: Asker) -> list[Slot]:
        """With whoever could have been asked; who named nobody is told of other times, not of who is free at the same one."""
        return await self.openings.alternatives(
            tenant,
            slot,
            wish.asked(),
            asker.resident_id,
            by_staff=asker.by_staff,
            moving=asker.moving,
            apart=wish.counsellor_id is None,
        )


def slot_for(tenant: Tenant, wish: Wish, counsellor_id: str) -> Slot:
    """The wished time with one counsellor, before pool and room are known. Raises Invalid."""
    zone, terms = zone_of(tenant), tenant.spec.booking
    slot = slot_at(counsellor_id, wish.channel, wish.service_date, wish.start_minute, wish.minutes, zone)
    return replace(slot, buffer_minutes=terms.buffer_minutes)
