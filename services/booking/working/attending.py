"""Attendance: one notice changes the shift that it means, gives the seat back, and sets the search for somebody else going."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.booking.centre import attendance as rules
from services.booking.centre.shift import Outcome, Shift
from services.booking.centre.substitute import Offer, worth_offering
from services.booking.store.calendars import CellsTaken
from services.booking.store.shifts import Change, Found
from services.booking.working.crew import Crew
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.events.booking import AttendanceStatus
from shared.idempotency import Command
from shared.mongo import Duplicate
from shared.tenancy import Tenant

TRIES = 25
AROUND = timedelta(days=3)
Rule = Callable[[Shift, datetime], Outcome | None]


@dataclass(frozen=True)
class Reported:
    """`shift` is None when a person has to look which one was meant."""

    status: AttendanceStatus
    shift: Shift | None

    @property
    def unclear(self) -> bool:
        return self.shift is None


class Attending:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def report(
        self,
        tenant: Tenant,
        resident_id: str,
        status: AttendanceStatus,
        command: Command,
        service_date: date | None = None,
        shift_id: str | None = None,
    ) -> Reported:
        """A worker's own notice, of the shift `shift_id` if one was named; no reason is asked.

        Raises NotFound (works with no centre, has no such shift), StationFull, TimeTaken (after an absence, when seat or time have been taken
        meanwhile).
        """
        for attempt in range(TRIES):
            standing, _ = await self.crew.standing(tenant, resident_id)
            around = await self._around(tenant, resident_id, service_date)
            if command.seen_in(standing.document):
                return Reported(status, _done_by(command, around))
            now, zone = self.crew.now(), self.crew.zone(tenant)
            if shift_id:
                found = rules.Meant((await self._own(tenant, resident_id, shift_id)).shift)
            else:
                found = rules.meant((f.shift for f in around), now, zone, service_date)
            if found.shift is None:
                events = [rules.unclear(resident_id, status)]
                waiting = rules.with_unplaced(standing.unplaced, status, now)
                try:
                    await self.crew.workers.keep_unplaced(
                        tenant.id, standing.worker, waiting, now, events, command
                    )
                except StaleVersion:
                    continue
                return Reported(status, None)
            meant = await self._own(tenant, resident_id, found.shift.id)
            if (kept := await self._apply(tenant, meant, _as_told(status), command, attempt)) is not None:
                return Reported(status, kept)
        raise Unavailable("too many changes of the same shift at once")

    async def record(
        self,
        tenant: Tenant,
        shift_id: str,
        status: AttendanceStatus,
        arrived_minute: int | None,
        left_minute: int | None,
        command: Command,
    ) -> Shift:
        """What staff write down, minutes of the shift's service day where they differ from the plan. Raises NotFound, NotWithin,
        ShiftWithdrawn, StationFull, TimeTaken."""
        for attempt in range(TRIES):
            found = await self.crew.shifts.get(tenant.id, shift_id)
            if command.seen_in(found.document):
                return found.shift

            def rule(shift: Shift, now: datetime) -> Outcome | None:
                arrived, left = _moment(shift, arrived_minute), _moment(shift, left_minute)
                return rules.record(shift, status, arrived, left, now)

            if (kept := await self._apply(tenant, found, rule, command, attempt)) is not None:
                return kept
        raise Unavailable("too many changes of the same shift at once")

    async def seen(self, tenant: Tenant, resident_id: str, until: datetime) -> None:
        """Staff have looked at a worker's unclear notices that came until `until`. Raises NotFound."""
        for _ in range(TRIES):
            standing = await self.crew.workers.find(tenant.id, resident_id)
            left = rules.without_seen(standing.unplaced, until)
            if left == standing.unplaced:
                return None
            try:
                return await self.crew.workers.keep_unplaced(
                    tenant.id, standing.worker, left, self.crew.now()
                )
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same worker at once")

    async def _apply(
        self, tenant: Tenant, found: Found, rule: Rule, command: Command, attempt: int
    ) -> Shift | None:
        """The shift as it is kept; None when somebody was faster."""
        crew, now = self.crew, self.crew.now()
        # what was known already is remembered, too: sent again later, the notice could mean another shift or undo what was said since
        after, events = rule(found.shift, now) or (found.shift, [])
        standing, centre = await crew.standing(tenant, after.resident_id)
        if after.stands and not found.shift.stands:
            after = await crew.seated(tenant, centre, after, attempt)
        seeks = worth_offering(after, now) and found.shift.stands
        ends = not found.shift.stands and after.stands
        change = Change(found.shift, after, events, Offer(), now if seeks else None, offered=seeks or ends)
        try:
            kept = await crew.shifts.keep(tenant.id, standing.worker, [change], now, command)
            return kept[0]
        except (StaleVersion, Duplicate):
            return None
        except CellsTaken:
            await crew.refuse_taken(tenant, [after], [after.id])
            return None

    async def _own(self, tenant: Tenant, resident_id: str, shift_id: str) -> Found:
        """Raises NotFound, also for somebody else's."""
        found = await self.crew.shifts.get(tenant.id, shift_id)
        if found.shift.resident_id != resident_id:
            raise NotFound(f"no shift {shift_id} of this resident")
        return found

    async def _around(self, tenant: Tenant, resident_id: str, day: date | None) -> list[Found]:
        today = self.crew.today(tenant)
        first, last = min(day or today, today) - AROUND, max(day or today, today) + AROUND
        return await self.crew.shifts.of_resident(tenant.id, resident_id, first, last)


def _as_told(status: AttendanceStatus) -> Rule:
    def rule(shift: Shift, now: datetime) -> Outcome | None:
        return rules.report(shift, status, now)

    return rule


def _done_by(command: Command, around: list[Found]) -> Shift | None:
    return next((f.shift for f in around if command.seen_in(f.document)), None)


def _moment(shift: Shift, minute: int | None) -> datetime | None:
    if minute is None:
        return None
    return shift.starts_at + timedelta(minutes=minute - shift.stretch.start_minute)
