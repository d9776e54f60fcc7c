"""Capacity: ledgers on demand, and after every change a look whether staff should hear of it and what matching may count on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog

from services.booking.centre.capacity import (
    FORECAST_WEEKS,
    LOOK_BACK_WEEKS,
    Ledger,
    Week,
    days_ahead,
    first_of_month,
    forecast,
    month_ledger,
    next_month,
    notice,
    summed,
)
from services.booking.centre.shift import Shift
from services.booking.centre.stretch import check_monday, monday_of
from services.booking.centre.worker import Centre
from services.booking.slot import check_date
from services.booking.store.workers import Standing
from services.booking.working.crew import Crew
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.events.booking import CapacityForecast, CapacityWarned, DayCapacity, WeekCapacity
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.tenancy import Tenant

log = structlog.get_logger()

TRIES = 6
MORNING = time(6)
"""When a service day has certainly begun."""


@dataclass(frozen=True)
class Capacity:
    """`months` are this one and the next: (first day, ledger). `weeks` are this one and the three after it."""

    months: tuple[tuple[date, Ledger], ...]
    weeks: tuple[Week, ...]


class Reviewing:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def of_worker(self, tenant: Tenant, resident_id: str) -> tuple[Standing, Centre, Capacity]:
        """Raises NotFound."""
        standing, centre = await self.crew.standing(tenant, resident_id)
        first, end = self._reach(tenant)
        shifts = await self.crew.between(tenant, resident_id, first, end)
        return standing, centre, self._capacity(tenant, standing, shifts)

    async def of_centre(self, tenant: Tenant, centre_id: str) -> tuple[Centre, dict[str, Capacity], Capacity]:
        """Every worker's capacity, and the centre's as their sum. Raises NotFound."""
        centre = await self.crew.centres.get(tenant.id, centre_id)
        first, end = self._reach(tenant)
        by_worker: dict[str, list[Shift]] = {}
        for shift in await self.crew.shifts.of_centre(tenant.id, centre_id, first, end):
            by_worker.setdefault(shift.resident_id, []).append(shift)
        found = {
            standing.worker.resident_id: self._capacity(
                tenant, standing, by_worker.get(standing.worker.resident_id, [])
            )
            for standing in await self.crew.workers.of_centre(tenant.id, centre_id)
        }
        months = [
            (month, sum((dict(c.months)[month] for c in found.values()), Ledger()))
            for month in self._months(tenant)
        ]
        return centre, found, Capacity(tuple(months), summed(c.weeks for c in found.values()))

    async def commit_minutes(
        self, tenant: Tenant, resident_id: str, commitments: dict[date, int], command: Command
    ) -> Capacity:
        """Replace what staff say a worker has promised besides Banso's orders, minutes by Monday; what matching's orders hold is counted by itself
        and added. Raises NotFound, Invalid."""
        for n, monday in enumerate(commitments):
            check_date(f"weeks.{n}.monday", monday, self.crew.today(tenant))
            check_monday(f"weeks.{n}.monday", monday)
        for _ in range(TRIES):
            standing = await self.crew.workers.find(tenant.id, resident_id)
            if not command.seen_in(standing.document):
                try:
                    await self.crew.workers.commit_minutes(
                        tenant.id, standing, commitments, self.crew.now(), command
                    )
                except StaleVersion:
                    continue
            return (await self.of_worker(tenant, resident_id))[2]
        raise Unavailable("too many changes of the same worker at once")

    async def review_due(self, tenant: Tenant) -> int:
        """Look at everybody whose capacity may be other than before; returns how many were looked at."""
        looked = 0
        for standing in await self.crew.workers.due(tenant.id, self.crew.now()):
            try:
                await self._review(tenant, standing)
                looked += 1
            except StaleVersion:  # it has just changed again: the next look sees it
                continue
            except NotFound as error:
                log.error("capacity_not_reviewed", reason=error.detail)
        return looked

    async def _review(self, tenant: Tenant, standing: Standing) -> None:
        worker = standing.worker
        centre = await self.crew.centres.get(tenant.id, worker.centre_id)
        first, end = self._reach(tenant)
        shifts = await self.crew.between(tenant, worker.resident_id, first, end)
        found = self._capacity(tenant, standing, shifts)
        today = self.crew.today(tenant)
        who = {"resident_id": worker.resident_id, "centre_id": centre.id}
        events: list[Payload] = []
        warned = set(standing.warned)
        off_guide = ""
        for month, of_month in found.months:
            reason = notice(centre, month, of_month, today)
            if reason and month == first_of_month(today):
                off_guide = f"{month:%Y-%m}"
            if reason and reason.key not in warned:
                warned.add(reason.key)
                ratio = round(reason.ratio, 3)
                events.append(CapacityWarned(**who, month=month, ratio=ratio, guide=centre.guide))
        told = CapacityForecast(
            **who,
            weeks=tuple(
                WeekCapacity(monday=w.monday, planned=w.planned, committed=w.committed, free=w.free)
                for w in found.weeks
            ),
            days=tuple(
                DayCapacity(service_date=day, minutes=minutes)
                for day, minutes in days_ahead(
                    shifts, found.weeks, worker, standing.commitments, today
                ).items()
            ),
            skills=worker.skills,
            wishes_more=worker.wishes_more,
        )
        if told.model_dump_json() != standing.told:
            events.append(told)
        recent = f"{first_of_month(today) - timedelta(days=62):%Y-%m}"
        await self.crew.workers.reviewed(
            tenant.id,
            standing,
            warned=frozenset(key for key in warned if key >= recent),
            told=told.model_dump_json(),
            off_guide=off_guide,
            events=events,
            next_at=self._next_look(tenant, centre, today),
        )

    def _next_look(self, tenant: Tenant, centre: Centre, today: date) -> datetime:
        """The morning of the next Monday, review day or first of a month, whichever comes first: time alone changes something then."""
        days = (today + timedelta(days=n) for n in range(1, 8))
        day = next(d for d in days if d.weekday() == 0 or d.day in (1, centre.review_day))
        return datetime.combine(day, MORNING, self.crew.zone(tenant))

    def _capacity(self, tenant: Tenant, standing: Standing, shifts: list[Shift]) -> Capacity:
        today = self.crew.today(tenant)
        worker, promised = standing.worker, standing.committed
        months = tuple(
            (month, month_ledger(worker, month, shifts, promised, today)) for month in self._months(tenant)
        )
        return Capacity(months, forecast(worker, shifts, promised, today))

    def _months(self, tenant: Tenant) -> tuple[date, date]:
        this = first_of_month(self.crew.today(tenant))
        return this, next_month(this)

    def _reach(self, tenant: Tenant) -> tuple[date, date]:
        """Service dates that ledgers and forecast need, [first, end)."""
        today = self.crew.today(tenant)
        this, following = self._months(tenant)
        first = min(this, monday_of(today) - timedelta(weeks=LOOK_BACK_WEEKS))
        end = max(next_month(following), monday_of(today) + timedelta(weeks=FORECAST_WEEKS))
        return first, end
