"""Counsellors whom a municipality's appointments may be with, and the rooms where, for the staff's pages."""

from services.booking.counsellor import Counsellor
from services.booking.store import Counsellors, Rooms
from shared.pools import Pool
from shared.registry import Registry
from shared.tenancy import Tenant


class StaffPeople:
    def __init__(self, registry: Registry, counsellors: Counsellors, rooms: Rooms) -> None:
        self.registry = registry
        self.counsellors = counsellors
        self._rooms = rooms

    async def rooms(self, tenant: Tenant) -> dict[str, str]:
        """Names of rooms and lines by id."""
        return {room.id: room.name for room in await self._rooms.all(tenant.id)}

    async def own(self, home: Tenant | Pool) -> dict[str, Counsellor]:
        """The municipality's, or the pool's, own, by id, in order of creation."""
        return {found.id: found for found in await self.counsellors.all(home.id)}

    async def all(self, home: Tenant | Pool) -> dict[str, Counsellor]:
        """The same with those of its pools after them; a pool has none behind it."""
        known = await self.own(home)
        for pool in self.registry.pools_of(home.id):
            known |= {found.id: found for found in await self.counsellors.all(pool.id)}
        return known
