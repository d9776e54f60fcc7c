"""A company's new name reaches its offers: in the background, by one process at a time.

What the employment service advertises keeps the name that stands in the advertisement: whoever looks there finds it under that name.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from services.matching.company import Company
from services.matching.offer import Offer
from services.matching.store import Store
from services.matching.store.bulk import in_one
from shared.events.matching.catalogue import OfferChanged
from shared.leases import alone
from shared.mongo import Database
from shared.outbox import Changes, Outbox
from shared.registry import Registry

log = structlog.get_logger()

AT_ONCE = 200


class Renaming:
    """`every`: seconds between two looks."""

    def __init__(self, db: Database, registry: Registry, outbox: Outbox, store: Store, every: float) -> None:
        self.db = db
        self.registry = registry
        self.outbox = outbox
        self.store = store
        self.every = every

    async def run(self, stop: asyncio.Event) -> None:
        lasting = timedelta(seconds=max(30.0, 3 * self.every))
        await alone(self.db, "company-renaming", lasting, self.every, self.once, stop)

    async def once(self) -> int:
        """Name anew what is due, tenant by tenant; returns how many offers have changed. What fails for one company keeps no other waiting."""
        count = 0
        for tenant in list(self.registry.tenants):
            try:
                for company in await self.store.companies.renamed(tenant):
                    count += await self._try(tenant, company)
            except Exception as error:  # it stays due: the next look tries again
                log.warning("companies_not_renamed", tenant=tenant, error=type(error).__name__)
        return count

    async def _try(self, tenant: str, company: Company) -> int:
        try:
            return await self._company(tenant, company)
        except Exception as error:  # the same
            log.warning(
                "company_not_renamed", tenant=tenant, company_id=company.id, error=type(error).__name__
            )
            return 0

    async def _company(self, tenant: str, company: Company) -> int:
        count = 0
        async for offers in self.store.catalogue.of_company(tenant, company.id):
            stale = [offer.id for offer in offers if _other(offer, company)]
            for first in range(0, len(stale), AT_ONCE):
                count += await self._write(tenant, company, stale[first : first + AT_ONCE])
        if not count:  # an offer may be written with the name of before while a look is on its way: only an idle one ends it
            await self.store.companies.all_named(tenant, company)
        return count

    async def _write(self, tenant: str, company: Company, ids: list[str]) -> int:
        async def work(changes: Changes) -> int:
            bulk = self.store.catalogue.bulk(tenant)
            offers = (await self.store.catalogue.offers(tenant, ids, changes)).values()
            stale = [offer for offer in offers if _other(offer, company)]
            for offer in stale:
                event = OfferChanged(offer_id=offer.id, company_id=offer.company_id)
                self.store.catalogue.put_offer(bulk, replace(offer, company_name=company.name), [event])
            await bulk.write(changes)
            return len(stale)

        return await in_one(self.outbox, work)


def _other(offer: Offer, company: Company) -> bool:
    return offer.company_name != company.name and offer.source != "hellowork"
