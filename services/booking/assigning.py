"""Whom to ask for a wished time: the counsellor somebody chose, or those whom Banso would choose, in order, each with the reason."""

from dataclasses import dataclass, replace
from typing import Any

from services.booking.appointment import Appointment
from services.booking.assignment import Standing
from services.booking.assignment import in_order as best_first
from services.booking.free_times import Search, in_the_way, who
from services.booking.openings import Openings
from services.booking.picture import Picture
from services.booking.room import in_order, serving
from services.booking.slot import Slot
from services.booking.store import Calendars
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
    def __init__(self, openings: Openings, calendars: Calendars, registry: Registry) -> None:
        self.openings = openings
        self.calendars = calendars
        self.registry = registry

    async def candidates(
        self,
        tenant: Tenant,
        wish: Wish,
        resident_id: str,
        moving: Appointment | None = None,
        last_counsellor: str | None = None,
        *,
        by_staff: bool = False,
    ) -> list[Candidate]:
        """Who could have the wished time, the best first; whoever was wished for is the only one. A hint: the write decides."""
        if wish.counsellor_id is not None:
            pool = await self._pool_of(tenant, wish.counsellor_id)
            # a pool's counsellor is told the language; their own municipality's people know the resident
            said = {"code": "chosen", "language": wish.language} if pool and wish.language else None
            return [Candidate(wish.counsellor_id, pool, said)]
        search = self._search(tenant, wish, resident_id, moving, by_staff)
        if search is None:
            return []
        view = await self.openings.view(tenant, past=True)
        if in_the_way(view.own, search, wish.service_date, wish.start_minute):
            return []
        standings = [
            standing
            for pool, picture in view.everybody
            for standing in _standings(picture, pool, search, wish, last_counsellor)
        ]
        weeks = min((len(standing.weeks) for standing in standings), default=0)
        alike = [replace(standing, weeks=standing.weeks[:weeks]) for standing in standings]
        week = view.own.workload.week_number(wish.service_date)
        chosen = best_first(alike, wish, week)
        return [Candidate(a.counsellor_id, a.pool, a.as_json()) for a in chosen]

    async def in_the_way(
        self, tenant: Tenant, wish: Wish, resident_id: str, moving: Appointment | None, *, by_staff: bool
    ) -> str | None:
        """What keeps the wished time from being taken with anybody, by the codes of `free_times.conditions`; None: it is a matter of people."""
        search = self._search(tenant, wish, resident_id, moving, by_staff)
        if search is None:
            return None
        view = await self.openings.view(tenant)
        return in_the_way(view.own, search, wish.service_date, wish.start_minute)

    def _search(
        self, tenant: Tenant, wish: Wish, resident_id: str, moving: Appointment | None, by_staff: bool
    ) -> Search | None:
        return self.openings.search(
            tenant,
            wish.service_date,
            1,
            wish.asked(),
            wish.minutes,
            resident_id=resident_id,
            own_limit=True,
            moving=moving,
            by_staff=by_staff,
        )

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
        view = await self.openings.view(tenant)
        rooms = serving(view.own.rooms.values(), slot.channel)
        if rooms is None:
            return None
        ordered = in_order([room.id for room in rooms], slot.counsellor_id)
        if moving and moving.slot.room_id in ordered:
            ordered = [moving.slot.room_id, *(i for i in ordered if i != moving.slot.room_id)]
        spared = [moving.id] if moving else []
        return await self.calendars.free_of(
            tenant.id, ordered, slot.starts_at, slot.ends_at, except_for=spared
        )


def _standings(
    picture: Picture, pool: str | None, search: Search, wish: Wish, last_counsellor: str | None
) -> list[Standing]:
    """Those of the picture's people who are free at the wished time. What moves counts for nobody: its own day is not full by it."""
    free = who(picture, search, wish.service_date, wish.start_minute)
    people = [picture.people[name] for name in free if name not in wish.not_with]
    with picture.without(search.moving):
        return [
            Standing(
                counsellor,
                pool,
                picture.workload.weeks(counsellor),
                picture.workload.count(counsellor.id, wish.service_date),
                counsellor.id == last_counsellor,
            )
            for counsellor in people
        ]
