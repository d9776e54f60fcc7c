"""Giving the appointments of somebody who will not be there to somebody else, at the same time, each with the reason."""

from dataclasses import dataclass
from datetime import tzinfo

from services.booking.appointment import Appointment
from services.booking.desk import Desk
from services.booking.roster import Roster, Touched, leave_of
from services.booking.wish import Wish
from shared.errors import Conflict
from shared.idempotency import Command
from shared.registry import Registry


@dataclass(frozen=True)
class Reassigned:
    """`problem` is the slug of why nobody else can have it at that time; the appointment stays where it was then."""

    tenant: str
    appointment: Appointment
    problem: str | None = None


class Reassigning:
    def __init__(self, registry: Registry, roster: Roster, desk: Desk) -> None:
        self.registry = registry
        self.roster = roster
        self.desk = desk

    async def reassign(
        self, home: str, counsellor_id: str, leave_id: str, command: Command
    ) -> list[Reassigned]:
        """Give every appointment that lies in the leave to whom Banso would choose. Repeated, it goes on with what is left.

        Each is a transaction of its own: one that nobody can take keeps no other from being given. Raises NotFound.
        """
        counsellor = await self.roster.counsellors.get(home, counsellor_id)
        leave = leave_of(counsellor, leave_id)
        touched = await self.roster.touched(home, counsellor_id, leave.starts_at, leave.ends_at)
        return [await self._give(each, command) for each in touched]

    async def reassign_outside(
        self, home: str, counsellor_id: str, zone: tzinfo, command: Command
    ) -> list[Reassigned]:
        """The same for every appointment to come that lies outside of the counsellor's hours. Raises NotFound."""
        counsellor = await self.roster.counsellors.get(home, counsellor_id)
        return [await self._give(each, command) for each in await self.roster.outside(home, counsellor, zone)]

    async def _give(self, touched: Touched, command: Command) -> Reassigned:
        tenant = self.registry.tenants[touched.tenant]
        appointment = touched.appointment
        own = Command(f"{command.key}:{appointment.id}", command.fingerprint)
        try:
            moved = await self.desk.move(tenant, appointment.id, _same_time, own)
        except Conflict as refused:
            return Reassigned(tenant.id, appointment, refused.slug)
        return Reassigned(tenant.id, moved)


def _same_time(appointment: Appointment) -> Wish:
    slot = appointment.slot
    return appointment.wish(None, slot.service_date, slot.start_minute, not_with=(slot.counsellor_id,))
