"""Offering what has become free to who is next on the waiting list. One process does it at a time.

A look compares what is offered with what has become of its hold; so whoever confirms by the page, and a crash between two writes,
come out right at the next look.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

import structlog

from services.booking import waiting as rules
from services.booking.appointment import Appointment
from services.booking.counsellor import Asked
from services.booking.slot import Slot
from services.booking.waiting import Entry, Look, OfferEnded, Window
from services.booking.waitlist import Waitlist
from services.booking.wish import Wish
from shared.errors import Conflict, Invalid, NotFound, Refused, StaleVersion, Unavailable
from shared.idempotency import Command
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry
from shared.tenancy import Tenant

Kind = tuple[Asked, int, tuple[Window, ...]]
"""What free times are looked up for: the same for all who want the same."""

log = structlog.get_logger()

LEASE_FOR = timedelta(seconds=30)
READ = 200
"""Entries that are read at once."""
LOOKED_AT = rules.REMEMBERED + 100
"""Free times of one kind that are compared with what people wait for: more than anybody can have passed."""
MOST_EACH = 10
"""People who are free at one time and are compared."""
NOT_AGAIN = timedelta(minutes=1)
"""A time that looked free and could not be held (no room, say) is passed over so long, so that it keeps nobody from the next one."""


class Offering:
    def __init__(self, db: Database, registry: Registry, waitlist: Waitlist, every: float) -> None:
        self.db = db
        self.registry = registry
        self.waitlist = waitlist
        self.waiting = waitlist.waiting
        self.desk = waitlist.desk
        self.openings = waitlist.openings
        self.clock = waitlist.clock
        self.every = every
        self._refused: dict[tuple[str, str], datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "waiting-offers", LEASE_FOR, self.every, self.once, stop)

    async def once(self) -> int:
        """One look for every tenant; returns how many people were asked. What fails for one tenant keeps no other waiting."""
        asked = 0
        for tenant in list(self.registry.tenants.values()):
            try:
                asked += await self.look(tenant)
            except Exception as error:  # what is free stays free: the next look tries again
                log.warning("offering_failed", tenant=tenant.id, error=type(error).__name__)
        return asked

    async def look(self, tenant: Tenant) -> int:
        """Settle offers that are over, and offer what is free to who is next; returns how many were asked."""
        entries = await self._entries(tenant)
        for entry in entries:
            if entry.state == "offered":
                await self._settle(tenant, entry)
        waiting = [entry for entry in entries if entry.state == "waiting"]
        if not waiting:
            return 0
        look = await self._look(tenant, waiting)
        for entry in waiting:
            if rules.is_moot(entry, look):
                await self._end(tenant, entry)
        asked = 0
        offers = rules.next_offers(waiting, look)
        for entry, slot, until in offers:
            instead = look.earlier.get(entry.wanted.earlier_than or "")
            others = rules.not_to_be_with(entry, slot, offers)
            wish = _wish(entry, slot, instead, others)
            try:
                asked += await self._ask(tenant, entry, slot, wish, until - look.now)
            except (StaleVersion, Unavailable) as error:  # the next look sees what is so
                log.info("offer_not_made", waiting_id=entry.id, error=type(error).__name__)
        return asked

    async def _entries(self, tenant: Tenant) -> list[Entry]:
        found: list[Entry] = []
        cursor: str | None = None
        while True:
            page = await self.waiting.page(tenant.id, cursor, READ)
            found += page.data
            cursor = page.next
            if cursor is None:
                return found

    async def _look(self, tenant: Tenant, entries: Sequence[Entry]) -> Look:
        now = self.clock.now()
        self._refused = {what: until for what, until in self._refused.items() if until > now}
        refused: dict[str, set[str]] = {}
        for entry_id, time in self._refused:
            refused.setdefault(entry_id, set()).add(time)
        kinds: dict[Kind, list[Slot]] = {}
        how_many = Counter(_kind(entry) for entry in entries)
        free: dict[str, list[Slot]] = {}
        earlier: dict[str, Appointment] = {}
        for entry in entries:
            wanted, kind = entry.wanted, _kind(entry)
            if kind not in kinds:
                kinds[kind] = await self._free(tenant, kind, min(how_many[kind], MOST_EACH))
            free[entry.id] = kinds[kind]
            if wanted.earlier_than:
                try:
                    found = await self.desk.get(tenant, wanted.earlier_than, entry.resident_id)
                    earlier[wanted.earlier_than] = found
                except NotFound:
                    continue
        terms = tenant.spec.booking
        return Look(now, terms, tenant.spec.quiet_hours, free, earlier, refused)

    async def _free(self, tenant: Tenant, kind: Kind, each: int) -> list[Slot]:
        asked, minutes, windows = kind
        days = tenant.spec.booking.horizon_days + 1
        try:
            search = self.openings.search(tenant, self.openings.today(tenant), days, asked, minutes)
        except Invalid:  # the tenant has changed its grid since they joined
            return []
        stretches = [(w.weekdays, w.start_minute, w.end_minute) for w in windows]
        found = await self.openings.slots(tenant, search, windows=stretches, each=each)
        return list(islice(found, LOOKED_AT * each))

    async def _ask(self, tenant: Tenant, entry: Entry, slot: Slot, wish: Wish, lasting: timedelta) -> bool:
        """Hold the time for them and ask. What they cannot have (they are busy then, say) is not looked at again for them."""
        command = _command("offer", entry)
        until = self.clock.now() + lasting
        try:
            held = await self.desk.hold_for(
                tenant, entry.resident_id, wish, until, command, waiting_id=entry.id
            )
            outcome = rules.offer(entry, held)
        except Unavailable:
            raise
        except (Conflict, Invalid, NotFound) as refused:
            log.info("offer_refused", waiting_id=entry.id, reason=refused.slug)
            self._refused[entry.id, rules.time_key(slot)] = self.clock.now() + NOT_AGAIN
            if refused.slug in ("resident-busy", "resident-day-full", OfferEnded.slug):
                await self.waiting.change(tenant.id, *rules.put_back(entry, slot))
            return False
        await self.waiting.change(tenant.id, *outcome)
        return True

    async def _end(self, tenant: Tenant, entry: Entry) -> None:
        try:
            if outcome := rules.leave(entry):
                await self.waiting.change(tenant.id, *outcome)
        except (StaleVersion, Unavailable) as error:
            log.info("waiting_not_ended", waiting_id=entry.id, error=type(error).__name__)

    async def _settle(self, tenant: Tenant, entry: Entry) -> None:
        """Bring an offered entry up to what has become of its hold."""
        try:
            outcome = await self.waitlist.became(tenant, entry)
            if outcome:
                await self.waiting.change(tenant.id, *outcome)
        except Refused as error:
            log.info("offer_not_settled", waiting_id=entry.id, error=type(error).__name__)


def _wish(entry: Entry, slot: Slot, earlier: Appointment | None, others: tuple[str, ...]) -> Wish:
    """For the slot's time: rather with whom they have the `earlier` appointment that it would replace, and with none of the `others`."""
    wanted = entry.wanted
    return Wish(
        wanted.counsellor_id,
        slot.channel,
        slot.service_date,
        slot.start_minute,
        wanted.minutes,
        language=wanted.language,
        skills=wanted.skills,
        gender=wanted.gender,
        gender_required=wanted.gender is not None,
        not_with=others,
        rather=earlier.slot.counsellor_id if earlier else None,
    )


def _kind(entry: Entry) -> Kind:
    wanted = entry.wanted
    asked = Asked(wanted.channel, wanted.counsellor_id, wanted.language, wanted.skills, wanted.gender)
    return asked, wanted.minutes, wanted.windows


def _command(what: str, entry: Entry) -> Command:
    """The same for the same state of the entry: a look that is repeated after a crash makes no second hold."""
    digest = hashlib.sha256(f"{what}|{entry.id}|{entry.version}".encode()).hexdigest()[:40]
    return Command(digest, digest)
