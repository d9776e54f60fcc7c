"""The people of a centre and their shifts: what every use case here begins with."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.booking.centre.shift import Shift, seat_id
from services.booking.centre.worker import Centre, Worker, check_centre, check_worker
from services.booking.hours import WeeklyHours
from services.booking.openings import zone_of
from services.booking.service_day import earliest_running
from services.booking.store.calendars import Calendars
from services.booking.store.centres import Centres
from services.booking.store.residents import Residents
from services.booking.store.shifts import Shifts
from services.booking.store.workers import Standing, Workers
from shared.clock import Clock
from shared.errors import Conflict, NotFound, StaleVersion, Unavailable
from shared.events.booking import WorkerEnrolled
from shared.idempotency import Command
from shared.mongo import Duplicate
from shared.tenancy import Tenant

TRIES = 25


class StationFull(Conflict):
    """Every seat of the station is taken at that time."""

    slug = "station-full"


class TimeTaken(Conflict):
    """The person has something else at that time: an appointment, another shift, a stay at a workplace."""

    slug = "time-taken"


class AlreadyWorker(Conflict):
    slug = "already-worker"


def expect(expected: int | None, version: int) -> None:
    """Raises StaleVersion when the caller has read another version than the present one."""
    if expected is not None and expected != version:
        raise StaleVersion(f"it is at version {version} now")


class Crew:
    def __init__(
        self,
        clock: Clock,
        centres: Centres,
        workers: Workers,
        shifts: Shifts,
        calendars: Calendars,
        residents: Residents,
    ) -> None:
        self.clock = clock
        self.centres = centres
        self.workers = workers
        self.shifts = shifts
        self.calendars = calendars
        self.residents = residents

    def now(self) -> datetime:
        return self.clock.now()

    def today(self, tenant: Tenant) -> date:
        """The service day that runs: until 6:00 it is still yesterday's."""
        return earliest_running(self.clock.now(), zone_of(tenant))

    def zone(self, tenant: Tenant) -> ZoneInfo:
        return zone_of(tenant)

    async def add_centre(self, tenant: str, centre: Centre, command: Command) -> Centre:
        """Raises Invalid, IdempotencyConflict."""
        await self.centres.add(tenant, check_centre(centre), command)
        return await self.centres.get(tenant, centre.id)

    async def change_centre(self, tenant: str, centre: Centre, expected: int | None) -> Centre:
        """Raises NotFound, Invalid, StaleVersion. Shifts that exist stay as they are."""
        present = await self.centres.get(tenant, centre.id)
        expect(expected, present.version)
        wanted = replace(check_centre(centre), version=present.version)
        return present if wanted == present else await self.centres.change(tenant, wanted)

    async def enrol(self, tenant: Tenant, worker: Worker, command: Command) -> Worker:
        """Raises NotFound (resident, centre), Invalid, AlreadyWorker, IdempotencyConflict."""
        if not await self.residents.known(tenant.id, worker.resident_id):
            raise NotFound(f"no resident {worker.resident_id}")
        check_worker(worker, await self.centres.get(tenant.id, worker.centre_id))
        events = [WorkerEnrolled(resident_id=worker.resident_id, centre_id=worker.centre_id)]
        try:
            await self.workers.add(tenant.id, worker, events, command, self.now())
        except Duplicate:
            raise AlreadyWorker() from None
        return (await self.workers.find(tenant.id, worker.resident_id)).worker

    async def change_worker(
        self, tenant: Tenant, worker: Worker, expected: int | None, command: Command | None = None
    ) -> Worker:
        """Raises NotFound, Invalid, StaleVersion. Shifts that exist stay as they are."""
        present = await self.workers.find(tenant.id, worker.resident_id)
        if command and command.seen_in(present.document):
            return present.worker
        expect(expected, present.version)
        check_worker(worker, await self.centres.get(tenant.id, worker.centre_id))
        wanted = replace(worker, version=present.version)
        if wanted == present.worker:
            return present.worker
        return await self.workers.change(tenant.id, wanted, self.now(), command)

    async def wish(
        self,
        tenant: Tenant,
        resident_id: str,
        more: bool,
        hours: Callable[[Worker], tuple[tuple[WeeklyHours, ...], tuple[WeeklyHours, ...]]],
        command: Command,
    ) -> Worker:
        """A worker's own wishes: more hours or not, and the (available, preferred) hours of the week that `hours` makes of what is kept.

        Raises NotFound, Invalid.
        """
        for _ in range(TRIES):
            worker = (await self.workers.find(tenant.id, resident_id)).worker
            available, preferred = hours(worker)
            wanted = replace(worker, wishes_more=more, available=available, preferred=preferred)
            try:
                return await self.change_worker(tenant, wanted, worker.version, command)
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same worker at once")

    async def standing(self, tenant: Tenant, resident_id: str) -> tuple[Standing, Centre]:
        """A worker and their centre. Raises NotFound."""
        standing = await self.workers.find(tenant.id, resident_id)
        return standing, await self.centres.get(tenant.id, standing.worker.centre_id)

    async def works(self, tenant: Tenant, resident_id: str) -> bool:
        """Whether they work with a centre."""
        try:
            await self.workers.find(tenant.id, resident_id)
        except NotFound:
            return False
        return True

    async def coming(self, tenant: Tenant, resident_id: str) -> list[Shift] | None:
        """The shifts of the seven days to come that still stand; None for somebody who works with no centre."""
        if not await self.works(tenant, resident_id):
            return None
        today = self.today(tenant)
        found = await self.between(tenant, resident_id, today, today + timedelta(days=7))
        return [shift for shift in found if shift.stands and shift.ends_at > self.now()]

    async def week(self, tenant: Tenant, resident_id: str, monday: date) -> list[Shift]:
        """A worker's shifts of one week, withdrawn ones too."""
        return await self.between(tenant, resident_id, monday, monday + timedelta(days=7))

    async def between(self, tenant: Tenant, resident_id: str, first: date, end: date) -> list[Shift]:
        """A worker's shifts of the service dates `first` to `end` (exclusive)."""
        return [f.shift for f in await self.shifts.of_resident(tenant.id, resident_id, first, end)]

    async def seated(self, tenant: Tenant, centre: Centre, shift: Shift, attempt: int = 0) -> Shift:
        """The shift with a seat of its station that looks free; which one is tried first differs from shift to shift.

        Raises StationFull. The calendars decide whether it really is free.
        """
        station = centre.station(shift.station_id) if shift.station_id else None
        if station is None:
            return shift
        ids = [seat_id(station.id, n) for n in range(1, station.seats + 1)]
        free = await self.calendars.free_of(
            tenant.id, ids, shift.starts_at, shift.ends_at, except_for=[shift.id]
        )
        if not free:
            raise StationFull()
        own = f"{station.id}.{shift.seat}"
        turn = sum(shift.id.encode()) + attempt
        chosen = own if shift.seat and own in free else free[turn % len(free)]
        return replace(shift, seat=int(chosen.rpartition(".")[2]))

    async def refuse_taken(self, tenant: Tenant, shifts: Sequence[Shift], instead_of: Sequence[str]) -> None:
        """Say that a worker's own time is taken. Returns when it is not (any more), or only a seat was: try again."""
        claims = [claim for shift in shifts for claim in shift.claims(tenant.id)]
        for resource, _ in await self.calendars.in_the_way(claims, except_for=instead_of):
            if resource.kind == "resident":
                raise TimeTaken()
