"""Booking a series: all its dates or none, with one counsellor, in one transaction; what stands in the way is told date by date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.booking import appointment as rules
from services.booking.appointment import Appointment
from services.booking.assigning import Assigning, Candidate
from services.booking.availability import check_offered
from services.booking.desk import Desk
from services.booking.openings import Openings, zone_of
from services.booking.placing import TRIES, Asker, Placing, slot_for
from services.booking.series import Series, SeriesBlocked, SeriesRule, check_series
from services.booking.slot import Slot
from services.booking.store import AllSeries, CellsTaken, Residents
from services.booking.store.bookings import Change
from services.booking.store.calendars import Caps
from services.booking.wish import Wish
from shared.errors import Conflict, NotFound, Unavailable
from shared.idempotency import Command
from shared.mongo import Document, Duplicate
from shared.outbox import Changes
from shared.tenancy import Tenant

CONSIDERED = 8
"""Counsellors who are looked at for a series that names none."""


@dataclass(frozen=True)
class Occasion:
    """One date of a series: the slot, or the slug of what stands in the way."""

    service_date: date
    slot: Slot
    problem: str | None = None


@dataclass(frozen=True)
class Outlook:
    """Who it would be, and how each date looks now."""

    candidate: Candidate
    occasions: tuple[Occasion, ...]

    @property
    def blocked(self) -> list[tuple[date, str]]:
        return [(o.service_date, o.problem) for o in self.occasions if o.problem]


class Recurring:
    def __init__(
        self,
        openings: Openings,
        assigning: Assigning,
        placing: Placing,
        desk: Desk,
        residents: Residents,
        series: AllSeries,
    ) -> None:
        self.openings = openings
        self.assigning = assigning
        self.placing = placing
        self.desk = desk
        self.residents = residents
        self.series = series

    async def preview(
        self, tenant: Tenant, resident_id: str, rule: SeriesRule, counsellor_id: str | None
    ) -> Outlook:
        """How every date looks with the counsellor who was chosen, else with whoever has the fewest dates in the way. Changes nothing.

        Raises Invalid, NotFound, TooSoon, NobodyFree (on the first date).
        """
        check_series(rule, self.openings.today(tenant))
        if not await self.residents.known(tenant.id, resident_id):
            raise NotFound(f"no resident {resident_id}")
        past = await self.desk.appointments.past(tenant.id, resident_id)
        candidates = await self.placing.candidates(
            tenant, _wish(rule, rule.dates()[0], counsellor_id), Asker(resident_id, by_staff=True, past=past)
        )
        outlooks = []
        for candidate in candidates[:CONSIDERED]:
            outlook = await self._outlook(tenant, resident_id, rule, candidate)
            outlooks.append(outlook)
            if not outlook.blocked:
                break
        return min(outlooks, key=lambda outlook: len(outlook.blocked))

    async def book(
        self, tenant: Tenant, resident_id: str, rule: SeriesRule, counsellor_id: str | None, command: Command
    ) -> tuple[Series, list[Appointment]]:
        """All dates, confirmed at once. Raises as `preview`, and SeriesBlocked, with nothing booked."""
        new_id = command.new_id("ser")
        if made := await self._made(tenant.id, new_id, command):
            return made, await self.appointments(tenant, made)
        for _ in range(TRIES):
            outlook = await self.preview(tenant, resident_id, rule, counsellor_id)
            if outlook.blocked:
                raise SeriesBlocked(outlook.blocked)
            series = Series(new_id, resident_id, outlook.candidate.counsellor_id, rule)
            try:
                return series, await self._keep(tenant, series, outlook, command)
            except (CellsTaken, Duplicate):
                if made := await self._made(tenant.id, new_id, command):
                    return made, await self.appointments(tenant, made)
        raise Unavailable("too many changes of the same calendars at once")

    async def get(self, tenant: Tenant, series_id: str) -> tuple[Series, list[Appointment]]:
        """Raises NotFound."""
        series = self.series.read(await self.series.fetch(tenant.id, series_id))
        return series, await self.appointments(tenant, series)

    async def cancel_from(
        self, tenant: Tenant, series_id: str, from_date: date, reason: str | None, command: Command
    ) -> tuple[Series, list[Appointment]]:
        """Cancel what is still to come from that service date on, told once; what was moved is part of it.

        Told once, too, when it was cut short and is sent again. Raises NotFound, IdempotencyConflict.
        """
        series, appointments = await self.get(tenant, series_id)
        documents = await self._documents(tenant, series)
        told = any(_own(command, document["_id"]).seen_in(document) for document in documents)
        for appointment in appointments:
            if appointment.slot.service_date >= from_date and appointment.state in ("held", "confirmed"):
                own = _own(command, appointment.id)
                try:
                    await self.desk.cancel(
                        tenant, appointment.id, "staff", reason, own, with_series=True, told_by_series=told
                    )
                except Conflict:
                    continue  # it has begun meanwhile, or the resident cancelled it themselves
                told = True
        return await self.get(tenant, series_id)

    async def appointments(self, tenant: Tenant, series: Series) -> list[Appointment]:
        """The series' appointments in order of their time now; the first ones may no longer be kept."""
        store = self.desk.appointments
        found = [store.read(tenant.id, document) for document in await self._documents(tenant, series)]
        return sorted(found, key=lambda a: (a.slot.starts_at, a.id))

    async def _documents(self, tenant: Tenant, series: Series) -> list[Document]:
        found = []
        for day in series.rule.dates():
            try:
                found.append(await self.desk.appointments.fetch(tenant.id, _appointment_id(series.id, day)))
            except NotFound:
                continue
        return found

    async def _keep(
        self, tenant: Tenant, series: Series, outlook: Outlook, command: Command
    ) -> list[Appointment]:
        now = self.desk.clock.now()
        changes = []
        for n, occasion in enumerate(outlook.occasions):
            appointment_id = _appointment_id(series.id, occasion.service_date)
            state, events = rules.book(
                appointment_id,
                series.resident_id,
                occasion.slot,
                now,
                assignment=outlook.candidate.assignment,
                series_id=series.id,
                told_by_series=n > 0,
            )
            changes.append(Change(None, state, events, None))

        async def admit(written: Changes) -> Caps:
            await self.series.add(tenant.id, series, command, written)
            slot = outlook.occasions[0].slot
            counsellor = await self.placing.counsellor(tenant, slot, written)
            for occasion in outlook.occasions:
                check_offered(
                    counsellor, occasion.slot, tenant.spec.booking, zone_of(tenant), now, by_staff=True
                )
            return self.placing.caps(tenant, slot, counsellor, Asker(series.resident_id, by_staff=True))

        return await self.desk.bookings.keep(tenant.id, changes, admit=admit)

    async def _outlook(
        self, tenant: Tenant, resident_id: str, rule: SeriesRule, candidate: Candidate
    ) -> Outlook:
        occasions = [
            await self._occasion(tenant, resident_id, _wish(rule, day, candidate.counsellor_id), candidate)
            for day in rule.dates()
        ]
        return Outlook(candidate, tuple(occasions))

    async def _occasion(self, tenant: Tenant, resident_id: str, wish: Wish, candidate: Candidate) -> Occasion:
        slot = replace(slot_for(tenant, wish, candidate.counsellor_id), pool=candidate.pool)
        asker = Asker(resident_id, by_staff=True)
        counsellor = await self.placing.counsellor(tenant, slot)
        try:
            check_offered(
                counsellor,
                slot,
                tenant.spec.booking,
                zone_of(tenant),
                self.desk.clock.now(),
                by_staff=True,
            )
        except Conflict as refused:
            return Occasion(wish.service_date, slot, refused.slug)
        rooms = await self.assigning.rooms_for(tenant, slot, None)
        if rooms is not None:
            if not rooms:
                return Occasion(wish.service_date, slot, "no-room")
            slot = replace(slot, room_id=rooms[0])
        claims = Appointment("", resident_id, slot, "confirmed", self.desk.clock.now()).claims(tenant.id)
        caps = self.placing.caps(tenant, slot, counsellor, asker)
        found = await self.placing.calendars.in_the_way(claims, caps=caps)
        return Occasion(wish.service_date, slot, _problem([(r.kind, how) for r, how in found]))

    async def _made(self, tenant_id: str, series_id: str, command: Command) -> Series | None:
        try:
            document = await self.series.fetch(tenant_id, series_id)
        except NotFound:
            return None
        command.seen_in(document)
        return self.series.read(document)


def _appointment_id(series_id: str, day: date) -> str:
    """Each date's appointment has an id that follows from the series, so that a series booked twice meets itself."""
    return Command(f"{series_id}:{day.isoformat()}", "").new_id("apt")


def _own(command: Command, appointment_id: str) -> Command:
    """What a request for the whole series is to one of its appointments."""
    return Command(f"{command.key}:{appointment_id}", command.fingerprint)


def _wish(rule: SeriesRule, day: date, counsellor_id: str | None) -> Wish:
    return Wish(counsellor_id, rule.channel, day, rule.start_minute, rule.minutes)


def _problem(found: Sequence[tuple[str, str]]) -> str | None:
    how = dict(reversed(found))
    if "resident" in how:
        return "resident-busy"
    if "counsellor" in how:
        return "slot-taken" if how["counsellor"] == "taken" else "day-full"
    return "no-room" if "room" in how else None
