"""New profiles of occupations reach the offers of those occupations: in the background, by one process at a time."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import date, timedelta

import structlog

from services.matching.inheriting import inherited
from services.matching.occupations import Fault, Occupation, read_occupations
from services.matching.offer import Offer
from services.matching.rewriting import rewrite
from services.matching.store import Store
from services.matching.store.occupations import Origin
from services.matching.table_faults import NoTable
from shared.clock import Clock
from shared.leases import alone
from shared.mongo import Database
from shared.outbox import Outbox
from shared.registry import Registry
from shared.rounds import tenant_by_tenant

log = structlog.get_logger()


class Spreading:
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

    async def take(
        self, tenant: str, body: bytes, downloaded_on: date | None, version: str
    ) -> tuple[Origin, list[Fault]]:
        """The profiles of a file instead of those held so far, and what is wrong in it. Raises NoTable when nothing can be read."""
        read, faults = await asyncio.to_thread(read_occupations, body, downloaded_on, version)
        if not read.by_code:
            raise NoTable("no_occupation")
        digest = hashlib.sha256(body).hexdigest()
        origin = Origin(digest, downloaded_on, version, self.clock.now(), len(read.by_code))
        await self.store.occupations.replace(tenant, read, origin)
        return origin, faults

    async def run(self, stop: asyncio.Event) -> None:
        lasting = timedelta(seconds=max(30.0, 3 * self.every))
        await alone(self.db, "occupation-spread", lasting, self.every, self.once, stop)

    async def once(self) -> int:
        """Bring up to date what is due, tenant by tenant; returns how many offers have changed."""
        return await tenant_by_tenant(self.registry, "occupations_not_spread", self._tenant)

    async def _tenant(self, tenant: str) -> int:
        origin = await self.store.occupations.origin(tenant)
        if origin is None or origin.spread_at is not None:
            return 0
        profiles = await self.store.occupations.every(tenant)
        count = 0
        # an offer may be written with the profiles of before while the first round is on its way
        while changed := await self._round(tenant, profiles):
            count += changed
        await self.store.occupations.spread(tenant, origin.digest, self.clock.now())
        log.info("occupations_spread", tenant=tenant, changed=count)
        return count

    async def _round(self, tenant: str, profiles: dict[str, Occupation]) -> int:
        living = self.store.catalogue.living(tenant)
        return await rewrite(self.store, self.outbox, tenant, living, lambda offer: _renewed(offer, profiles))


def _renewed(offer: Offer, profiles: dict[str, Occupation]) -> Offer:
    values, interests = inherited(offer.own, profiles.get(offer.occupation_code or ""))
    return replace(offer, values=values, interests=interests)
