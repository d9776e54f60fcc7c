"""The one transaction of booking: appointments, their events, and the cells that they take or give back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.booking.appointment import TAKING, Appointment
from services.booking.assignment_texts import with_quota
from services.booking.claim import Claim, difference
from services.booking.quota import Code
from services.booking.store.appointments import Appointments
from services.booking.store.calendars import NO_CAPS, Calendars, Caps
from services.booking.store.ledger import Exchange, Ledger
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Session
from shared.outbox import Changes, Outbox

Admit = Callable[[Changes], Awaitable[Caps]]
"""Looks, inside the transaction, whether what is about to be written may be, and raises when not; returns the daily caps that hold."""

ExchangeOf = Callable[[str, Sequence[Appointment | None], Sequence[Appointment]], Awaitable[Exchange]]
"""What a tenant's step from one state of appointments to the next gives back and asks of pools."""


@dataclass(frozen=True)
class Change:
    """One appointment from one state to the next. `before` is None for a new one, whose id `command` gives."""

    before: Appointment | None
    after: Appointment
    events: Sequence[Payload]
    command: Command | None


class Bookings:
    def __init__(
        self,
        outbox: Outbox,
        appointments: Appointments,
        calendars: Calendars,
        ledger: Ledger,
        exchange_of: ExchangeOf,
    ) -> None:
        self.outbox = outbox
        self.appointments = appointments
        self.calendars = calendars
        self.ledger = ledger
        self.exchange_of = exchange_of

    async def keep(
        self,
        tenant: str,
        changes: Sequence[Change],
        *,
        admit: Admit | None = None,
    ) -> list[Appointment]:
        """Keep all of `changes` or nothing; returns the appointments as they are kept.

        Raises StaleVersion when a `before` is no longer the present state, CellsTaken, Duplicate when a new one is there already,
        what a pool's quota refuses (PoolQuotaUsed, PoolReserved, NotAMember), and whatever `admit` raises.
        """
        give, take = difference(_claims(tenant, changes, before=True), _claims(tenant, changes, before=False))
        if not give and not take and len(changes) == 1:
            change = changes[0]
            events = list(change.events)
            await self.appointments.change(tenant, change.after, events, change.command)
            return _kept(changes)
        pools = await self.exchange_of(tenant, [c.before for c in changes], [c.after for c in changes])
        kept: list[Change] = []

        async def work(session: Session) -> Changes:
            written = Changes(session)
            caps = await admit(written) if admit else NO_CAPS
            codes = await self.ledger.exchange(session, give=pools.give, take=pools.take)
            kept[:] = _granted(changes, pools, codes)
            # what may be stale first: its refusal says more than a cell that is taken
            for change in kept:
                if change.before:
                    await self._write(tenant, change, written)
            await self.calendars.exchange(session, give=give, take=take, caps=caps)
            for change in kept:
                if not change.before:
                    await self._write(tenant, change, written)
            return written

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return _kept(kept)

    async def _write(self, tenant: str, change: Change, written: Changes) -> None:
        events = list(change.events)
        if change.before:
            let_go = change.before.state == "held" and change.after.state == "cancelled"
            more = {"let_go_at": self.outbox.clock.now()} if let_go else {}
            await self.appointments.change(tenant, change.after, events, change.command, written, **more)
        else:
            await self.appointments.add(tenant, change.after, events, change.command, written)


def _granted(changes: Sequence[Change], exchange: Exchange, codes: Sequence[Code]) -> list[Change]:
    """The changes with why each pool's time was given; what gave back as much as it took keeps what was recorded first."""
    given = [(asked.use, code) for asked, code in zip(exchange.take, codes, strict=True)]
    granted = []
    for change in changes:
        slot = change.after.slot
        wanted = (slot.pool, slot.service_date, slot.minutes) if change.after.state in TAKING else None
        found = next((g for g in given if (g[0].pool, g[0].service_date, g[0].minutes) == wanted), None)
        if found:
            given.remove(found)
            record = with_quota(change.after.assignment, found[1])
            change = replace(change, after=replace(change.after, assignment=record))
        granted.append(change)
    return granted


def _kept(changes: Sequence[Change]) -> list[Appointment]:
    return [replace(change.after, version=change.after.version + 1) for change in changes]


def _claims(tenant: str, changes: Sequence[Change], *, before: bool) -> list[Claim]:
    states = (change.before if before else change.after for change in changes)
    return [claim for state in states if state for claim in state.claims(tenant)]
