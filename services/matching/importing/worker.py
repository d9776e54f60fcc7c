"""Imports in the background: one process at a time works on a municipality's, page by page, and whoever comes after a crash goes on behind
the last page that was written."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from services.matching.area import Areas
from services.matching.fetching import Fetching, Refused, Unreachable
from services.matching.hellowork.reading import PAGE, Reader, Record, Unreadable
from services.matching.hellowork.session import was_last
from services.matching.import_run import (
    ClosedNow,
    ImportRun,
    Place,
    begin_work,
    fail,
    finish,
    hopeless,
    start_over,
)
from services.matching.importing.adverts import Adverts
from services.matching.importing.rows import Rows
from services.matching.store import Store
from services.matching.store.bulk import in_one
from services.matching.store.imports import Overtaken
from shared.clock import Clock
from shared.errors import Invalid
from shared.ids import new_ulid
from shared.leases import take_lease
from shared.mongo import Database
from shared.outbox import Changes, Outbox
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
            if run.way == "fetch" and not self.fetching.is_open():
                continue  # it goes on in the morning
            await self._keep_lease(tenant)
            try:
                await self._through(tenant, run)
            except Overtaken:
                log.info("import_overtaken", tenant=tenant.id, import_id=run.id)

    async def _through(self, tenant: Tenant, run: ImportRun) -> None:
        going = _Going(begin_work(run))
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
        await self.store.imports.let_go(tenant.id, run.id)
        log.info(
            "import_ended",
            tenant=tenant.id,
            import_id=run.id,
            source=run.source,
            state=run.state,
            failure=run.failure,
            read=run.read,
        )

    async def _read(self, tenant: Tenant, going: "_Going") -> bool:
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

    async def _read_adverts(self, tenant: Tenant, going: "_Going") -> bool:
        adverts = Adverts(tenant, self.outbox, self.store, self.areas, self.clock)
        await adverts.prepare(going.run)
        fetches = going.run.way == "fetch"
        async with aclosing(
            self._fetched(tenant, going) if fetches else self._sent(tenant, going.run)
        ) as pages:
            async for found, place in pages:
                if not going.run.read:  # from the first page on, also when another list was begun
                    adverts.seen.clear()
                going.run = await adverts.take(going.run, found, place)
                if not await self._may_go_on(tenant):
                    return False
        async for run in adverts.end_missing(going.run):
            going.run = run
        return True

    async def _sent(self, tenant: Tenant, run: ImportRun) -> AsyncGenerator[tuple[list[Record], Place], None]:
        """Pages of a file that was sent, behind what was taken already. Raises Unreadable, after the good records before."""
        reader, waiting, number = Reader(), list[Record](), 0
        try:
            async for piece in self.store.imports.pieces(tenant.id, run.id, run.pieces):
                number += 1
                found = await asyncio.to_thread(reader.feed, piece)
                waiting += [record for record in found if record.number > run.read]
                while len(waiting) >= PAGE:
                    yield waiting[:PAGE], Place(number - 1, run.pieces)
                    del waiting[:PAGE]
            reader.close()
        except Unreadable:
            waiting += [record for record in reader.left() if record.number > run.read]
            for first in range(0, len(waiting), PAGE):
                yield waiting[first : first + PAGE], Place(number, run.pieces)
            raise
        if waiting:
            yield waiting, Place(run.pieces, run.pieces)

    async def _fetched(
        self, tenant: Tenant, going: "_Going"
    ) -> AsyncGenerator[tuple[list[Record], Place], None]:
        """Pages of the employment service's lists, from where the import is. Raises Refused, Unreachable, Unreadable."""
        async with self.fetching.session(tenant.id) as session:
            lists = await session.lists()
            if going.run.place.lists != lists:
                going.run = await self._start_over(tenant, going.run, Place(0, len(lists), lists))
            while (place := going.run.place).part < len(lists):
                if not self.fetching.is_open():
                    raise ClosedNow
                page = await session.page(lists[place.part], place.page, place.before)
                found = page.records if page else []
                yield (
                    [replace(record, number=going.run.read + record.number) for record in found],
                    Place(place.part, place.parts, lists, place.page + 1, page.digest)
                    if page and not was_last(len(found))
                    else Place(place.part + 1, place.parts, lists),
                )

    async def _start_over(self, tenant: Tenant, run: ImportRun, place: Place) -> ImportRun:
        async def work(changes: Changes) -> ImportRun:
            await self.store.imports.forget_pages(tenant.id, run.id, changes)
            begun = start_over(run, place, self.clock.now())
            return await self.store.imports.put(tenant.id, begun, changes)

        return await in_one(self.outbox, work)

    async def _may_go_on(self, tenant: Tenant) -> bool:
        await self._keep_lease(tenant)
        return not self.stop.is_set()

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


@dataclass
class _Going:
    """An import on its way."""

    run: ImportRun
