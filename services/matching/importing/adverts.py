"""A page of advertisements: what it changes is written together with how far the import is."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Final

from services.matching.area import Areas
from services.matching.company import register
from services.matching.hellowork.comparing import Change, Entry, Held, change_by, entries, gone
from services.matching.hellowork.offering import employer_of, new_offer, renewed
from services.matching.hellowork.reading import Record
from services.matching.hellowork.record import Advert
from services.matching.import_run import Fault, ImportRun, Place, advance
from services.matching.occupations import Occupation
from services.matching.offer import Offer
from services.matching.offer_life import OPEN, end
from services.matching.store import Store
from services.matching.store.bulk import Bulk, in_one
from services.matching.store.catalogue import listed_id
from shared.clock import TOKYO, Clock
from shared.outbox import Changes, Outbox
from shared.tenancy import Tenant

HELLOWORK: Final = "hellowork"
ENDED = 500
"""Offers that are ended in one transaction."""


class Adverts:
    """One import of one municipality. `open_now`: the numbers of the offers that were open when it began, or went on, with their ids;
    `seen`: the numbers that its pages held so far."""

    def __init__(self, tenant: Tenant, outbox: Outbox, store: Store, areas: Areas, clock: Clock) -> None:
        self.tenant = tenant.id
        self.reach = frozenset({tenant.spec.municipality_code, *tenant.spec.neighbouring_areas})
        self.outbox = outbox
        self.store = store
        self.areas = areas
        self.clock = clock
        self.open_now: dict[str, str] = {}
        self.seen: set[str] = set()

    async def prepare(self, run: ImportRun) -> None:
        """Before the first page, or the first one after a crash."""
        self.open_now = await self.store.catalogue.open_of(self.tenant, HELLOWORK)
        self.seen = await self.store.imports.seen(self.tenant, run.id)

    async def take(self, run: ImportRun, records: Sequence[Record], place: Place) -> ImportRun:
        """The import one page further. Raises Overtaken."""
        found = await asyncio.to_thread(lambda: list(entries(records, self.areas, self.reach, self.seen)))
        new = {entry.kjno for entry in found if entry.kjno and not entry.elsewhere} - self.seen
        faults = [Fault(p.record, p.kjno, p.tag, p.code, p.skips) for e in found for p in e.problems]

        async def work(changes: Changes) -> ImportRun:
            now = self.clock.now()
            steps = await self._change(found, run, now, changes)
            await self.store.imports.keep_faults(self.tenant, run, faults, now, changes)
            await self.store.imports.note_seen(self.tenant, run, new, now, changes)
            moved = advance(run, len(records), steps, len(faults), place, now)
            return await self.store.imports.put(self.tenant, moved, changes)

        moved = await in_one(self.outbox, work)
        self.seen |= new
        return moved

    async def end_missing(self, run: ImportRun) -> AsyncIterator[ImportRun]:
        """After the last page of a whole list: what it does not hold is no longer advertised. The import after each step.

        A list without a single offer of the municipality's is none that says so.
        """
        if not (run.whole and self.seen):
            return
        open_now = await self.store.catalogue.open_of(self.tenant, HELLOWORK)
        held = {kjno: Held("", "published") for kjno in open_now}
        missing = [change.kjno for change in gone(held, self.seen, whole=True)]
        for first in range(0, len(missing), ENDED):
            run = await self._end(run, [open_now[kjno] for kjno in missing[first : first + ENDED]])
            yield run

    async def _end(self, run: ImportRun, ids: list[str]) -> ImportRun:
        async def work(changes: Changes) -> ImportRun:
            now = self.clock.now()
            offers = await self.store.catalogue.offers(self.tenant, ids, changes)
            still = [offer for offer in offers.values() if offer.state in OPEN]
            if not run.dry_run:
                bulk = self.store.catalogue.bulk(self.tenant)
                for offer in still:
                    self.store.catalogue.put_offer(bulk, *end(offer, "expired", now))
                await bulk.write(changes)
            moved = advance(run, 0, ["gone"] * len(still), 0, run.place, now)
            return await self.store.imports.put(self.tenant, moved, changes)

        return await in_one(self.outbox, work)

    async def _change(
        self, found: Sequence[Entry], run: ImportRun, now: datetime, changes: Changes
    ) -> list[str]:
        """What each record changes; written unless nothing is to be."""
        today = now.astimezone(TOKYO).date()
        ids = {e.kjno: self._id(e.kjno) for e in found if self._matters(e)}
        held = await self.store.catalogue.held(self.tenant, ids.values(), changes)
        steps = [change_by(entry, held.get(ids.get(entry.kjno, "")), today) for entry in found]
        if not run.dry_run:
            await self._write([c for c in steps if c.advert or c.closes], now, today, changes)
        return [change.step for change in steps]

    def _id(self, kjno: str) -> str:
        return listed_id(self.tenant, "ofr", HELLOWORK, kjno)

    def _matters(self, entry: Entry) -> bool:
        """Could anything be held of it? Of those elsewhere, only what was open here."""
        return bool(entry.kjno) and (not entry.elsewhere or entry.kjno in self.open_now)

    async def _write(self, steps: Sequence[Change], now: datetime, today: date, changes: Changes) -> None:
        if not steps:
            return
        bulk = self.store.catalogue.bulk(self.tenant)
        offers = await self.store.catalogue.offers(
            self.tenant, [self._id(c.kjno) for c in steps if c.step != "new"], changes
        )
        adverts = [change.advert for change in steps if change.advert]
        await self._employers(bulk, adverts, now, changes)
        codes = {advert.occupation_code for advert in adverts if advert.occupation_code}
        profiles = await self.store.occupations.profiles(self.tenant, codes)
        for change in steps:
            self._one(bulk, change, offers.get(self._id(change.kjno)), profiles, now)
        await bulk.write(changes)

    def _one(
        self,
        bulk: Bulk,
        change: Change,
        held: Offer | None,
        profiles: dict[str, Occupation],
        now: datetime,
    ) -> None:
        advert = change.advert
        if advert is None:
            if held is not None:
                self.store.catalogue.put_offer(bulk, *end(held, "expired", now))
            return
        company_id, occupation = self._company(advert), profiles.get(advert.occupation_code or "")
        if held is None:
            made = new_offer(advert, self._id(advert.kjno), company_id, self.areas, occupation, now)
            self.store.catalogue.add_offer(bulk, *made, change.digest)
        else:
            said = renewed(held, advert, company_id, self.areas, occupation)
            self.store.catalogue.put_offer(bulk, *said, change.digest)

    def _company(self, advert: Advert) -> str:
        return listed_id(self.tenant, "com", HELLOWORK, employer_of(advert.tags))

    async def _employers(
        self, bulk: Bulk, adverts: Sequence[Advert], now: datetime, changes: Changes
    ) -> None:
        """Those that are not held yet; let in, as the employment service has looked at them."""
        by_id = {self._company(advert): advert for advert in reversed(adverts)}
        held = await self.store.catalogue.some(self.tenant, by_id, changes)
        for company_id, advert in by_id.items():
            if company_id not in held:
                code = advert.municipality_code or ""
                company, events = register(company_id, advert.company_name, code, None, now)
                self.store.catalogue.add_company(bulk, company, events)
