"""A pool's time as a use case: which terms hold for a municipality's wish, and how its week stands."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from services.booking.appointment import TAKING, Appointment
from services.booking.offered import offered_minutes
from services.booking.openings import zone_of
from services.booking.quota import Row, Terms, Use, is_released, left, monday_of, shares_of
from services.booking.service_day import earliest_running
from services.booking.slot import check_date
from services.booking.store.counsellors import Counsellors
from services.booking.store.ledger import Asked, Exchange, Ledger
from shared.clock import Clock
from shared.errors import NotFound, Unavailable
from shared.pools import Pool
from shared.registry import Registry

log = structlog.get_logger()

WEEKS_AHEAD = 7
REMEMBERED_FOR = 10.0
"""Seconds for which the open minutes of a week are remembered: hours change seldom, and calendars decide about each single time."""


@dataclass(frozen=True)
class Week:
    """How a pool's week stands. `near` and `far` are the terms for dates that are released and for those that are not yet."""

    monday: date
    capacity: int
    near: Terms
    far: Terms
    rows: Mapping[str, Row]


class Pooling:
    def __init__(
        self,
        clock: Clock,
        registry: Registry,
        counsellors: Counsellors,
        ledger: Ledger,
        look_every: float,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.registry = registry
        self.counsellors = counsellors
        self.ledger = ledger
        self.seconds = seconds
        self.look_every = look_every
        self._capacity: dict[tuple[str, date], tuple[float, int]] = {}
        self._left: dict[tuple[str, str, date, bool], int] = {}

    def pool(self, tenant_id: str, pool_id: str) -> Pool:
        """A pool that the tenant shares. Raises NotFound, also for one that others share."""
        pool = self.registry.pool(pool_id)
        if pool is None or pool.member(tenant_id) is None:
            raise NotFound(f"no pool {pool_id}")
        return pool

    async def exchange(
        self, tenant_id: str, before: Iterable[Appointment | None], after: Iterable[Appointment | None]
    ) -> Exchange:
        """What the step from one state of appointments to the next gives back and asks of pools, for `Ledger.exchange`.

        To be called before the transaction. Raises NotFound.
        """
        give = [use for state in before if (use := use_of(tenant_id, state))]
        take = [use for state in after if (use := use_of(tenant_id, state))]
        for use in list(take):
            if use in give:  # stays as it is
                give.remove(use)
                take.remove(use)
        return Exchange(give, [await self.asked(use) for use in take])

    async def asked(self, use: Use) -> Asked:
        """The use with the terms that hold for it now; its week is open in the ledger then. Raises NotFound."""
        pool = self.pool(use.member, use.pool)
        capacity = await self.capacity(pool, use.week)
        await self.ledger.open(pool.id, use.week, shares_of(pool))
        released = is_released(pool, use.service_date, self.today(pool))
        return Asked(use, Terms(shares_of(pool), capacity, released))

    async def weeks(self, pool: Pool, mondays: Sequence[date]) -> list[Week]:
        """How these weeks of the pool stand."""
        shares, capacities = shares_of(pool), await self._capacities(pool, mondays)
        found = []
        for monday in mondays:
            rows = await self.ledger.rows(pool.id, monday)
            near, far = (Terms(shares, capacities[monday], released) for released in (True, False))
            found.append(Week(monday, capacities[monday], near, far, rows))
        return found

    async def capacity(self, pool: Pool, monday: date) -> int:
        """Open minutes of the pool's counsellors in a service week, at most some seconds old."""
        known = self._capacity.get((pool.id, monday))
        if known is None or self.seconds() >= known[0]:
            if len(self._capacity) > 1000:
                self._capacity.clear()
            minutes = (await self._capacities(pool, [monday]))[monday]
            known = self._capacity[pool.id, monday] = (self.seconds() + REMEMBERED_FOR, minutes)
        return known[1]

    async def _capacities(self, pool: Pool, mondays: Sequence[date]) -> dict[date, int]:
        zone, people = zone_of(pool), await self.counsellors.all(pool.id)
        return {
            monday: sum(offered_minutes(person.hours, monday, 7, zone) for person in people)
            for monday in mondays
        }

    def left(self, pool_id: str, tenant_id: str, service_date: date) -> int | None:
        """Minutes of the date's week that the tenant may still take of the pool, as of the last look; None when that is not known.

        A hint from memory, so that nobody is shown times which the ledger would refuse.
        """
        pool = self.registry.pool(pool_id)
        if pool is None:
            return 0
        released = is_released(pool, service_date, self.today(pool))
        return self._left.get((pool_id, tenant_id, monday_of(service_date), released))

    async def look(self) -> None:
        """Note what every member of every pool has left of the weeks to come."""
        found: dict[tuple[str, str, date, bool], int] = {}
        for pool in list(self.registry.pools.values()):
            mondays = self.mondays(pool, None, WEEKS_AHEAD)
            for week in await self.weeks(pool, mondays):
                for member in shares_of(pool):
                    for terms in (week.near, week.far):
                        left_over = left(terms, week.rows, member)
                        found[pool.id, member, week.monday, terms.released] = left_over
        self._left = found

    async def keep_looking(self, stop: asyncio.Event) -> None:
        """`look` again and again until `stop`; without an answer nothing is known, and times are shown."""
        while not stop.is_set():
            try:
                await self.look()
            except Unavailable as error:
                log.warning("pools_not_seen", error=type(error).__name__)
                self._left = {}
            try:
                await asyncio.wait_for(stop.wait(), self.look_every)
            except TimeoutError:
                continue

    def today(self, pool: Pool) -> date:
        """The service day that runs now in the pool's zone."""
        return earliest_running(self.clock.now(), zone_of(pool))

    def mondays(self, pool: Pool, first: date | None, weeks: int) -> list[date]:
        """`weeks` service weeks from the one of `first` (of today) on. Raises Invalid for a date that is far away."""
        today = self.today(pool)
        check_date("from", first or today, today)
        return [monday_of(first or today) + timedelta(weeks=n) for n in range(weeks)]


def use_of(tenant_id: str, appointment: Appointment | None) -> Use | None:
    """What an appointment uses of a pool's week: nothing when it is with the municipality's own people, or takes no time (any more)."""
    if appointment is None or appointment.slot.pool is None or appointment.state not in TAKING:
        return None
    slot = appointment.slot
    return Use(appointment.slot.pool, tenant_id, slot.service_date, slot.minutes)
