"""Keeping appointments with a pool's counsellors: the pool's ledger is part of the same transaction as calendars and appointments."""

from collections.abc import Sequence
from dataclasses import replace

from services.booking.appointment import Appointment
from services.booking.assignment_texts import with_quota
from services.booking.pooling import Pooling, use_of
from services.booking.quota import Code
from services.booking.store import Appointments, Bookings, Calendars
from services.booking.store.bookings import Admit, Change
from services.booking.store.calendars import NO_CAPS, Caps
from services.booking.store.ledger import Exchange
from shared.outbox import Changes, Outbox


class PooledBookings(Bookings):
    """Bookings that settle what they use of pools on the way; why it was given is recorded with the assignment."""

    def __init__(
        self, outbox: Outbox, appointments: Appointments, calendars: Calendars, pooling: Pooling
    ) -> None:
        super().__init__(outbox, appointments, calendars)
        self.pooling = pooling

    async def keep(
        self, tenant: str, changes: Sequence[Change], *, admit: Admit | None = None
    ) -> list[Appointment]:
        """As `Bookings.keep`; raises NotAMember, PoolQuotaUsed, PoolReserved, too."""
        before, after = [change.before for change in changes], [change.after for change in changes]
        if not any(use_of(tenant, state) for state in (*before, *after)):
            return await super().keep(tenant, changes, admit=admit)
        exchange = await self.pooling.exchange(tenant, before, after)
        if not exchange.give and not exchange.take:
            return await super().keep(tenant, changes, admit=admit)
        settled = list(changes)

        async def admitted(written: Changes) -> Caps:
            caps = await admit(written) if admit else NO_CAPS
            codes = await self.pooling.ledger.exchange(
                written.session, give=exchange.give, take=exchange.take
            )
            settled[:] = _recorded(tenant, changes, exchange, codes)
            return caps

        return await super().keep(tenant, settled, admit=admitted)


def _recorded(
    tenant: str, changes: Sequence[Change], exchange: Exchange, codes: Sequence[Code]
) -> list[Change]:
    """The changes with why each pool's time was given; what gave back as much as it took keeps what was recorded first."""
    given = [(asked.use, code) for asked, code in zip(exchange.take, codes, strict=True)]
    recorded = []
    for change in changes:
        use = use_of(tenant, change.after)
        code = next((code for asked, code in given if asked == use), None)
        if code is not None and use is not None:
            given.remove((use, code))
            before = (change.before.assignment or {}) if change.before else {}
            why = before.get("quota", code) if code == "kept" else code
            record = with_quota(change.after.assignment, why)
            if spoken := before.get("language"):  # a move wishes for another time, not for another language
                record["language"] = record.get("language") or spoken
            change = replace(change, after=replace(change.after, assignment=record))
        recorded.append(change)
    return recorded
