"""Free times as callers ask for them: out of the diary's pictures, of the municipality's own counsellors and of the pools it shares."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from heapq import merge
from operator import add
from zoneinfo import ZoneInfo

from services.booking.appointment import Appointment
from services.booking.availability import nearest, window
from services.booking.axis import Words
from services.booking.counsellor import Asked, Counsellor
from services.booking.diary import Diary, Home, Seen
from services.booking.explain import Explanation, explain
from services.booking.free_times import FreeDay, Search, allowed, counts, free_days, slots, within
from services.booking.picture import Picture
from services.booking.service_day import earliest_running
from services.booking.slot import Slot, check_date, check_minutes
from services.booking.store import Counsellors
from shared.clock import Clock
from shared.events.booking import AppointmentChannel
from shared.pools import Pool
from shared.registry import Registry
from shared.tenancy import Tenant

Left = Callable[[str, str, date], int | None]
"""(pool, tenant, service date) -> minutes that the tenant may still take of the pool's week; None when that is not known."""
LOOK_BACK, LOOK_AHEAD = 3, 7
"""Service days before and after a slot that was taken, within which alternatives are looked for."""


def zone_of(home: Tenant | Pool) -> ZoneInfo:
    """The zone that the service days of a municipality or a pool are told in."""
    return ZoneInfo(home.spec.time_zone)


def home_of(tenant: Tenant) -> Home:
    """The tenant's own calendars, as far ahead as its residents may book."""
    return Home(tenant.id, zone_of(tenant), tenant.spec.booking.horizon_days + 1)


@dataclass(frozen=True)
class FreeDays:
    """Days with free times in order. `as_of`: what was booked by then is left out."""

    first_day: date
    days: Sequence[FreeDay]
    as_of: datetime


@dataclass(frozen=True)
class View:
    """What a tenant can see: its own picture, and those of its pools by their ids."""

    own: Picture
    pools: Mapping[str, Picture]
    as_of: datetime

    @property
    def everybody(self) -> list[tuple[str | None, Picture]]:
        """(pool, picture), the tenant's own first."""
        return [(None, self.own), *self.pools.items()]


