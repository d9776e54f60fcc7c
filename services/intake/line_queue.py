"""LINE's events between being stored and being handled: at once in the process that took them, or by a sweep after a crash."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.intake.line import read_event
from services.intake.line_desk import LineDesk
from services.intake.store import LineEvents
from services.intake.store.line_events import Waiting
from shared import trace
from shared.clock import system_now
from shared.errors import Unavailable
from shared.ids import new_ulid
from shared.leases import alone

log = structlog.get_logger()
SWEEP_EVERY = 2.0
SWEEP_AFTER = timedelta(seconds=5)
LEASE_FOR = timedelta(seconds=15)


class LineQueue:
    def __init__(self, desk: LineDesk, events: LineEvents) -> None:
        self.desk = desk
        self.events = events
        self.core = desk.core
        self._queue: deque[tuple[Waiting, trace.Trace]] = deque()
        self._wake = asyncio.Event()

    def nudge(self, waiting: Sequence[Waiting]) -> None:
        """Hand over what was just stored; never blocks."""
        self._queue.extend((one, trace.current()) for one in waiting)
        self._wake.set()

    async def answer_at_once(self, stop: asyncio.Event) -> None:
        """Handle what `nudge` brings, in order, until `stop`. A companion of processes that take webhooks."""
        ending = asyncio.ensure_future(stop.wait())
        while not stop.is_set() or self._queue:
            if self._queue:
                waiting, cause = self._queue.popleft()
                with trace.tracing(cause, tenant=waiting.tenant):
                    await self._try(waiting)
                continue
            self._wake.clear()
            waking = asyncio.ensure_future(self._wake.wait())
            await asyncio.wait([waking, ending], return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
        ending.cancel()

    async def take_up_left_behind(self, stop: asyncio.Event) -> None:
        """Handle what a crash left; one process at a time. A worker."""
        await alone(self.core.db, "line-sweep", LEASE_FOR, SWEEP_EVERY, self.sweep, stop)

    async def sweep(self, older_than: timedelta = SWEEP_AFTER) -> int:
        """Handle what has waited longer than `older_than`; returns how many there were."""
        found = await self.events.left_behind(
            list(self.core.registry.tenants), system_now() - older_than, 100
        )
        for waiting in found:
            with trace.tracing(trace.Trace(new_ulid()), tenant=waiting.tenant):
                await self._try(waiting)
        return len(found)

    async def _try(self, waiting: Waiting) -> None:
        tenant = self.core.registry.tenant(waiting.tenant)
        if tenant is None:
            return
        try:
            await self.desk.handle(tenant, read_event(waiting.raw))
            await self.events.done(tenant.id, waiting.id)
        except Unavailable as error:
            log.warning("line_event_waits", error=error.detail)  # the sweep takes it up
        except Exception as error:
            log.error("line_event_failed", error=type(error).__name__, exc_info=error)
            await self.events.failed(tenant.id, waiting)
