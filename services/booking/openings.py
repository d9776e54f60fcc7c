"""Free slots as callers ask for them: reads the calendars, lets `availability` compute."""

from collections.abc import Iterable
from datetime import date, timedelta
from heapq import merge
from zoneinfo import ZoneInfo

from services.booking.appointment import Appointment
from services.booking.availability import check_offered, free_slots, nearest, window
from services.booking.cells import cell_number, span_bits
from services.booking.service_day import earliest_running
from services.booking.slot import Slot, check_date, check_minutes
from services.booking.store import Calendars, Counsellors
from shared.clock import Clock
from shared.events.booking import AppointmentChannel
from shared.pools import Pool
from shared.tenancy import Tenant

LOOK_BACK, LOOK_AHEAD = 3, 7
"""Service days before and after a slot that was taken, within which alternatives are looked for."""


def zone_of(home: Tenant | Pool) -> ZoneInfo:
    """The zone that the tenant's (or pool's) service days are told in."""
    return ZoneInfo(home.spec.time_zone)


class Openings:
    def __init__(self, clock: Clock, counsellors: Counsellors, calendars: Calendars) -> None:
        self.clock = clock
        self.counsellors = counsellors
        self.calendars = calendars

    def today(self, tenant: Tenant) -> date:
        """The first service day that one could still book in."""
        return earliest_running(self.clock.now(), zone_of(tenant))

    async def free(
        self,
        tenant: Tenant,
        first_day: date,
        days: int,
        channel: AppointmentChannel,
        minutes: int,
        *,
        resident_id: str | None = None,
        counsellor_id: str | None = None,
        moving: Appointment | None = None,
    ) -> Iterable[Slot]:
        """Free slots in order of time, computed as they are taken; for a resident without those that overlap what they have already.

        The time of the appointment that is to be moved (`moving`) counts as free. Raises Invalid.
        """
        check_date("from", first_day, self.today(tenant))
        check_minutes(minutes, tenant.spec.booking.cell_minutes)
        asked = window(first_day, days, tenant.spec.booking, zone_of(tenant), self.clock.now())
        if asked is None:
            return []
        busy = await self.calendars.counsellors_busy(tenant.id, asked.base, asked.end)
        own = await self._own(tenant.id, resident_id, asked.base, asked.end)
        spared = _cells(moving.slot, asked.base) if moving else 0
        cell_minutes = tenant.spec.booking.cell_minutes
        found: list[Iterable[Slot]] = []
        for counsellor in await self.counsellors.all(tenant.id):
            if counsellor_id not in (None, counsellor.id):
                continue
            theirs = busy.get(counsellor.id, 0)
            if moving and moving.slot.counsellor_id == counsellor.id:
                theirs &= ~spared
            taken = theirs | (own & ~spared)
            found.append(free_slots(counsellor, taken, asked, channel, minutes, cell_minutes))
        return merge(*found, key=lambda slot: (slot.starts_at, slot.counsellor_id))

    async def alternatives(self, tenant: Tenant, wanted: Slot, resident_id: str) -> list[Slot]:
        """The three free slots of the same kind that are nearest to one that was taken."""
        first = max(wanted.service_date - timedelta(days=LOOK_BACK), self.today(tenant))
        days = max((wanted.service_date - first).days, 0) + LOOK_AHEAD + 1
        free = await self.free(tenant, first, days, wanted.channel, wanted.minutes, resident_id=resident_id)
        return nearest(free, wanted)

    async def offered(self, tenant: Tenant, slot: Slot, *, by_staff: bool) -> None:
        """Whether the slot may be asked for. Raises NotFound (no such counsellor), Invalid, NotOffered, TooSoon, TooFar."""
        counsellor = await self.counsellors.get(tenant.id, slot.counsellor_id)
        check_offered(
            counsellor, slot, tenant.spec.booking, zone_of(tenant), self.clock.now(), by_staff=by_staff
        )

    async def _own(self, tenant_id: str, resident_id: str | None, base: int, end: int) -> int:
        if resident_id is None:
            return 0
        return await self.calendars.busy(tenant_id, resident_id, base, end)


def _cells(slot: Slot, base: int) -> int:
    return span_bits(base, cell_number(slot.starts_at), cell_number(slot.ends_at))
