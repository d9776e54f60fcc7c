"""A company's new name reaches its offers: in the background, by one process at a time.

What the employment service advertises keeps the name that stands in the advertisement: whoever looks there finds it under that name.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from services.matching.company import Company
from services.matching.offer import Offer
from services.matching.rewriting import rewrite
from services.matching.store import Store
from shared.leases import alone
from shared.mongo import Database
from shared.outbox import Outbox
from shared.registry import Registry
from shared.rounds import tenant_by_tenant

log = structlog.get_logger()


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
        return await tenant_by_tenant(self.registry, "companies_not_renamed", self._tenant)

    async def _tenant(self, tenant: str) -> int:
        return sum([await self._try(tenant, each) for each in await self.store.companies.renamed(tenant)])

    async def _try(self, tenant: str, company: Company) -> int:
        try:
            return await self._company(tenant, company)
        except Exception as error:  # it stays due, as for a municipality
            log.warning(
                "company_not_renamed", tenant=tenant, company_id=company.id, error=type(error).__name__
            )
            return 0

    async def _company(self, tenant: str, company: Company) -> int:
        count = await rewrite(
            self.store,
            self.outbox,
            tenant,
            self.store.catalogue.of_company(tenant, company.id),
            lambda offer: _renamed(offer, company),
        )
        if not count:  # an offer may be written with the name of before while a look is on its way: only an idle one ends it
            await self.store.companies.all_named(tenant, company)
        return count


def _renamed(offer: Offer, company: Company) -> Offer:
    return offer if offer.source == "hellowork" else replace(offer, company_name=company.name)
