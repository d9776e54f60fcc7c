"""A centre's shift plan: computed beside the event loop, kept, and turned into shifts when staff publish it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.booking.centre.planning import check_needs, make_plan
from services.booking.centre.shift_plan import WEEKS, Assignment, Held, Need, Plan, Problem, needs_of
from services.booking.centre.stretch import check_monday, check_stretch
from services.booking.centre.week import Entry
from services.booking.centre.worker import Centre
from services.booking.slot import check_date
from services.booking.store.shift_plans import Refusal, ShiftPlan, ShiftPlans
from services.booking.working.crew import Crew
from services.booking.working.scheduling import Scheduling
from shared.errors import Conflict, Invalid, NotFound, Refused, StaleVersion, Unavailable
from shared.idempotency import Command
from shared.ids import derived_id
from shared.tenancy import Tenant

SECONDS = 10.0
AT_ONCE = 1
"""Plans that one process computes at a time: each takes a core."""


class PlanOver(Conflict):
    """The plan begins in the past."""

    slug = "plan-over"


@dataclass(frozen=True)
class Band:
    """A band of every week: `minimum` people at a station, minutes of the service day."""

    station_id: str
    weekday: int
    start_minute: int
    end_minute: int
    minimum: int


class Rostering:
    def __init__(self, crew: Crew, scheduling: Scheduling, plans: ShiftPlans) -> None:
        self.crew = crew
        self.scheduling = scheduling
        self.plans = plans
        self.turn = asyncio.Semaphore(AT_ONCE)

    async def make(
        self,
        tenant: Tenant,
        centre_id: str,
        monday: date,
        weeks: int,
        bands: Sequence[Band],
        command: Command,
    ) -> ShiftPlan:
        """Compute a plan within ten seconds and keep it. Raises NotFound, Invalid, IdempotencyConflict."""
        new_id = command.new_id("pln")
        try:
            document = await self.plans.fetch(tenant.id, new_id)
        except NotFound:
            pass
        else:
            command.seen_in(document)
            return await self.plans.get(tenant.id, new_id)
        problem = await self._problem(tenant, centre_id, monday, weeks, bands)
        async with self.turn:
            began = time.perf_counter()
            plan = await asyncio.to_thread(make_plan, problem, SECONDS)
            taken = time.perf_counter() - began
        made = ShiftPlan(
            new_id, centre_id, monday, weeks, problem.needs, replace(plan, seconds=round(taken, 3))
        )
        await self.plans.add(tenant.id, made, command)
        return await self.plans.get(tenant.id, new_id)

    async def publish(self, tenant: Tenant, plan_id: str) -> ShiftPlan:
        """Turn the assignments into shifts, worker by worker; whoever's week has changed meanwhile keeps it and is named. Raises NotFound, PlanOver.

        May be called again after a crash: what is a shift already stays.
        """
        found = await self.plans.get(tenant.id, plan_id)
        if found.published:
            return found
        if found.monday <= self.crew.today(tenant):
            raise PlanOver()
        placed, refused = 0, []
        for resident_id, own in _by_worker(found.plan):
            entries = [Entry(a.stretch, a.station_id) for a in own]
            key = derived_id("key", plan_id, resident_id)
            try:
                await self.scheduling.add(tenant, resident_id, entries, "plan", Command(key, key))
                placed += len(entries)
            except Unavailable:
                raise
            except Refused as error:
                refused.append(Refusal(resident_id, error.slug))
        done = replace(found, published=True, placed=placed, refused=tuple(refused))
        try:
            await self.plans.change(tenant.id, done)
        except StaleVersion:
            pass  # somebody else has just published it
        return await self.plans.get(tenant.id, plan_id)

    async def _problem(
        self, tenant: Tenant, centre_id: str, monday: date, weeks: int, bands: Sequence[Band]
    ) -> Problem:
        today = self.crew.today(tenant)
        check_date("monday", monday, today)
        check_monday("monday", monday)
        if not 1 <= weeks <= WEEKS:
            raise Invalid("weeks", f"must be 1..{WEEKS}")
        if monday <= today:
            raise Invalid("monday", "must be after today")
        centre = await self.crew.centres.get(tenant.id, centre_id)
        _check_bands(tenant, centre, monday, bands)
        wanted = [(b.station_id, b.weekday, b.start_minute, b.end_minute, b.minimum) for b in bands]
        end = monday + timedelta(weeks=weeks)
        # the days beside the plan too: a night before it is a morning in it
        shifts = await self.crew.shifts.of_centre(
            tenant.id, centre_id, monday - timedelta(days=1), end + timedelta(days=1)
        )
        standing = [s for s in shifts if s.stands]
        needs = [
            _left(
                need,
                sum(s.station_id == need.station_id and s.stretch.overlaps(need.stretch) for s in standing),
            )
            for need in needs_of(centre, monday, weeks, wanted)
        ]
        workers = [s.worker for s in await self.crew.workers.of_centre(tenant.id, centre_id)]
        held = tuple(Held(s.resident_id, s.stretch) for s in standing)
        problem = Problem(monday, weeks, centre, tuple(workers), tuple(needs), held)
        check_needs(problem)
        return problem


def _left(need: Need, there: int) -> Need:
    """A need beside the shifts that stand already."""
    return replace(need, minimum=max(need.minimum - there, 0), seats=max(need.seats - there, 0))


def _check_bands(tenant: Tenant, centre: Centre, monday: date, bands: Sequence[Band]) -> None:
    step = tenant.spec.booking.cell_minutes
    wanted = [(b.station_id, b.weekday, b.start_minute, b.end_minute, b.minimum) for b in bands]
    for n, band in enumerate(bands):
        station = centre.station(band.station_id)
        if station is None:
            raise Invalid(f"bands.{n}.station_id", "is no station of the centre")
        need = needs_of(centre, monday, 1, [wanted[n]])[0]
        check_stretch(f"bands.{n}", need.stretch, step)
        if not station.open_for(need.stretch):
            raise Invalid(f"bands.{n}.start_minute", "the station is not open then")
        if band.minimum > station.seats:
            raise Invalid(f"bands.{n}.minimum", f"the station has {station.seats} seats")


def _by_worker(plan: Plan) -> list[tuple[str, list[Assignment]]]:
    found: dict[str, list[Assignment]] = {}
    for assignment in plan.assignments:
        found.setdefault(assignment.resident_id, []).append(assignment)
    return sorted(found.items())
