"""A list of companies or offers, some rows at a time: what they change is written together with how far the import is."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.matching.area import Areas
from services.matching.company import Change, Company, describe, register, register_itself
from services.matching.exchange import Values, changed_company, changed_offer, offer_of_row
from services.matching.exchange_csv import Row
from services.matching.import_run import Fault, ImportRun, Place, advance
from services.matching.importing.uploading import TABLES, read_table
from services.matching.inheriting import inherited
from services.matching.occupations import Occupation
from services.matching.offer import Offer
from services.matching.offer_life import ENDED, carried_in
from services.matching.store import Store
from services.matching.store.bulk import Bulk, in_one
from services.matching.store.catalogue import listed_id
from shared.clock import TOKYO, Clock
from shared.events.matching.catalogue import OfferChanged
from shared.ids import id_pattern
from shared.outbox import Changes, Outbox
from shared.tenancy import Tenant

AT_ONCE = 500
LIST = "list"
"""Where ids of what a list brings come from."""
Taken = tuple[list[str], list[Fault]]
"""What each row changed, and what is wrong."""


class Rows:
    """One municipality's lists."""

    def __init__(self, tenant: Tenant, outbox: Outbox, store: Store, areas: Areas, clock: Clock) -> None:
        self.tenant = tenant.id
        self.outbox = outbox
        self.store = store
        self.areas = areas
        self.clock = clock

    async def pages(self, run: ImportRun, body: bytes) -> AsyncIterator[ImportRun]:
        """The import after each page, from where it is to the end of the list. Raises Overtaken, Invalid."""
        keys = await self.store.catalogue.keys(self.tenant)
        known = set(keys) if run.source == "offers" else None
        table = await asyncio.to_thread(read_table, run.source, run.media, body, known)
        columns = TABLES[run.source]
        faults = [
            Fault(e.row, "", next((c.japanese for c in columns if c.name == e.column), ""), e.code, True)
            for e in table.errors
        ]
        if faults and not run.faulty:
            refused = len({fault.row for fault in faults})
            place = Place(0, len(table.rows))
            run = await self._page(run, refused, ["refused"] * refused, faults, place)
            yield run
        for first in range(run.place.part, len(table.rows), AT_ONCE):
            rows = table.rows[first : first + AT_ONCE]
            place = Place(first + len(rows), len(table.rows))
            run = await self._rows(run, rows, keys, place)
            yield run

    async def _page(
        self, run: ImportRun, read: int, steps: Sequence[str], faults: Sequence[Fault], place: Place
    ) -> ImportRun:
        async def work(changes: Changes) -> ImportRun:
            now = self.clock.now()
            await self.store.imports.faults.keep(self.tenant, run, faults, now, changes)
            moved = advance(run, read, steps, len(faults), place, now)
            return await self.store.imports.put(self.tenant, moved, changes)

        return await in_one(self.outbox, work)

    async def _rows(
        self, run: ImportRun, rows: Sequence[Row], keys: Mapping[str, str], place: Place
    ) -> ImportRun:
        async def work(changes: Changes) -> ImportRun:
            now = self.clock.now()
            bulk = self.store.catalogue.bulk(self.tenant)
            by_source = self._companies if run.source == "companies" else self._offers
            steps, faults = await by_source(bulk, rows, keys, now, changes)
            if not run.dry_run:
                await bulk.write(changes)
            await self.store.imports.faults.keep(self.tenant, run, faults, now, changes)
            moved = advance(run, len(rows), steps, len(faults), place, now)
            return await self.store.imports.put(self.tenant, moved, changes)

        return await in_one(self.outbox, work)

    async def _companies(
        self, bulk: Bulk, rows: Sequence[Row], keys: Mapping[str, str], now: datetime, changes: Changes
    ) -> Taken:
        wanted = [(row, self._company_id(row.values["company_key"], keys)) for row in rows]
        held = await self.store.catalogue.some(self.tenant, [company_id for _, company_id in wanted], changes)
        steps, faults, met = list[str](), list[Fault](), set[str]()
        for row, company_id in wanted:
            said, before = row.values, held.get(company_id)
            if company_id in met:
                steps.append("refused")
                faults.append(_twice(row, "companies", "company_key"))
            elif before is None:
                made = _registered(company_id, said, now)
                self.store.catalogue.add_company(bulk, *made, list_key=said["company_key"])
                steps.append("new")
            elif (now_said := changed_company(before, said)) is None:
                steps.append("unchanged")
            else:
                changed = describe(
                    before,
                    now_said.name,
                    now_said.municipality_code,
                    now_said.contact_email,
                    now_said.about,
                )
                self.store.catalogue.put_company(bulk, *changed)
                steps.append("changed")
            met.add(company_id)
        return steps, faults

    async def _offers(
        self, bulk: Bulk, rows: Sequence[Row], keys: Mapping[str, str], now: datetime, changes: Changes
    ) -> Taken:
        wanted = [(row, self._offer_ids(row.values["source_id"])) for row in rows]
        held = await self.store.catalogue.offers(
            self.tenant, [offer_id for _, ids in wanted for offer_id in ids], changes
        )
        codes = {code for row in rows if (code := row.values.get("occupation_code"))}
        codes |= {offer.occupation_code for offer in held.values() if offer.occupation_code}
        profiles = await self.store.occupations.profiles(self.tenant, codes)
        of_rows = {row.number: keys[row.values["company_key"]] for row, _ in wanted}
        companies = await self.store.catalogue.some(self.tenant, of_rows.values(), changes)
        places = {place for row in rows if (place := row.values.get("workplace_id"))}
        employers = await self.store.catalogue.employers(self.tenant, places, changes)
        steps, faults, met = list[str](), list[Fault](), set[str]()
        for row, ids in wanted:
            before = next((held[offer_id] for offer_id in ids if offer_id in held), None)
            offer_id = before.id if before else ids[-1]
            row = _placed(row, before.company_id if before else of_rows[row.number], employers)
            if offer_id in met:
                steps.append("refused")
                faults.append(_twice(row, "offers", "source_id"))
            elif before is None:
                company = companies[of_rows[row.number]]
                steps.append(self._new(bulk, row, ids[-1], company, profiles, now))
            else:
                steps.append(self._changed(bulk, row, before, profiles))
            met.add(offer_id)
        return steps, faults

    def _new(
        self,
        bulk: Bulk,
        row: Row,
        offer_id: str,
        company: Company,
        profiles: Mapping[str, Occupation],
        now: datetime,
    ) -> str:
        """See `carried_in`."""
        said = row.values
        offer = self._completed(offer_of_row(said, offer_id, company, now), profiles)
        today = now.astimezone(TOKYO).date()
        begun = carried_in(offer, company, said.get("state"), said.get("closed_on"), today, now)
        if begun is None:
            return "expired"
        self.store.catalogue.add_offer(bulk, *begun)
        return "new"

    def _changed(self, bulk: Bulk, row: Row, before: Offer, profiles: Mapping[str, Occupation]) -> str:
        if before.state in ENDED:
            return "kept_closed"
        said = changed_offer(before, row.values)
        if said is None:
            return "unchanged"
        moved = said.municipality_code != before.municipality_code
        if moved and (said.lat, said.lng) == (before.lat, before.lng):
            said = replace(said, lat=None, lng=None)
        said = self._completed(said, profiles)
        if said == before:
            return "unchanged"
        event = OfferChanged(offer_id=said.id, company_id=said.company_id)
        self.store.catalogue.put_offer(bulk, said, [event])
        return "changed"

    def _completed(self, offer: Offer, profiles: Mapping[str, Occupation]) -> Offer:
        """With what it inherits, and the place that stands for its municipality where none is told."""
        values, interests = inherited(offer.own, profiles.get(offer.occupation_code or ""))
        place = self.areas.by_code.get(offer.municipality_code)
        if offer.lat is None and offer.lng is None and place:
            offer = replace(offer, lat=place.at[0], lng=place.at[1])
        return replace(offer, values=values, interests=interests)

    def _company_id(self, key: str, keys: Mapping[str, str]) -> str:
        return keys.get(key) or listed_id(self.tenant, "com", LIST, key)

    def _offer_ids(self, key: str) -> list[str]:
        """What a number may mean: an offer's own id, or what an earlier list called so."""
        own = [key] if re.fullmatch(id_pattern("ofr"), key) else []
        return [*own, listed_id(self.tenant, "ofr", LIST, key)]


def _registered(company_id: str, said: Values, now: datetime) -> Change:
    """Let in, unless it was not let in where the list comes from: then this municipality decides."""
    begin = register if said.get("standing") in (None, "approved") else register_itself
    about = said.get("about", "")
    return begin(company_id, said["name"], said["municipality_code"], said.get("contact_email"), now, about)


def _placed(row: Row, company_id: str, employers: Mapping[str, str]) -> Row:
    """Without a workplace that the offer's company does not have here."""
    place = row.values.get("workplace_id")
    if not place or employers.get(place) == company_id:
        return row
    return replace(row, values={n: value for n, value in row.values.items() if n != "workplace_id"})


def _twice(row: Row, source: str, column: str) -> Fault:
    """The row means what an earlier one has called by another name: one by its number, one by its id."""
    japanese = next(c.japanese for c in TABLES[source] if c.name == column)
    return Fault(row.number, str(row.values[column]), japanese, "twice", True)
