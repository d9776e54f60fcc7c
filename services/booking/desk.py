"""The booking desk: what residents, staff and the clock do with appointments, each as one atomic change.

Every path that takes or gives back time goes through `_create` or `_change`, and both write appointment and calendars in one
transaction: the calendars' bits refuse an overlap, the appointment's version refuses two changes at once (a confirmation and the
expiry of the same hold, say). Neither is ever decided by what was read before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from services.booking import appointment as rules
from services.booking.appointment import Appointment, Outcome
from services.booking.availability import ResidentBusy, SlotTaken
from services.booking.openings import Openings, zone_of
from services.booking.slot import Slot, check_date, slot_at
from services.booking.store import Appointments, Bookings, Calendars, CellsTaken, Residents
from services.booking.store.calendars import resources_of
from shared.clock import Clock
from shared.errors import NotFound, Refused, StaleVersion, Unavailable
from shared.events.booking import AppointmentChannel, CancelledBy
from shared.idempotency import Command
from shared.mongo import Document, Duplicate
from shared.tenancy import Tenant

log = structlog.get_logger()

TRIES = 5
Making = Callable[[str, Slot, datetime], Outcome]
Rule = Callable[[Appointment, datetime], Outcome | None]


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: `start_minute` of the service day 0..1799, `minutes` long."""

    counsellor_id: str
    channel: AppointmentChannel
    service_date: date
    start_minute: int
    minutes: int


class Desk:
    def __init__(
        self,
        clock: Clock,
        openings: Openings,
        appointments: Appointments,
        calendars: Calendars,
        bookings: Bookings,
        residents: Residents,
    ) -> None:
        self.clock = clock
        self.openings = openings
        self.appointments = appointments
        self.calendars = calendars
        self.bookings = bookings
        self.residents = residents

    async def hold(self, tenant: Tenant, resident_id: str, wish: Wish, command: Command) -> Appointment:
        """Hold a slot for a resident. A repeated request gives the present state of what the first one made.

        Raises NotFound (no such counsellor), Invalid, NotOffered, TooSoon, TooFar, SlotTaken, ResidentBusy.
        """
        minutes = tenant.spec.booking.hold_minutes

        def making(new_id: str, slot: Slot, now: datetime) -> Outcome:
            return rules.hold(new_id, resident_id, slot, minutes, now)

        return await self._create(tenant, resident_id, wish, command, making, by_staff=False)

    async def book(self, tenant: Tenant, resident_id: str, wish: Wish, command: Command) -> Appointment:
        """Book for a resident, confirmed at once, as staff do. Raises as `hold`, and NotFound for an unknown resident."""
        if not await self.residents.known(tenant.id, resident_id):
            raise NotFound(f"no resident {resident_id}")

        def making(new_id: str, slot: Slot, now: datetime) -> Outcome:
            return rules.book(new_id, resident_id, slot, now)

        return await self._create(tenant, resident_id, wish, command, making, by_staff=True)

    async def confirm(
        self, tenant: Tenant, appointment_id: str, command: Command, resident_id: str
    ) -> Appointment:
        """Raises NotFound, HoldExpired, WrongState."""
        return await self._change(tenant.id, appointment_id, command, rules.confirm, resident_id)

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
        slot = await self._slot(tenant, wish_of(present), by_staff=resident_id is None)

        def rule(state: Appointment, now: datetime) -> Outcome | None:
            return rules.move(state, slot, now)

        for _ in range(TRIES):
            try:
                return await self._change(tenant.id, appointment_id, command, rule, resident_id)
            except CellsTaken:
                await self._refuse_taken(tenant, present.resident_id, slot, except_for=appointment_id)
        raise Unavailable("too many changes of the same calendars at once")

    async def cancel(
        self,
        tenant: Tenant,
        appointment_id: str,
        by: CancelledBy,
        reason: str | None,
        command: Command,
        resident_id: str | None = None,
    ) -> Appointment:
        """Raises NotFound, WrongState, AlreadyStarted."""

        def rule(state: Appointment, now: datetime) -> Outcome:
            return rules.cancel(state, by, reason, now)

        return await self._change(tenant.id, appointment_id, command, rule, resident_id)

    async def mark(
        self, tenant: Tenant, appointment_id: str, *, came: bool, note: str | None, command: Command
    ) -> Appointment:
        """Attended or missed. Raises NotFound, WrongState, NotStarted."""
        marking = rules.attend if came else rules.miss

        def rule(state: Appointment, now: datetime) -> Outcome:
            return marking(state, note, now)

        return await self._change(tenant.id, appointment_id, command, rule)

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

    async def _create(
        self,
        tenant: Tenant,
        resident_id: str,
        wish: Wish,
        command: Command,
        making: Making,
        *,
        by_staff: bool,
    ) -> Appointment:
        new_id = command.new_id("apt")
        try:
            slot = await self._slot(tenant, wish, by_staff=by_staff)
        except Refused:
            # what a repeated request made may be past its notice by now, or the counsellor's hours have changed
            if made := await self._made(tenant.id, new_id, command):
                return made
            raise
        for _ in range(TRIES):
            state, events = making(new_id, slot, self.clock.now())
            try:
                return await self.bookings.create(tenant.id, state, events, command)
            except (CellsTaken, Duplicate):
                if made := await self._made(tenant.id, new_id, command):
                    return made
                await self._refuse_taken(tenant, resident_id, slot)
        raise Unavailable("too many changes of the same calendars at once")

    async def _change(
        self,
        tenant_id: str,
        appointment_id: str,
        command: Command | None,
        rule: Rule,
        resident_id: str | None = None,
    ) -> Appointment:
        for _ in range(TRIES):
            document = await self._fetch(tenant_id, appointment_id, resident_id)
            before = self.appointments.read(tenant_id, document)
            if command and command.seen_in(document):
                return before
            outcome = rule(before, self.clock.now())
            if outcome is None:
                return before
            try:
                return await self.bookings.change(tenant_id, before, *outcome, command)
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same appointment at once")

    async def _slot(self, tenant: Tenant, wish: Wish, *, by_staff: bool) -> Slot:
        """The slot of a wish, if it may be asked for."""
        check_date("service_date", wish.service_date, self.openings.today(tenant))
        slot = slot_at(
            wish.counsellor_id,
            wish.channel,
            wish.service_date,
            wish.start_minute,
            wish.minutes,
            zone_of(tenant),
        )
        await self.openings.offered(tenant, slot, by_staff=by_staff)
        return slot

    async def _refuse_taken(
        self, tenant: Tenant, resident_id: str, slot: Slot, *, except_for: str | None = None
    ) -> None:
        """Say who is in the way, with alternatives. Returns when nobody is (any more): try again."""
        busy = await self.calendars.occupied(
            tenant.id, resources_of(resident_id, slot), slot, except_for=except_for
        )
        if not busy:
            return
        alternatives = await self.openings.alternatives(tenant, slot, resident_id)
        taken = any(resource.kind == "counsellor" for resource in busy)
        raise SlotTaken(alternatives) if taken else ResidentBusy(alternatives)

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
