"""Learning in the background: one process of the service at a time fits a municipality's model anew after its residents did something.

Each municipality's model knows that municipality's residents alone.
"""

import asyncio
from datetime import timedelta

import structlog

from services.matching.learning import model_of
from services.matching.rebuilding import rebuild
from services.matching.store import Store
from services.matching.store.interactions import KEPT_FOR
from services.matching.store.models import Published
from shared.clock import Clock
from shared.ids import new_ulid
from shared.leases import take_lease
from shared.mongo import LONG_AGO, Database
from shared.registry import Registry
from shared.tenancy import Tenant

log = structlog.get_logger()

SHOWN_FOR = timedelta(days=90)
"""How far back slates teach which terms go with interest."""


class Refitting:
    """`every`: seconds between looks; `settle`: seconds after a nudge in which further ones are taken in together."""

    def __init__(
        self, db: Database, registry: Registry, store: Store, clock: Clock, every: float, settle: float
    ) -> None:
        self.db = db
        self.registry = registry
        self.store = store
        self.clock = clock
        self.every = every
        self.settle = settle
        self.holder = new_ulid()
        self._nudged = asyncio.Event()
        self._rebuilt: set[str] = set()

    def nudge(self) -> None:
        """Somebody has said something to an offer: there is something to learn."""
        self._nudged.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if await take_lease(self.db, "refitting", self.holder, timedelta(seconds=3 * self.every)):
                    await self.once()
            except Exception as error:  # the model of before stays good: the next look tries again
                log.warning("refitting_failed", error=type(error).__name__)
            await self._wait(stop)

    async def once(self) -> int:
        """Fit what is due; returns how many models were published."""
        count = 0
        for tenant in list(self.registry.tenants.values()):
            try:
                count += tenant.spec.matching.learning and await self._fit(tenant)
            except Exception as error:  # what fails for one municipality keeps no other waiting
                log.warning("refitting_failed", tenant=tenant.id, error=type(error).__name__)
        return count

    async def _fit(self, tenant: Tenant) -> bool:
        now = self.clock.now()
        before = await self.store.models.latest(tenant.id)
        if before is None and tenant.id not in self._rebuilt:
            # learning may just have been turned on: what was said before counts, too
            await rebuild(self.store, tenant.id, now)
            self._rebuilt.add(tenant.id)
        since = before.through if before else LONG_AGO
        if since >= now or not await self.store.interactions.any_since(tenant.id, since, now):
            return False
        done = await self.store.interactions.between(tenant.id, now - KEPT_FOR, now)
        shown = await self.store.slates.shown_since(tenant.id, now - SHOWN_FOR, now)
        refused = await self.store.questionnaires.refusing(tenant.id)
        testing = await self.store.residents.testing(tenant.id)
        # the arithmetic lets go of the interpreter for most of its time: requests are served meanwhile
        model = await asyncio.to_thread(model_of, done, shown, refused | testing, now)
        if model is None:
            return False
        published: Published = await self.store.models.publish(tenant.id, model, before, now)
        log.info("model_published", tenant=tenant.id, number=published.number, offers=len(model.offers))
        return before is None or published.number > before.number

    async def _wait(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._nudged.wait())]
        try:
            await asyncio.wait(waits, timeout=self.every, return_when=asyncio.FIRST_COMPLETED)
            if self._nudged.is_set() and not stop.is_set():
                await asyncio.wait(waits[:1], timeout=self.settle)
                self._nudged.clear()
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
