"""Finding somebody who would like the hours that have become free: one after another, each with time to answer."""

from datetime import timedelta

import structlog

from services.booking.centre import shift as shifts
from services.booking.centre.capacity import first_of_month, next_month
from services.booking.centre.shift import Shift
from services.booking.centre.substitute import (
    Offer,
    OfferEnded,
    candidates,
    has_room,
    offer_until,
    worth_offering,
)
from services.booking.centre.worker import Worker
from services.booking.store.calendars import CellsTaken
from services.booking.store.shifts import Change, Found
from services.booking.working.crew import Crew
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.events.booking import ShiftOffered
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Duplicate
from shared.quiet_hours import quiet_until
from shared.tenancy import Tenant

log = structlog.get_logger()

TRIES = 25


class Substituting:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def offer_due(self, tenant: Tenant) -> int:
        """Ask the next one wherever that is due; returns how many were asked."""
        asked = 0
        for found in await self.crew.shifts.offers_due(tenant.id, self.crew.now()):
            try:
                asked += await self._next(tenant, found)
            except StaleVersion:  # the shift has just changed: the next look sees it
                log.info("shift_offer_left", shift_id=found.shift.id)
        return asked

    async def _next(self, tenant: Tenant, found: Found) -> int:
        crew, now, offer = self.crew, self.crew.now(), found.offer
        if offer.over or not worth_offering(found.shift, now):
            await crew.shifts.offer(tenant.id, found, _closed(offer), None)
            return 0
        if (morning := quiet_until(now, tenant.spec.quiet_hours)) is not None:
            await crew.shifts.offer(tenant.id, found, _closed(offer), morning)
            return 0
        worker = await self._whom(tenant, found)
        if worker is None:
            await crew.shifts.offer(tenant.id, found, _closed(offer), None)
            return 0
        centre = await crew.centres.get(tenant.id, found.shift.centre_id)
        until = offer_until(found.shift, centre.offer_minutes, now)
        to = worker.resident_id
        event = ShiftOffered(**{**shifts.when(found.shift), "resident_id": to}, offered_until=until)
        await crew.shifts.offer(tenant.id, found, Offer((*offer.asked, to), to, until), until, [event])
        return 1

    async def _whom(self, tenant: Tenant, found: Found) -> Worker | None:
        crew, freed = self.crew, found.shift
        centre = await crew.centres.get(tenant.id, freed.centre_id)
        everybody = [s.worker for s in await crew.workers.of_centre(tenant.id, centre.id)]
        month = first_of_month(freed.stretch.service_date)
        first, end = month - timedelta(days=7), next_month(month) + timedelta(days=7)
        by_worker: dict[str, list[Shift]] = {}
        for shift in await crew.shifts.of_centre(tenant.id, centre.id, first, end):
            by_worker.setdefault(shift.resident_id, []).append(shift)
        asked = found.offer.asked
        for worker in candidates(freed, everybody, centre, lambda r: by_worker.get(r, []), asked):
            who = worker.resident_id
            if await crew.calendars.free_of(tenant.id, [who], freed.starts_at, freed.ends_at):
                return worker
        return None

    async def take(self, tenant: Tenant, resident_id: str, shift_id: str, command: Command) -> Shift:
        """Take the offered hours: a shift of one's own with a seat, in one step. Raises NotFound, OfferEnded, StationFull, TimeTaken."""
        new_id = derived_id("shf", shift_id, resident_id)
        for attempt in range(TRIES):
            found = await self.crew.shifts.get(tenant.id, shift_id)
            if found.offer.taken_by == resident_id and found.offer.shift_id == new_id:
                return (await self.crew.shifts.get(tenant.id, new_id)).shift
            if resident_id not in found.offer.asked:
                raise NotFound(f"no shift {shift_id} was offered to this resident")
            if not found.offer.open_to(resident_id, self.crew.now()) or found.shift.state != "absent":
                raise OfferEnded()
            if (taken := await self._take(tenant, found, resident_id, new_id, command, attempt)) is not None:
                return taken
        raise Unavailable("too many changes of the same shift at once")

    async def _take(
        self, tenant: Tenant, found: Found, resident_id: str, new_id: str, command: Command, attempt: int
    ) -> Shift | None:
        crew, freed, now = self.crew, found.shift, self.crew.now()
        standing, centre = await crew.standing(tenant, resident_id)
        day = freed.stretch.service_date
        around = await crew.between(tenant, resident_id, day - timedelta(days=8), day + timedelta(days=8))
        if not has_room(standing.worker, freed.stretch, around):
            raise OfferEnded()
        made, events = shifts.plan(
            new_id,
            resident_id,
            freed.centre_id,
            freed.stretch,
            freed.station_id,
            crew.zone(tenant),
            "substitute",
        )
        made = await crew.seated(tenant, centre, made, attempt)
        taken = Offer(found.offer.asked, resident_id, found.offer.until, resident_id, new_id)
        changes = [Change(freed, freed, [], taken, None, offered=True), Change(None, made, events)]
        try:
            kept = await crew.shifts.keep(tenant.id, standing.worker, changes, now, command)
            return kept[1]
        except (StaleVersion, Duplicate):
            return None
        except CellsTaken:
            await crew.refuse_taken(tenant, [made], [made.id])
            return None

    async def refuse(self, tenant: Tenant, resident_id: str, shift_id: str) -> None:
        """Not this time: the next one is asked at once. Nothing is kept of it. Raises NotFound."""
        for _ in range(TRIES):
            found = await self.crew.shifts.get(tenant.id, shift_id)
            if resident_id not in found.offer.asked:
                raise NotFound(f"no shift {shift_id} was offered to this resident")
            if found.offer.over or found.offer.to != resident_id:
                return
            try:
                await self.crew.shifts.offer(tenant.id, found, _closed(found.offer), self.crew.now())
                return
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same shift at once")


def _closed(offer: Offer) -> Offer:
    """Offered to nobody now; who was asked is not asked again."""
    return offer if offer.over else Offer(offer.asked)
