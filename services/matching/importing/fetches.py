"""When the employment service's lists are fetched: every day after they come out, and when staff ask for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from services.matching.area import Areas
from services.matching.fetching import Fetching
from services.matching.import_run import (
    AlreadyRunning,
    ClosedNow,
    ImportRun,
    NoMunicipalities,
    NotSetUp,
)
from services.matching.store import Store
from shared.clock import TOKYO, Clock
from shared.idempotency import Command
from shared.ids import derived_id
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry

log = structlog.get_logger()

LEASE_FOR = timedelta(minutes=10)
AGAIN_AFTER = timedelta(hours=1)
"""A fetch that failed is tried again, unless the employment service does not know the municipality."""


class Fetches:
    """`every`: seconds between two looks; `nudge` is called when one has begun."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        store: Store,
        fetching: Fetching,
        areas: Areas,
        clock: Clock,
        nudge: Callable[[], None],
        every: float,
    ) -> None:
        self.db = db
        self.registry = registry
        self.store = store
        self.fetching = fetching
        self.areas = areas
        self.clock = clock
        self.nudge = nudge
        self.every = every

    async def begin(self, tenant: str, by: str, run_id: str, command: Command | None = None) -> ImportRun:
        """Raises NotSetUp, NoMunicipalities, ClosedNow, AlreadyRunning."""
        if not self.fetching.set_up(tenant):
            raise NotSetUp("the municipality has no access to the lists")
        if not self.areas.by_code:
            raise NoMunicipalities("the list of municipalities is not set up")
        if not self.fetching.is_open():
            raise ClosedNow("closed from 0 to 6 o'clock")
        now = self.clock.now()
        run = ImportRun(run_id, "hellowork", now, now, way="fetch", whole=True, by=by)
        begun = await self.store.imports.begin(tenant, run, command)
        self.nudge()
        return begun

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "hellowork-fetches", LEASE_FOR, self.every, self.once, stop)

    async def once(self) -> None:
        """Begin what is due, tenant by tenant."""
        if not self.fetching.is_open() or not self.areas.by_code:
            return
        for tenant in list(self.registry.tenants):
            try:
                if self.fetching.set_up(tenant) and await self._due(tenant):
                    moment = self.clock.now().astimezone(TOKYO).strftime("%Y-%m-%dT%H")
                    await self.begin(tenant, "schedule", derived_id("imp", tenant, "fetch", moment))
            except AlreadyRunning:
                continue
            except Exception as error:  # the next look tries again
                log.warning("fetch_not_begun", tenant=tenant, error=type(error).__name__)

    async def _due(self, tenant: str) -> bool:
        latest = await self.store.imports.latest(tenant, "hellowork")
        if latest is None or latest.way != "fetch":
            return True
        now = self.clock.now()
        today = latest.started_at.astimezone(TOKYO).date() == now.astimezone(TOKYO).date()
        if latest.state != "failed" or latest.failure == "refused":
            return not today
        return not today or now - latest.moved_at >= AGAIN_AFTER
