"""The one transaction of booking: an appointment, its events, and the cells that it takes or gives back."""

from dataclasses import replace

from services.booking.appointment import TAKING, Appointment
from services.booking.store.appointments import Appointments
from services.booking.store.calendars import Calendars, Entry, entries
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Session
from shared.outbox import Changes, Outbox


class Bookings:
    def __init__(self, outbox: Outbox, appointments: Appointments, calendars: Calendars) -> None:
        self.outbox = outbox
        self.appointments = appointments
        self.calendars = calendars

    async def create(
        self, tenant: str, appointment: Appointment, events: list[Payload], command: Command
    ) -> Appointment:
        """Raises CellsTaken, and Duplicate when this request has made it before; nothing is written then."""

        async def work(session: Session) -> Changes:
            changes = Changes(session)
            await self.calendars.exchange(tenant, session, take=entries(appointment))
            await self.appointments.add(tenant, appointment, events, command, changes)
            return changes

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return replace(appointment, version=1)

    async def change(
        self,
        tenant: str,
        before: Appointment,
        after: Appointment,
        events: list[Payload],
        command: Command | None,
    ) -> Appointment:
        """Raises StaleVersion when `before` is no longer the present state, CellsTaken; nothing is written then."""
        give, take = _owned(before), _owned(after)
        if give == take:
            version = await self.appointments.change(tenant, after, events, command)
            return replace(after, version=version)

        async def work(session: Session) -> Changes:
            changes = Changes(session)
            await self.appointments.change(tenant, after, events, command, changes)
            await self.calendars.exchange(tenant, session, give=give, take=take)
            return changes

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return replace(after, version=before.version + 1)


def _owned(appointment: Appointment) -> list[Entry]:
    return entries(appointment) if appointment.state in TAKING else []
