"""The one transaction of booking: appointments, their events, and the cells that they take or give back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.booking.appointment import Appointment
from services.booking.claim import Claim, difference
from services.booking.store.appointments import Appointments
from services.booking.store.calendars import NO_CAPS, Calendars, Caps
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Session
from shared.outbox import Changes, Outbox

Admit = Callable[[Changes], Awaitable[Caps]]
"""Looks, inside the transaction, whether what is about to be written may be, and raises when not; returns the daily caps that hold."""


@dataclass(frozen=True)
class Change:
    """One appointment from one state to the next. `before` is None for a new one, whose id `command` gives."""

    before: Appointment | None
    after: Appointment
    events: Sequence[Payload]
    command: Command | None


class Bookings:
    def __init__(self, outbox: Outbox, appointments: Appointments, calendars: Calendars) -> None:
        self.outbox = outbox
        self.appointments = appointments
        self.calendars = calendars

    async def keep(
        self,
        tenant: str,
        changes: Sequence[Change],
        *,
        admit: Admit | None = None,
    ) -> list[Appointment]:
        """Keep all of `changes` or nothing; returns the appointments as they are kept.

        Raises StaleVersion when a `before` is no longer the present state, CellsTaken, Duplicate when a new one is there already, and
        whatever `admit` raises.
        """
        give, take = difference(_claims(tenant, changes, before=True), _claims(tenant, changes, before=False))
        if not give and not take and len(changes) == 1:
            change = changes[0]
            events = list(change.events)
            await self.appointments.change(tenant, change.after, events, change.command)
            return _kept(changes)

        async def work(session: Session) -> Changes:
            written = Changes(session)
            caps = await admit(written) if admit else NO_CAPS
            # what may be stale first: its refusal says more than a cell that is taken
            for change in changes:
                if change.before:
                    await self._write(tenant, change, written)
            await self.calendars.exchange(session, give=give, take=take, caps=caps)
            for change in changes:
                if not change.before:
                    await self._write(tenant, change, written)
            return written

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return _kept(changes)

    async def _write(self, tenant: str, change: Change, written: Changes) -> None:
        events = list(change.events)
        if change.before:
            await self.appointments.change(tenant, change.after, events, change.command, written)
        else:
            await self.appointments.add(tenant, change.after, events, change.command, written)


def _kept(changes: Sequence[Change]) -> list[Appointment]:
    return [replace(change.after, version=change.after.version + 1) for change in changes]


def _claims(tenant: str, changes: Sequence[Change], *, before: bool) -> list[Claim]:
    states = (change.before if before else change.after for change in changes)
    return [claim for state in states if state for claim in state.claims(tenant)]
