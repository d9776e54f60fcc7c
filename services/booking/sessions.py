"""A pool counsellor's own appointments, of all municipalities: found by the pool's calendars, which name whose each is, and
read from that municipality one by one. Nobody asks a question of all municipalities at once."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.booking.appointment import TAKING, Appointment
from services.booking.desk import Desk
from services.booking.openings import zone_of
from services.booking.service_day import MINUTES, earliest_running, instant
from services.booking.store import Appointments, Calendars, Counsellors
from shared.clock import Clock
from shared.errors import NotFound
from shared.events.booking import MissedBy
from shared.idempotency import Command
from shared.pools import Pool
from shared.registry import Registry
from shared.tenancy import Tenant

BACK, AHEAD = 62, 181
"""Service days around today within which an appointment of one's own can be marked."""


@dataclass(frozen=True)
class Session:
    """An appointment and the municipality it belongs to."""

    tenant: Tenant
    appointment: Appointment


class Sessions:
    def __init__(
        self,
        clock: Clock,
        registry: Registry,
        counsellors: Counsellors,
        calendars: Calendars,
        appointments: Appointments,
        desk: Desk,
    ) -> None:
        self.clock = clock
        self.registry = registry
        self.counsellors = counsellors
        self.calendars = calendars
        self.appointments = appointments
        self.desk = desk

    def today(self, pool: Pool) -> date:
        """The service day that runs now."""
        return earliest_running(self.clock.now(), zone_of(pool))

    async def between(self, pool: Pool, counsellor_id: str, first_day: date, days: int) -> list[Session]:
        """The counsellor's appointments of these service days in order of time. Raises NotFound (no such counsellor)."""
        await self.counsellors.get(pool.id, counsellor_id)
        last_day = first_day + timedelta(days=days - 1)
        found = [
            session
            for tenant, appointment_id in await self._owners(pool, counsellor_id, first_day, last_day)
            if (session := await self._session(pool, counsellor_id, tenant, appointment_id))
            and first_day <= session.appointment.slot.service_date <= last_day
        ]
        return sorted(found, key=lambda s: (s.appointment.slot.starts_at, s.appointment.id))

    async def attended(
        self, pool: Pool, counsellor_id: str, appointment_id: str, note: str | None, command: Command
    ) -> Session:
        """Raises NotFound (also for anybody else's appointment), WrongState, NotStarted."""
        session = await self._one(pool, counsellor_id, appointment_id)
        marked = await self.desk.attended(session.tenant, appointment_id, note, command)
        return Session(session.tenant, marked)

    async def missed(
        self,
        pool: Pool,
        counsellor_id: str,
        appointment_id: str,
        by: MissedBy,
        note: str | None,
        command: Command,
    ) -> Session:
        """Raises NotFound (also for anybody else's appointment), WrongState, NotStarted."""
        session = await self._one(pool, counsellor_id, appointment_id)
        marked = await self.desk.missed(session.tenant, appointment_id, by, note, command)
        return Session(session.tenant, marked)

    async def _one(self, pool: Pool, counsellor_id: str, appointment_id: str) -> Session:
        today = self.today(pool)
        first, last = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
        for tenant, owner in await self._owners(pool, counsellor_id, first, last):
            if owner == appointment_id and (
                session := await self._session(pool, counsellor_id, tenant, appointment_id)
            ):
                return session
        raise NotFound(f"no appointment {appointment_id} of this counsellor")

    async def _owners(
        self, pool: Pool, counsellor_id: str, first_day: date, last_day: date
    ) -> list[tuple[str, str]]:
        zone = zone_of(pool)
        starts, ends = instant(first_day, 0, zone), instant(last_day, MINUTES, zone)
        return await self.calendars.owners(pool.id, counsellor_id, starts, ends)

    async def _session(
        self, pool: Pool, counsellor_id: str, tenant_id: str, appointment_id: str
    ) -> Session | None:
        """None when the calendar's owner is no appointment of this counsellor (any more)."""
        tenant = self.registry.tenant(tenant_id)
        if tenant is None:
            return None
        try:
            document = await self.appointments.fetch(tenant.id, appointment_id)
        except NotFound:
            return None
        appointment = self.appointments.read(tenant.id, document)
        theirs = (appointment.slot.pool, appointment.slot.counsellor_id) == (pool.id, counsellor_id)
        return Session(tenant, appointment) if theirs and appointment.state in TAKING else None
