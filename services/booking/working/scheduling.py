"""Workers set their weeks: what is wanted becomes shifts, with a seat each, in one step or not at all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.booking.centre import shift as rules
from services.booking.centre.shift import Origin, Shift
from services.booking.centre.stretch import check_monday, monday_of
from services.booking.centre.week import (
    Difference,
    Entry,
    check_future,
    check_week,
    copied,
    difference,
    entries_of,
    with_begun,
)
from services.booking.centre.worker import Centre
from services.booking.slot import check_date
from services.booking.store.calendars import CellsTaken
from services.booking.store.shifts import Change
from services.booking.store.workers import Standing
from services.booking.working.crew import Crew, expect
from shared.errors import StaleVersion, Unavailable
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Duplicate
from shared.tenancy import Tenant

TRIES = 25
Wanted = Callable[[Standing, Centre, Sequence[Shift]], Sequence[Entry]]
"""The entries of a week, from what is so."""


@dataclass(frozen=True)
class Week:
    """`left_out` did not fit when a week was copied."""

    monday: date
    shifts: tuple[Shift, ...]
    left_out: tuple[Entry, ...] = ()

    @property
    def version(self) -> int:
        return version_of(self.shifts)

    @property
    def standing(self) -> tuple[Shift, ...]:
        """Without those that were withdrawn."""
        return tuple(shift for shift in self.shifts if shift.state != "withdrawn")


def version_of(shifts: Iterable[Shift]) -> int:
    """A week's version, withdrawn shifts counted: every change makes it greater."""
    return sum(shift.version for shift in shifts)


