"""The booking desk: what residents, staff and the clock do with appointments, each as one atomic change.

Every path that takes or gives back time writes appointments and calendars in one transaction (`store.bookings`): the calendars' bits
refuse an overlap, the appointment's version refuses two changes at once (a confirmation and the expiry of the same hold, say), and the
counsellor's hours are read in that same transaction (`placing`). Nothing is decided by what was read before.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from services.booking import appointment as rules
from services.booking.appointment import Appointment, Outcome
from services.booking.assigning import Candidate
from services.booking.placing import TRIES, Asker, Placing
from services.booking.risk import History, helps_to_be_reminded
from services.booking.slot import Slot
from services.booking.store import Appointments, Bookings, Residents
from services.booking.store.bookings import Change
from services.booking.wish import Wish
from shared.clock import Clock
from shared.errors import NotFound, Refused, StaleVersion, Unavailable
from shared.events.booking import CancelledBy, MissedBy
from shared.idempotency import Command
from shared.mongo import Document
from shared.tenancy import Tenant

log = structlog.get_logger()

Making = Callable[[str, Slot, Candidate, datetime], Outcome]
Rule = Callable[[Appointment, datetime], Outcome | None]


class Desk:
    def __init__(
        self,
        clock: Clock,
        appointments: Appointments,
        bookings: Bookings,
        residents: Residents,
        placing: Placing,
    ) -> None:
        self.clock = clock
        self.appointments = appointments
        self.bookings = bookings
        self.residents = residents
        self.placing = placing

    async def hold(self, tenant: Tenant, resident_id: str, wish: Wish, command: Command) -> Appointment:
        """Hold a slot for a resident. A repeated request gives the present state of what the first one made.

        Raises NotFound (no such counsellor), Invalid, NotOffered, TooSoon, TooFar, SlotTaken, DayFull, ResidentBusy, ResidentDayFull.
        """
        lasting = timedelta(minutes=tenant.spec.booking.hold_minutes)

        def making(new_id: str, slot: Slot, candidate: Candidate, now: datetime) -> Outcome:
            return rules.hold(
                new_id,
                resident_id,
                slot,
                now + lasting,
                now,
                assignment=candidate.assignment,
                extra_reminder=self._helps(tenant, asker, slot, now),
                wishes=wish.wishes,
            )

        asker = await self._asker(tenant, resident_id, by_staff=False)
        return await self._create(tenant, wish, command, making, asker)

    async def hold_for(
        self,
        tenant: Tenant,
        resident_id: str,
        wish: Wish,
        until: datetime,
        command: Command,
        *,
        waiting_id: str,
    ) -> Appointment:
        """Hold a slot until `until` for somebody who waits for one. Raises as `hold`."""

        def making(new_id: str, slot: Slot, candidate: Candidate, now: datetime) -> Outcome:
            return rules.hold(
                new_id,
                resident_id,
                slot,
                until,
                now,
                assignment=candidate.assignment,
                waiting_id=waiting_id,
                extra_reminder=self._helps(tenant, asker, slot, now),
                wishes=wish.wishes,
            )

        asker = await self._asker(tenant, resident_id, by_staff=False)
        return await self._create(tenant, wish, command, making, asker)

    async def book(self, tenant: Tenant, resident_id: str, wish: Wish, command: Command) -> Appointment:
        """Book for a resident, confirmed at once, as staff do. Raises as `hold`, and NotFound for an unknown resident."""
        if not await self.residents.known(tenant.id, resident_id):
            raise NotFound(f"no resident {resident_id}")

        def making(new_id: str, slot: Slot, candidate: Candidate, now: datetime) -> Outcome:
            return rules.book(
                new_id,
                resident_id,
                slot,
                now,
                assignment=candidate.assignment,
                extra_reminder=self._helps(tenant, asker, slot, now),
                wishes=wish.wishes,
            )

        asker = await self._asker(tenant, resident_id, by_staff=True)
        return await self._create(tenant, wish, command, making, asker)

    async def confirm(
        self, tenant: Tenant, appointment_id: str, command: Command, resident_id: str
    ) -> Appointment:
        """Raises NotFound, HoldExpired, WrongState."""
        return await self._change(tenant.id, appointment_id, command, rules.confirm, resident_id)

    async def reaffirm(
        self, tenant: Tenant, appointment_id: str, command: Command, resident_id: str
    ) -> Appointment:
        """The resident says that they are coming. Raises NotFound, WrongState, AlreadyStarted."""
        return await self._change(tenant.id, appointment_id, command, rules.reaffirm, resident_id)

    async def move(
        self,
        tenant: Tenant,
        appointment_id: str,
        wish_of: Callable[[Appointment], Wish],
        command: Command,
        resident_id: str | None = None,
    ) -> Appointment:
        """Move to the slot that `wish_of` makes of the present state. `resident_id` is who asks, None for staff.

        Raises as `hold`, and WrongState, AlreadyStarted.
        """
        document = await self._fetch(tenant.id, appointment_id, resident_id)
        present = self.appointments.read(tenant.id, document)
        if command.seen_in(document):
            return present

        async def change_of(slot: Slot, candidate: Candidate, again: bool) -> Change | Appointment:
            document = await self._fetch(tenant.id, appointment_id, resident_id)
            before = self.appointments.read(tenant.id, document)
            if command.seen_in(document):
                return before
            outcome = rules.move(before, slot, self.clock.now())
            if outcome is None:
                return _remembered(before, command)
            moved, events = outcome
            return Change(before, replace(moved, assignment=candidate.assignment), events, command)

        past = await self.appointments.past(tenant.id, present.resident_id)
        asker = Asker(present.resident_id, resident_id is None, present, past)
        return await self.placing.place(tenant, wish_of(present), asker, change_of)

    async def likely(self, tenant: Tenant, present: Appointment, wish: Wish) -> Candidate:
        """Who would have the resident's appointment if it moved now: a hint, the move decides. Raises as `hold`."""
        past = await self.appointments.past(tenant.id, present.resident_id)
        asker = Asker(present.resident_id, False, present, past)
        return (await self.placing.candidates(tenant, wish, asker))[0]

    async def swap(
        self, tenant: Tenant, held_id: str, for_id: str, command: Command, resident_id: str
    ) -> Appointment:
        """Move the resident's appointment `for_id` into the time that their hold `held_id` keeps; the hold goes. One transaction.

        Raises NotFound, HoldExpired, WrongState, AlreadyStarted.
        """
        for _ in range(TRIES):
            document = await self._fetch(tenant.id, for_id, resident_id)
            before = self.appointments.read(tenant.id, document)
            if command.seen_in(document):
                return before
            held = await self.get(tenant, held_id, resident_id)
            (gone, gone_events), (moved, moved_events) = rules.swap(held, before, self.clock.now())
            changes = [Change(held, gone, gone_events, None), Change(before, moved, moved_events, command)]
            try:
                return (await self.bookings.keep(tenant.id, changes))[1]
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same appointment at once")

    async def cancel(
        self,
        tenant: Tenant,
        appointment_id: str,
        by: CancelledBy,
        reason: str | None,
        command: Command,
        resident_id: str | None = None,
        *,
        with_series: bool = False,
        told_by_series: bool = False,
    ) -> Appointment:
        """The flags are the event's. Raises NotFound, WrongState, AlreadyStarted."""

        def rule(state: Appointment, now: datetime) -> Outcome:
            return rules.cancel(
                state, by, reason, now, with_series=with_series, told_by_series=told_by_series
            )

        return await self._change(tenant.id, appointment_id, command, rule, resident_id)

    async def attended(
        self, tenant: Tenant, appointment_id: str, note: str | None, command: Command
    ) -> Appointment:
        """Raises NotFound, WrongState, NotStarted."""

        def rule(state: Appointment, now: datetime) -> Outcome:
            return rules.attend(state, note, now)

        return await self._change(tenant.id, appointment_id, command, rule)

    async def missed(
        self, tenant: Tenant, appointment_id: str, by: MissedBy, note: str | None, command: Command
    ) -> Appointment:
        """Raises NotFound, WrongState, NotStarted."""

        def rule(state: Appointment, now: datetime) -> Outcome:
            return rules.miss(state, by, note, now)

        return await self._change(tenant.id, appointment_id, command, rule)

    async def link(self, tenant: Tenant, appointment_id: str, starts_at: datetime, url: str) -> Appointment:
        """Keep where the online session that begins at `starts_at` is held. Raises NotFound."""

        def rule(state: Appointment, now: datetime) -> Outcome | None:
            return rules.link(state, starts_at, url)

        return await self._change(tenant.id, appointment_id, None, rule)

    async def expire_due(self, tenant_id: str) -> int:
        """Let go of every hold of the tenant that has run out; returns how many were let go."""
        gone = 0
        due = await self.appointments.due(tenant_id, self.clock.now())
        for appointment_id in due:
            try:
                await self._change(tenant_id, appointment_id, None, rules.expire)
                gone += 1
            except Unavailable:
                raise
            except Exception as error:  # one that cannot be read keeps no other from being let go
                kind = type(error).__name__
                log.error("hold_not_expired", tenant=tenant_id, appointment_id=appointment_id, error=kind)
        return gone

    async def get(self, tenant: Tenant, appointment_id: str, resident_id: str | None = None) -> Appointment:
        """Raises NotFound, also for another resident's when `resident_id` asks."""
        document = await self._fetch(tenant.id, appointment_id, resident_id)
        return self.appointments.read(tenant.id, document)

    async def _asker(self, tenant: Tenant, resident_id: str, *, by_staff: bool) -> Asker:
        past = await self.appointments.past(tenant.id, resident_id)
        return Asker(resident_id, by_staff, past=past)

    def _helps(self, tenant: Tenant, asker: Asker, slot: Slot, now: datetime) -> bool:
        history = History(asker.past.attended, asker.past.missed)
        return helps_to_be_reminded(history, slot.starts_at - now, tenant.spec.booking)

    async def _create(
        self, tenant: Tenant, wish: Wish, command: Command, making: Making, asker: Asker
    ) -> Appointment:
        new_id = command.new_id("apt")

        async def change_of(slot: Slot, candidate: Candidate, again: bool) -> Change | Appointment:
            if again and (made := await self._made(tenant.id, new_id, command)):
                return made
            return Change(None, *making(new_id, slot, candidate, self.clock.now()), command)

        try:
            return await self.placing.place(tenant, wish, asker, change_of)
        except Refused:
            # a repeated request: what it made may be past its notice by now, or its own time is what is in the way
            if made := await self._made(tenant.id, new_id, command):
                return made
            raise

    async def _change(
        self,
        tenant_id: str,
        appointment_id: str,
        command: Command | None,
        rule: Rule,
        resident_id: str | None = None,
    ) -> Appointment:
        """A change that takes no other time than the appointment has."""
        for _ in range(TRIES):
            document = await self._fetch(tenant_id, appointment_id, resident_id)
            before = self.appointments.read(tenant_id, document)
            if command and command.seen_in(document):
                return before
            outcome = rule(before, self.clock.now())
            if outcome is None and command is None:
                return before
            change = Change(before, *outcome, command) if outcome else _remembered(before, command)
            try:
                return (await self.bookings.keep(tenant_id, [change]))[0]
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same appointment at once")

    async def _made(self, tenant_id: str, new_id: str, command: Command) -> Appointment | None:
        """What this very request made before. Raises IdempotencyConflict when it came with another body."""
        try:
            document = await self.appointments.fetch(tenant_id, new_id)
        except NotFound:
            return None
        command.seen_in(document)
        return self.appointments.read(tenant_id, document)

    async def _fetch(self, tenant_id: str, appointment_id: str, resident_id: str | None) -> Document:
        document = await self.appointments.fetch(tenant_id, appointment_id)
        if resident_id not in (None, document["resident_id"]):
            raise NotFound(f"no appointment {appointment_id} of this resident")
        return document


def _remembered(present: Appointment, command: Command | None) -> Change:
    """A request that found nothing to do is done all the same: sent again after a real change, it must not undo that."""
    return Change(present, present, [], command)
