"""A page of advertisements: what it changes is written together with how far the import is."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.matching.area import Areas
from services.matching.company import register
from services.matching.hellowork.comparing import Change, Entry, Held, change_by, entries, gone
from services.matching.hellowork.offering import employer_of, new_offer, renewed
from services.matching.hellowork.reading import Record
from services.matching.hellowork.record import Advert
from services.matching.import_run import Fault, ImportRun, Place, advance, lacks_too_much, withhold
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
    """One import of one municipality. `held`: what is held of the employment service's offers, by number, as of when it began or went on and
    with what it did since; `seen`: the numbers that its pages held so far.

    Only imports write what the service says, one at a time; offers that have moved on since `held` was read are looked at again when
    they are written.
    """

    def __init__(self, tenant: Tenant, outbox: Outbox, store: Store, areas: Areas, clock: Clock) -> None:
        self.tenant = tenant.id
        self.reach = frozenset({tenant.spec.municipality_code, *tenant.spec.neighbouring_areas})
        self.outbox = outbox
        self.store = store
        self.areas = areas
        self.clock = clock
        self.held: dict[str, Held] = {}
        self.seen: set[str] = set()

    async def prepare(self, run: ImportRun) -> ImportRun:
        """Before the first page, or the first one after a crash."""
        self.held = await self.store.catalogue.held(self.tenant, HELLOWORK)
        self.seen = await self.store.imports.seen(self.tenant, run.id)
        if run.read:
            return run
        return replace(run, open_before=sum(one.open for one in self.held.values()))

    async def take(self, run: ImportRun, records: Sequence[Record], place: Place) -> ImportRun:
        """The import one page further. Raises Overtaken."""
        found = await asyncio.to_thread(lambda: list(entries(records, self.areas, self.reach, self.seen)))
        new = {entry.kjno for entry in found if entry.kjno and not entry.elsewhere} - self.seen
        faults = [Fault(p.record, p.kjno, p.tag, p.code, p.skips) for e in found for p in e.problems]

        async def work(changes: Changes) -> tuple[ImportRun, dict[str, Held]]:
            now = self.clock.now()
            steps, written = await self._change(found, run, now, changes)
            await self.store.imports.faults.keep(self.tenant, run, faults, now, changes)
            await self.store.imports.note_seen(self.tenant, run, new, now, changes)
            moved = advance(run, len(records), steps, len(faults), place, now)
            return await self.store.imports.put(self.tenant, moved, changes), written

        moved, written = await in_one(self.outbox, work)
        self.seen |= new
        self.held |= written
        return moved

    async def end_missing(self, run: ImportRun) -> AsyncIterator[ImportRun]:
        """After the last page of a whole list: what it does not hold is no longer advertised. The import after each step.

        A list without a single offer of the municipality's is none that says so; one that lacks too much waits until somebody confirms it.
        """
        if not (run.whole and self.seen):
            return
        missing = [change.kjno for change in gone(self.held, self.seen, whole=True)]
        if lacks_too_much(run, len(missing)):
            yield await self.store.imports.put(self.tenant, withhold(run, len(missing), self.clock.now()))
            return
        for first in range(0, len(missing), ENDED):
            run = await self._end(run, [self._id(kjno) for kjno in missing[first : first + ENDED]])
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
    ) -> tuple[list[str], dict[str, Held]]:
        """What each record changes, and what is held then; written unless nothing is to be."""
        today = now.astimezone(TOKYO).date()
        steps = [change_by(entry, self.held.get(entry.kjno), today) for entry in found]
        known = [self._id(step.kjno) for step in steps if _writes(step) and step.kjno in self.held]
        offers = await self.store.catalogue.offers(self.tenant, known, changes)
        for number, (entry, step) in enumerate(zip(found, steps, strict=True)):
            if _writes(step) and (offer := offers.get(self._id(step.kjno))):
                as_it_stands = replace(self.held[step.kjno], state=offer.state)
                steps[number] = change_by(entry, as_it_stands, today)
        if run.dry_run:
            return [step.step for step in steps], {}
        written = await self._write([step for step in steps if _writes(step)], offers, now, changes)
        return [step.step for step in steps], written

    def _id(self, kjno: str) -> str:
        return listed_id(self.tenant, "ofr", HELLOWORK, kjno)

    async def _write(
        self, steps: Sequence[Change], offers: Mapping[str, Offer], now: datetime, changes: Changes
    ) -> dict[str, Held]:
        if not steps:
            return {}
        bulk = self.store.catalogue.bulk(self.tenant)
        adverts = [change.advert for change in steps if change.advert]
        await self._employers(bulk, adverts, now, changes)
        codes = {advert.occupation_code for advert in adverts if advert.occupation_code}
        profiles = await self.store.occupations.profiles(self.tenant, codes)
        written = {
            step.kjno: Held(step.digest, self._one(bulk, step, offers, profiles, now).state) for step in steps
        }
        await bulk.write(changes)
        return written

    def _one(
        self,
        bulk: Bulk,
        change: Change,
        offers: Mapping[str, Offer],
        profiles: Mapping[str, Occupation],
        now: datetime,
    ) -> Offer:
        """The offer as it is then."""
        offer_id, advert = self._id(change.kjno), change.advert
        if advert is None:
            ended, events = end(offers[offer_id], "expired", now)
            self.store.catalogue.put_offer(bulk, ended, events)
            return ended
        company_id, occupation = self._company(advert), profiles.get(advert.occupation_code or "")
        if offer_id in offers:
            said, events = renewed(offers[offer_id], advert, company_id, self.areas, occupation)
            self.store.catalogue.put_offer(bulk, said, events, change)
        else:
            said, events = new_offer(advert, offer_id, company_id, self.areas, occupation, now)
            self.store.catalogue.add_offer(bulk, said, events, change)
        return said

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


def _writes(change: Change) -> bool:
    return change.advert is not None or change.closes
