"""Imports in the background: one process at a time works on a municipality's, page by page, and whoever comes after a crash goes on behind
the last page that was written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta

import structlog

from services.matching.area import Areas
from services.matching.fetching import Fetching, Refused, Unreachable
from services.matching.hellowork.reading import Unreadable
from services.matching.import_run import ClosedNow, ImportRun, begin_work, fail, finish, hopeless
from services.matching.importing.adverts import Adverts
from services.matching.importing.rows import Rows
from services.matching.importing.sources import Going, fetched, sent
from services.matching.store import Store
from services.matching.store.imports import Overtaken
from shared.clock import Clock
from shared.errors import Invalid, Unavailable
from shared.ids import new_ulid
from shared.leases import take_lease
from shared.mongo import Database
from shared.outbox import Outbox
from shared.registry import Registry
from shared.secrets import MissingSecret
from shared.tenancy import Tenant

log = structlog.get_logger()

LEASE_FOR = timedelta(seconds=60)
AT_ONCE = 2
"""Municipalities whose imports one process works on at the same time."""


class LeaseLost(Exception):
    """Another process works on the municipality's imports now."""


class Worker:
    """`every`: seconds between two looks for imports that nobody told of."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        outbox: Outbox,
        store: Store,
        areas: Areas,
        fetching: Fetching,
        clock: Clock,
        every: float,
    ) -> None:
        self.db = db
        self.registry = registry
        self.outbox = outbox
        self.store = store
        self.areas = areas
        self.fetching = fetching
        self.clock = clock
        self.every = every
        self.holder = new_ulid()
        self.stop = asyncio.Event()
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """An import has begun: there is something to do."""
        self._nudged.set()

    async def run(self, stop: asyncio.Event) -> None:
        self.stop = stop
        while not stop.is_set():
            self._nudged.clear()
            await self.once()
            await self._wait(stop)

    async def once(self) -> None:
        """Work on everything that runs. What fails for one municipality keeps no other waiting."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one(tenant: Tenant) -> None:
            async with room:
                try:
                    await self._tenant(tenant)
                except LeaseLost:
                    pass
                except Exception as error:  # what was written stays: the next look goes on behind it
                    log.warning("import_interrupted", tenant=tenant.id, error=type(error).__name__)

        await asyncio.gather(*(one(tenant) for tenant in list(self.registry.tenants.values())))

    async def _tenant(self, tenant: Tenant) -> None:
        for run in await self.store.imports.running(tenant.id):
            if run.way == "fetch" and not run.read_out and not self.fetching.is_open():
                continue  # it goes on in the morning
            async with self._lease_kept(tenant):
                try:
                    await self._through(tenant, run)
                except Overtaken:
                    log.info("import_overtaken", tenant=tenant.id, import_id=run.id)

    async def _through(self, tenant: Tenant, run: ImportRun) -> None:
        going = Going(begin_work(run))
        if hopeless(going.run):
            await self._ended(tenant, fail(going.run, "given_up", self.clock.now()))
            return
        going.run = await self.store.imports.put(tenant.id, going.run)
        try:
            if not await self._read(tenant, going):
                return
        except ClosedNow:
            return  # it goes on in the morning
        except Invalid as error:  # Unreadable, too
            line = error.line if isinstance(error, Unreadable) and error.line else None
            ended = fail(going.run, "unreadable", self.clock.now(), line)
        except (Refused, MissingSecret):
            ended = fail(going.run, "refused", self.clock.now())
        except Unreachable:
            ended = fail(going.run, "unreachable", self.clock.now())
        else:
            ended = finish(going.run, self.clock.now())
        await self._ended(tenant, ended)

    async def _ended(self, tenant: Tenant, run: ImportRun) -> None:
        await self.store.imports.put(tenant.id, run)
        await self.store.imports.let_go(tenant.id, run.id, but_seen=run.waits)
        log.info(
            "import_ended",
            tenant=tenant.id,
            import_id=run.id,
            source=run.source,
            state=run.state,
            failure=run.failure,
            read=run.read,
        )

    async def _read(self, tenant: Tenant, going: Going) -> bool:
        """To the end; False when the process stops before."""
        if going.run.source != "hellowork":
            rows = Rows(tenant, self.outbox, self.store, self.areas, self.clock)
            body = b"".join(
                [p async for p in self.store.imports.pieces(tenant.id, going.run.id, going.run.pieces)]
            )
            async for run in rows.pages(going.run, body):
                going.run = run
                if not await self._may_go_on(tenant):
                    return False
            return True
        return await self._read_adverts(tenant, going)

    async def _read_adverts(self, tenant: Tenant, going: Going) -> bool:
        adverts = Adverts(tenant, self.outbox, self.store, self.areas, self.clock)
        going.run = await adverts.prepare(going.run)
        if not going.run.read_out and not await self._take(tenant, going, adverts):
            return False
        async for run in adverts.end_missing(going.run):
            going.run = run
        return True

    async def _take(self, tenant: Tenant, going: Going, adverts: Adverts) -> bool:
        """Every page; False when the process stops before."""
        fetches = going.run.way == "fetch"
        async with aclosing(
            fetched(self.store, self.fetching, tenant.id, going)
            if fetches
            else sent(self.store, tenant.id, going.run)
        ) as pages:
            async for found, place in pages:
                if not going.run.read:  # from the first page on, also when another list was begun
                    adverts.seen.clear()
                going.run = await adverts.take(going.run, found, place)
                if not await self._may_go_on(tenant):
                    return False
        return True

    async def _may_go_on(self, tenant: Tenant) -> bool:
        await self._keep_lease(tenant)
        return not self.stop.is_set()

    @asynccontextmanager
    async def _lease_kept(self, tenant: Tenant) -> AsyncIterator[None]:
        """While the work lasts: one page may take longer than the lease does. Raises LeaseLost."""
        await self._keep_lease(tenant)

        async def keep() -> None:
            while True:
                await asyncio.sleep(LEASE_FOR.total_seconds() / 3)
                with suppress(Unavailable):  # the work itself finds out
                    await self._keep_lease(tenant)

        keeping = asyncio.ensure_future(keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_lease(self, tenant: Tenant) -> None:
        """Raises LeaseLost."""
        if not await take_lease(self.db, f"importing:{tenant.id}", self.holder, LEASE_FOR):
            raise LeaseLost

    async def _wait(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._nudged.wait())]
        try:
            await asyncio.wait(waits, timeout=self.every, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