class Openings:
    def __init__(
        self, clock: Clock, counsellors: Counsellors, diary: Diary, registry: Registry, left: Left
    ) -> None:
        self.clock = clock
        self.counsellors = counsellors
        self.diary = diary
        self.registry = registry
        self.left = left

    def homes(self) -> list[Home]:
        """Every municipality and every pool, as they are declared now."""
        own = {tenant.id: home_of(tenant) for tenant in self.registry.tenants.values()}
        pools = [
            Home(pool.id, zone_of(pool), max(own[m.tenant].days for m in members))
            for pool in self.registry.pools.values()
            if (members := [m for m in pool.spec.members if m.tenant in own])
        ]
        return [*own.values(), *pools]

    def today(self, tenant: Tenant) -> date:
        """The first service day that one could still book in."""
        return earliest_running(self.clock.now(), zone_of(tenant))

    async def view(self, tenant: Tenant, *, past: bool = False) -> View:
        """What the tenant's people may choose from, until the next await. `past`: with the work of the weeks behind."""
        home = home_of(tenant)
        own = await self.diary.see(home, past=past)
        pools: dict[str, Seen] = {}
        for pool in self.registry.pools_of(tenant.id):
            pools[pool.id] = await self.diary.see(Home(pool.id, zone_of(pool), home.days), past=past)
        as_of = min(seen.as_of for seen in (own, *pools.values()))
        return View(own.picture, {pool: seen.picture for pool, seen in pools.items()}, as_of)

    def search(
        self,
        tenant: Tenant,
        first_day: date,
        days: int,
        asked: Asked,
        minutes: int,
        *,
        resident_id: str | None = None,
        own_limit: bool = False,
        moving: Appointment | None = None,
        by_staff: bool = False,
    ) -> Search | None:
        """None when no day of these can be booked. `own_limit`: the resident's own appointments of a day are limited.

        `by_staff`: what staff book needs no notice, and the resident's own limit does not hold. Raises Invalid.
        """
        terms = tenant.spec.booking
        check_date("from", first_day, self.today(tenant))
        check_minutes(minutes, terms.cell_minutes)
        offered = window(first_day, days, terms, zone_of(tenant), self.clock.now())
        if offered is None:
            return None
        if by_staff:
            offered = replace(offered, not_before=self.clock.now())
        return Search(
            asked,
            offered,
            minutes,
            terms.cell_minutes,
            terms.buffer_minutes,
            resident_id,
            terms.resident_daily_cap if own_limit and not by_staff else None,
            moving.id if moving else None,
        )

    async def free(
        self,
        tenant: Tenant,
        first_day: date,
        days: int,
        channel: AppointmentChannel,
        minutes: int,
        *,
        resident_id: str | None = None,
        counsellor_id: str | None = None,
        own_limit: bool = False,
        moving: Appointment | None = None,
    ) -> Iterable[Slot]:
        """`slots` for anybody who offers the channel. `own_limit` as in `search`. Raises Invalid."""
        search = self.search(
            tenant,
            first_day,
            days,
            Asked(channel, counsellor_id),
            minutes,
            resident_id=resident_id,
            own_limit=own_limit,
            moving=moving,
        )
        return await self.slots(tenant, search)

    async def slots(
        self,
        tenant: Tenant,
        search: Search | None,
        *,
        windows: Iterable[tuple[Collection[int], int, int]] = (),
        each: int | None = None,
    ) -> Iterable[Slot]:
        """Free slots in order of time, computed as they are taken, to be taken before the next await.

        `windows`: inside one of these only (see `within`; none: any time). `each`: so many people of one start, of each pool.
        """
        if search is None:
            return []
        view = await self.view(tenant)
        mask = allowed(view.own, search)
        if windows := list(windows):
            mask = mask & within(view.own, search, windows)
        found = [
            slots(picture, search, self._without_spent(tenant, pool, search, mask), pool=pool, each=each)
            for pool, picture in view.everybody
        ]
        return found[0] if len(found) == 1 else merge(*found, key=_order)

    async def days(self, tenant: Tenant, search: Search | None) -> FreeDays:
        """How many are free at each start, day by day."""
        if search is None:
            return FreeDays(self.today(tenant), (), self.clock.now())
        view = await self.view(tenant)
        return FreeDays(search.window.first_day, self._days(tenant, view, search), view.as_of)

    async def day(
        self, tenant: Tenant, search: Search | None, chosen: date | None, apart: int
    ) -> tuple[Sequence[FreeDay], FreeDay | None]:
        """Days with their starts at least `apart` minutes from one another, and of them the chosen day, or the first."""
        if search is None:
            return (), None
        view = await self.view(tenant)
        days = [_thinned(day, apart) for day in self._days(tenant, view, search)]
        return days, next((day for day in days if day.service_date == chosen), days[0] if days else None)

    async def why(
        self,
        tenant: Tenant,
        first_day: date,
        days: int,
        asked: Asked,
        minutes: int,
        resident_id: str | None,
        *,
        moving: Appointment | None = None,
        by_staff: bool = False,
    ) -> Explanation:
        """Why these days are as full as they are; with `resident_id` for that resident. `moving` and `by_staff` as in `search`.

        Raises Invalid.
        """
        today, horizon = self.today(tenant), tenant.spec.booking.horizon_days + 1
        own_limit = resident_id is not None

        def search(first: date, count: int) -> Search | None:
            return self.search(
                tenant,
                first,
                count,
                asked,
                minutes,
                resident_id=resident_id,
                own_limit=own_limit,
                moving=moving,
                by_staff=by_staff,
            )

        some, whole = search(first_day, days), search(today, horizon)
        if whole is None:
            raise ValueError("the day that runs can always be booked")
        view = await self.view(tenant)
        first = (first_day - whole.window.first_day).days
        used_up = [
            pool for pool in view.pools if some and len(self._spent(tenant, pool, some)) == some.window.days
        ]
        return explain(view.everybody, some, range(first, first + days), whole, used_up=used_up)

    def _spent(self, tenant: Tenant, pool: str, search: Search) -> list[int]:
        """Days of the search for which the tenant has no time left of the pool's week, as their numbers."""
        first = search.window.first_day
        lefts = (
            (n, self.left(pool, tenant.id, first + timedelta(days=n))) for n in range(search.window.days)
        )
        return [n for n, left in lefts if left is not None and left < search.minutes]

    def _without_spent(self, tenant: Tenant, pool: str | None, search: Search, mask: Words) -> Words:
        spent = [n for n in self._spent(tenant, pool, search) if n < len(mask)] if pool else []
        if not spent:
            return mask
        offered = mask.copy()
        offered[spent] = 0
        return offered

    def _days(self, tenant: Tenant, view: View, search: Search) -> list[FreeDay]:
        found = []
        for pool, picture in view.everybody:
            theirs = counts(picture, search)
            if pool:
                theirs[[n for n in self._spent(tenant, pool, search) if n < len(theirs)]] = 0
            found.append(theirs)
        return free_days(search.window.first_day, reduce(add, found), allowed(view.own, search))

    async def people(self, tenant: Tenant) -> dict[str, Counsellor]:
        """Everybody whom one could talk to, by id."""
        view = await self.view(tenant)
        return {c.id: c for _, picture in view.everybody for c in picture.people.values()}

    async def alternatives(
        self,
        tenant: Tenant,
        wanted: Slot,
        asked: Asked,
        resident_id: str,
        *,
        by_staff: bool,
        moving: Appointment | None = None,
        apart: bool = False,
    ) -> list[Slot]:
        """The three free slots with whoever is `asked` for that are nearest to one that was taken. `by_staff` as in `search`.

        What is being moved gives its time and its place in the day back; where it is already is no other time, and neither is what
        was refused: what is read here may be older than the refusal. `apart`: three other times, whoever it is with.
        """
        first = max(wanted.service_date - timedelta(days=LOOK_BACK), self.today(tenant))
        days = max((wanted.service_date - first).days, 0) + LOOK_AHEAD + 1
        search = self.search(
            tenant,
            first,
            days,
            asked,
            wanted.minutes,
            resident_id=resident_id,
            own_limit=True,
            moving=moving,
            by_staff=by_staff,
        )
        free = await self.slots(tenant, search, each=1 if apart else None)
        known = [wanted, moving.slot] if moving else [wanted]
        there = {(slot.counsellor_id, slot.starts_at) for slot in known}
        others = (slot for slot in free if (slot.counsellor_id, slot.starts_at) not in there)
        if apart:
            passed = {slot.starts_at for slot in known}
            times = {slot.starts_at: slot for slot in others if slot.starts_at not in passed}
            return nearest(times.values(), wanted)
        return nearest(others, wanted)


def _thinned(day: FreeDay, apart: int) -> FreeDay:
    starts: list[int] = []
    for minute in day.starts:
        if not starts or minute - starts[-1] >= apart:
            starts.append(minute)
    return FreeDay(day.service_date, starts)


def _order(slot: Slot) -> tuple[datetime, str]:
    return slot.starts_at, slot.counsellor_id
