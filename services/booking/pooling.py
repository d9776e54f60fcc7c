"""A pool's time as a use case: which terms hold for a municipality's wish, and how its week stands."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.booking.appointment import TAKING, Appointment
from services.booking.offered import offered_minutes
from services.booking.openings import zone_of
from services.booking.quota import Row, Terms, Use, is_released, monday_of, shares_of
from services.booking.service_day import earliest_running
from services.booking.slot import check_date
from services.booking.store.counsellors import Counsellors
from services.booking.store.ledger import Asked, Exchange, Ledger
from shared.clock import Clock
from shared.errors import NotFound
from shared.pools import Pool
from shared.registry import Registry

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
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.registry = registry
        self.counsellors = counsellors
        self.ledger = ledger
        self.seconds = seconds
        self._capacity: dict[tuple[str, date], tuple[float, int]] = {}

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
        shares = shares_of(pool)
        found = []
        for monday in mondays:
            capacity = await self.capacity(pool, monday)
            rows = await self.ledger.rows(pool.id, monday)
            near, far = (Terms(shares, capacity, released) for released in (True, False))
            found.append(Week(monday, capacity, near, far, rows))
        return found

    async def capacity(self, pool: Pool, monday: date) -> int:
        """Open minutes of the pool's counsellors in a service week, at most some seconds old."""
        known = self._capacity.get((pool.id, monday))
        if known and self.seconds() < known[0]:
            return known[1]
        zone = zone_of(pool)
        people = await self.counsellors.all(pool.id)
        minutes = sum(offered_minutes(person.hours, monday, 7, zone) for person in people)
        if len(self._capacity) > 1000:
            self._capacity.clear()
        self._capacity[pool.id, monday] = (self.seconds() + REMEMBERED_FOR, minutes)
        return minutes

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
