"""Changing when counsellors work: hours, leave and imported busy times, and the appointments that such a change touches.

A change is one transaction with a mark in the calendar of every day that it may concern. A booking reads the hours in its own
transaction and writes the same calendars, so that of the two the later one sees the earlier: no appointment slips into a leave.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from services.booking.appointment import Appointment
from services.booking.cells import utc_days
from services.booking.claim import Resource
from services.booking.counsellor import Counsellor
from services.booking.hours import Absence
from services.booking.service_day import MINUTES, instant
from services.booking.store import Appointments, Calendars, Counsellors
from shared.clock import Clock
from shared.errors import Invalid, NotFound, StaleVersion, Unavailable
from shared.idempotency import Command
from shared.mongo import Session
from shared.outbox import Changes

TRIES = 5
DAWN = 360
"""6:00: before it runs the night of the service day before, which a leave of whole days does not take."""
LONGEST_LEAVE = timedelta(days=366)
MOST_ABSENCES = 500
AHEAD = 181
"""Service days ahead that residents may book at most: what a change of hours may concern."""
Alter = Callable[[Counsellor], Counsellor]


@dataclass(frozen=True)
class Touched:
    """An appointment that lies in an absence, and the tenant it belongs to."""

    tenant: str
    appointment: Appointment


class Roster:
    def __init__(
        self, clock: Clock, counsellors: Counsellors, calendars: Calendars, appointments: Appointments
    ) -> None:
        self.clock = clock
        self.counsellors = counsellors
        self.calendars = calendars
        self.appointments = appointments

    async def change(self, home: str, wanted: Counsellor) -> Counsellor:
        """Keep what is known of a counsellor, from `wanted.version` on. Raises StaleVersion."""
        today = self.clock.now().date()
        days = [today + timedelta(days=n) for n in range(-1, AHEAD + 2)]
        return await self._keep(home, wanted, days, None)

    async def touched(
        self, home: str, counsellor_id: str, starts_at: datetime, ends_at: datetime
    ) -> list[Touched]:
        """Appointments, held or confirmed, of whatever municipality, that share time with [starts_at, ends_at); in order of time."""
        await self.counsellors.get(home, counsellor_id)
        found = []
        for tenant, owner in await self.calendars.owners(home, counsellor_id, starts_at, ends_at):
            try:
                document = await self.appointments.fetch(tenant, owner)
            except NotFound:
                continue
            appointment = self.appointments.read(tenant, document)
            slot = appointment.slot
            still = appointment.state in ("held", "confirmed")
            if still and slot.starts_at < ends_at and starts_at < slot.ends_at:
                found.append(Touched(tenant, appointment))
        return sorted(found, key=lambda t: (t.appointment.slot.starts_at, t.appointment.id))

    async def outside(self, home: str, counsellor: Counsellor, zone: tzinfo) -> list[Touched]:
        """Appointments still to come that lie outside of the hours of `counsellor`, as they are or as somebody wants them to be."""
        now = self.clock.now()
        found = await self.touched(home, counsellor.id, now, now + timedelta(days=AHEAD + 1))
        slots = ((touched, touched.appointment.slot) for touched in found)
        return [t for t, slot in slots if not counsellor.hours.cover(slot.starts_at, slot.ends_at, zone)]

    async def stranded_by(self, home: str, wanted: Counsellor, zone: tzinfo) -> list[Touched]:
        """Those that lie outside of the hours that are wanted, and do not today. Raises NotFound."""
        present = await self.counsellors.get(home, wanted.id)
        if present.hours == wanted.hours:
            return []
        slots = [(touched, touched.appointment.slot) for touched in await self.outside(home, wanted, zone)]
        return [t for t, slot in slots if present.hours.cover(slot.starts_at, slot.ends_at, zone)]

    async def add_leave(
        self, home: str, counsellor_id: str, leave: Absence, command: Command
    ) -> tuple[Counsellor, list[Touched]]:
        """Keep a leave; returns the appointments that lie in it, to be given to somebody else.

        Raises NotFound, Invalid (longer than a year, or too many absences already).
        """

        def alter(counsellor: Counsellor) -> Counsellor:
            return with_absences(counsellor, [*counsellor.absences, leave])

        changed = await self._alter(home, counsellor_id, alter, [leave], command)
        return changed, await self.touched(home, counsellor_id, leave.starts_at, leave.ends_at)

    async def end_leave(self, home: str, counsellor_id: str, leave_id: str) -> Counsellor:
        """Take a leave back: its time is open again. Raises NotFound."""

        def alter(counsellor: Counsellor) -> Counsellor:
            leave_of(counsellor, leave_id)
            return replace(counsellor, absences=tuple(a for a in counsellor.absences if a.id != leave_id))

        return await self._alter(home, counsellor_id, alter, [], None)

    async def replace_imported(
        self, home: str, counsellor_id: str, imported: Sequence[Absence], command: Command
    ) -> tuple[Counsellor, list[Touched]]:
        """Put these imported busy times in the place of those of the last import; returns the appointments that lie in them.

        Raises NotFound, Invalid.
        """

        def alter(counsellor: Counsellor) -> Counsellor:
            kept = [a for a in counsellor.absences if a.kind != "imported"]
            return with_absences(counsellor, [*kept, *imported])

        changed = await self._alter(home, counsellor_id, alter, imported, command)
        found: dict[str, Touched] = {}
        for absence in imported:
            for touched in await self.touched(home, counsellor_id, absence.starts_at, absence.ends_at):
                found[touched.appointment.id] = touched
        return changed, list(found.values())

    async def _alter(
        self,
        home: str,
        counsellor_id: str,
        alter: Alter,
        absences: Sequence[Absence],
        command: Command | None,
    ) -> Counsellor:
        days = sorted({day for a in absences for day in utc_days(*a.cells)})
        for _ in range(TRIES):
            document = await self.counsellors.fetch(home, counsellor_id)
            present = self.counsellors.read(document)
            if command and command.seen_in(document):
                return present
            wanted = alter(present)
            if wanted == present:
                return present
            try:
                return await self._keep(home, wanted, days, command)
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same counsellor at once")

    async def _keep(
        self, home: str, wanted: Counsellor, days: Iterable[date], command: Command | None
    ) -> Counsellor:
        kept: list[Counsellor] = []

        async def work(session: Session) -> Changes:
            changes = Changes(session)
            kept[:] = [await self.counsellors.change(home, wanted, command=command, changes=changes)]
            await self.calendars.touch(session, Resource(home, "counsellor", wanted.id), days)
            return changes

        outbox = self.counsellors.outbox
        outbox.commit(await outbox.db.in_transaction(work))
        return kept[0]


def with_absences(counsellor: Counsellor, absences: Sequence[Absence]) -> Counsellor:
    """The counsellor with these absences, in order. Raises Invalid when they are too many."""
    if len(absences) > MOST_ABSENCES:
        raise Invalid("absences", f"at most {MOST_ABSENCES} are kept")
    return replace(counsellor, absences=tuple(sorted(absences, key=lambda a: (a.starts_at, a.id))))


def leave_of(counsellor: Counsellor, leave_id: str) -> Absence:
    """Raises NotFound."""
    found = next((a for a in counsellor.absences if a.id == leave_id and a.kind == "leave"), None)
    if found is None:
        raise NotFound(f"no leave {leave_id}")
    return found


def leave_between(leave_id: str, starts_at: datetime, ends_at: datetime) -> Absence:
    """A leave of a stretch of time. Raises Invalid."""
    if ends_at <= starts_at:
        raise Invalid("ends_at", "must be after the beginning")
    if ends_at - starts_at > LONGEST_LEAVE:
        raise Invalid("ends_at", "a leave lasts a year at most")
    return Absence(leave_id, starts_at, ends_at)


def whole_days(from_date: date, to_date: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The stretch of whole service days, both included: from 6:00 of the first, after the night before, to 30:00 of the last."""
    return instant(from_date, DAWN, zone), instant(to_date, MINUTES, zone)