class Scheduling:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def week(self, tenant: Tenant, resident_id: str, monday: date) -> Week:
        """Raises NotFound, Invalid."""
        self._check(tenant, monday)
        await self.crew.workers.find(tenant.id, resident_id)
        return Week(monday, tuple(await self.crew.week(tenant, resident_id, monday)))

    async def set_week(
        self,
        tenant: Tenant,
        resident_id: str,
        monday: date,
        entries: Sequence[Entry],
        command: Command,
        expected: int | None = None,
    ) -> Week:
        """Make the week what `entries` say; what has begun or was reported stays.

        Raises NotFound, Invalid, StationFull, TimeTaken, and StaleVersion when the week is not at the version `expected`.
        """

        def wanted(_standing: Standing, _centre: Centre, shifts: Sequence[Shift]) -> Sequence[Entry]:
            expect(expected, version_of(shifts))
            return entries

        return await self._set(tenant, resident_id, monday, wanted, command)

    async def copy(
        self, tenant: Tenant, resident_id: str, source: date, monday: date, command: Command
    ) -> Week:
        """Set the week of `monday` as that of `source` was, beside what stands in it already. Raises as `set_week`."""
        self._check(tenant, source)
        before = await self.crew.week(tenant, resident_id, source)
        step, zone = tenant.spec.booking.cell_minutes, self.crew.zone(tenant)
        left_out: list[Entry] = []

        def wanted(standing: Standing, centre: Centre, shifts: Sequence[Shift]) -> Sequence[Entry]:
            present = entries_of(shifts)
            fits, gone = copied(standing.worker, centre, before, monday, step)
            days = {entry.stretch.service_date for entry in present}
            now = self.crew.now()
            new = [e for e in fits if e.stretch.service_date not in days and e.stretch.starts_at(zone) > now]
            left_out[:] = [*gone, *(e for e in fits if e not in new and e not in present)]
            return [*present, *new]

        week = await self._set(tenant, resident_id, monday, wanted, command)
        return Week(week.monday, week.shifts, tuple(left_out))

    async def _set(
        self, tenant: Tenant, resident_id: str, monday: date, wanted: Wanted, command: Command
    ) -> Week:
        self._check(tenant, monday)
        step = tenant.spec.booking.cell_minutes
        for attempt in range(TRIES):
            standing, centre = await self.crew.standing(tenant, resident_id)
            if command.seen_in(standing.document):
                break
            shifts = await self.crew.week(tenant, resident_id, monday)
            entries, now = wanted(standing, centre, shifts), self.crew.now()
            check_week(standing.worker, centre, monday, with_begun(shifts, entries, now), step)
            found = difference(shifts, entries, now)
            if not found or await self._keep(tenant, standing, centre, found, command, attempt):
                break
        else:
            raise Unavailable("too many changes of the same seats at once")
        return await self.week(tenant, resident_id, monday)

    async def add(
        self,
        tenant: Tenant,
        resident_id: str,
        entries: Sequence[Entry],
        origin: Origin,
        command: Command,
    ) -> int:
        """Plan `entries` (of any weeks) beside what there is, within the worker's limits; returns how many are new.

        Raises as `set_week`.
        """
        for attempt in range(TRIES):
            standing, centre = await self.crew.standing(tenant, resident_id)
            if command.seen_in(standing.document):
                return 0
            new: list[Entry] = []
            for monday in sorted({monday_of(entry.stretch.service_date) for entry in entries}):
                shifts = await self.crew.week(tenant, resident_id, monday)
                present = [Entry(s.stretch, s.station_id) for s in shifts if s.stands]
                of_week = [e for e in entries if monday_of(e.stretch.service_date) == monday]
                missing = [e for e in of_week if e not in present]
                check_week(standing.worker, centre, monday, [*present, *missing])
                new += missing
            if not new:
                return 0
            # the first of them tells the worker of all
            new.sort(key=lambda entry: (entry.stretch.service_date, entry.stretch.start_minute))
            found = Difference(plan=tuple(new))
            if await self._keep(tenant, standing, centre, found, command, attempt, origin):
                return len(new)
        raise Unavailable("too many changes of the same seats at once")

    async def withdraw(self, tenant: Tenant, shift_id: str, command: Command) -> Shift:
        """Staff take back a shift that has not begun. Raises NotFound."""
        for _ in range(TRIES):
            found = await self.crew.shifts.get(tenant.id, shift_id)
            if command.seen_in(found.document) or found.shift.state == "withdrawn":
                return found.shift
            standing = await self.crew.workers.find(tenant.id, found.shift.resident_id)
            gone, events = rules.withdraw(found.shift, tell=True)
            change = Change(found.shift, gone, events, offered=True)
            try:
                kept = await self.crew.shifts.keep(
                    tenant.id, standing.worker, [change], self.crew.now(), command
                )
                return kept[0]
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same shift at once")

    async def _keep(
        self,
        tenant: Tenant,
        standing: Standing,
        centre: Centre,
        found: Difference,
        command: Command,
        attempt: int,
        origin: Origin = "week",
    ) -> bool:
        """False when somebody was faster: judge anew."""
        crew, zone = self.crew, self.crew.zone(tenant)
        wanted = [*found.plan, *(entry for _, entry in found.change)]
        check_future(wanted, (e.stretch.starts_at(zone) for e in wanted), crew.now())
        changes = [Change(gone, *rules.withdraw(gone)) for gone in found.withdraw]
        for before, entry in found.change:
            after, events = rules.change(before, entry.stretch, entry.station_id, zone)
            changes.append(Change(before, await crew.seated(tenant, centre, after, attempt), events))
        for n, entry in enumerate(found.plan):
            new_id = derived_id("shf", command.key, str(n), str(standing.version))
            made, events = rules.plan(
                new_id,
                standing.worker.resident_id,
                centre.id,
                entry.stretch,
                entry.station_id,
                zone,
                origin,
                tell=origin == "plan" and n == 0,
            )
            changes.append(Change(None, await crew.seated(tenant, centre, made, attempt), events))
        try:
            await crew.shifts.keep(tenant.id, standing.worker, changes, crew.now(), command)
        except (StaleVersion, Duplicate):
            return False
        except CellsTaken:
            await crew.refuse_taken(tenant, [c.after for c in changes], _ids(changes))
            return False
        return True

    def _check(self, tenant: Tenant, monday: date) -> None:
        check_date("monday", monday, self.crew.today(tenant))
        check_monday("monday", monday)


def _ids(changes: Iterable[Change]) -> list[str]:
    return [change.after.id for change in changes]
