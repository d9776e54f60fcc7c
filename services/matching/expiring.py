"""Offers whose last day has passed end as expired: looked for at the start and again and again, by one process at a time."""

import asyncio
from datetime import timedelta

import structlog

from services.matching.offer_life import expire
from services.matching.store import Store
from services.matching.store.bulk import in_one
from shared.clock import TOKYO, Clock
from shared.leases import alone
from shared.mongo import Database
from shared.outbox import Changes, Outbox
from shared.registry import Registry
from shared.rounds import tenant_by_tenant

log = structlog.get_logger()

AT_ONCE = 200


class Expiring:
    """`every`: seconds between two looks."""

    def __init__(
        self, db: Database, registry: Registry, outbox: Outbox, store: Store, clock: Clock, every: float
    ) -> None:
        self.db = db
        self.registry = registry
        self.outbox = outbox
        self.store = store
        self.clock = clock
        self.every = every

    async def run(self, stop: asyncio.Event) -> None:
        lasting = timedelta(seconds=3 * self.every)
        await alone(self.db, "offer-expiry", lasting, self.every, self.once, stop)

    async def once(self) -> int:
        """End what is over, tenant by tenant; returns how many offers. What fails for one tenant keeps no other waiting."""
        count = await tenant_by_tenant(self.registry, "offer_expiry_failed", self._tenant)
        if count:
            log.info("offers_expired", count=count)
        return count

    async def _tenant(self, tenant: str) -> int:
        count = 0
        while ended := await self._some(tenant):
            count += ended
        return count

    async def _some(self, tenant: str) -> int:
        """At most AT_ONCE, in one transaction."""
        now = self.clock.now()
        today = now.astimezone(TOKYO).date()
        over = [offer.id for offer in await self.store.catalogue.over(tenant, today, AT_ONCE)]
        if not over:
            return 0

        async def work(changes: Changes) -> int:
            bulk = self.store.catalogue.bulk(tenant)
            offers = (await self.store.catalogue.offers(tenant, over, changes)).values()
            ended = [result for offer in offers if (result := expire(offer, today, now))]
            for offer, events in ended:
                self.store.catalogue.put_offer(bulk, offer, events)
            await bulk.write(changes)
            return len(ended)

        return await in_one(self.outbox, work)
