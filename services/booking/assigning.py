"""Whom to ask for a wished time: the counsellor somebody chose, or those whom Banso would choose, in order, each with the reason."""

from dataclasses import dataclass
from typing import Any

from services.booking.appointment import Appointment
from services.booking.openings import Openings
from services.booking.room import in_order, serving
from services.booking.slot import Slot
from services.booking.store import Calendars, Rooms
from services.booking.wish import Wish
from shared.errors import NotFound
from shared.registry import Registry
from shared.tenancy import Tenant


@dataclass(frozen=True)
class Candidate:
    """`pool` is the pool of a pool's counsellor. `assignment` is the recorded reason, None when somebody chose them."""

    counsellor_id: str
    pool: str | None = None
    assignment: dict[str, Any] | None = None


class Assigning:
    def __init__(self, openings: Openings, calendars: Calendars, rooms: Rooms, registry: Registry) -> None:
        self.openings = openings
        self.calendars = calendars
        self.rooms = rooms
        self.registry = registry

    async def candidates(
        self,
        tenant: Tenant,
        wish: Wish,
        resident_id: str,
        moving: Appointment | None = None,
        last_counsellor: str | None = None,
    ) -> list[Candidate]:
        """Who could have the wished time, the best first; whoever was wished for is the only one. A hint: the write decides."""
        if wish.counsellor_id is not None:
            pool = await self._pool_of(tenant, wish.counsellor_id)
            # a pool's counsellor is told the language; their own municipality's people know the resident
            chosen = {"code": "chosen", "language": wish.language} if pool and wish.language else None
            return [Candidate(wish.counsellor_id, pool, chosen)]
        free = await self.openings.free(
            tenant, wish.service_date, 1, wish.channel, wish.minutes, resident_id=resident_id, moving=moving
        )
        return [
            Candidate(slot.counsellor_id)
            for slot in free
            if slot.start_minute == wish.start_minute and slot.counsellor_id not in wish.not_with
        ]

    async def _pool_of(self, tenant: Tenant, counsellor_id: str) -> str | None:
        """The pool that a counsellor belongs to who is not the tenant's own."""
        pools = [pool.id for pool in self.registry.pools_of(tenant.id)]
        if not pools:
            return None
        counsellors = self.openings.counsellors
        for home in (tenant.id, *pools):
            try:
                await counsellors.get(home, counsellor_id)
            except NotFound:
                continue
            return None if home == tenant.id else home
        return None

    async def rooms_for(self, tenant: Tenant, slot: Slot, moving: Appointment | None) -> list[str] | None:
        """Rooms that are free for the slot now, None when the way to talk needs none. A move keeps its room where it can."""
        rooms = serving(await self.rooms.all(tenant.id), slot.channel)
        if rooms is None:
            return None
        ordered = in_order([room.id for room in rooms], slot.counsellor_id)
        if moving and moving.slot.room_id in ordered:
            ordered = [moving.slot.room_id, *(i for i in ordered if i != moving.slot.room_id)]
        spared = [moving.id] if moving else []
        return await self.calendars.free_of(
            tenant.id, ordered, slot.starts_at, slot.ends_at, except_for=spared
        )
