"""Doing what residents chose on LINE.

The event is not acted on inside the consumer's transaction. The desk takes time in transactions of its own, which it begins again when
somebody else was faster; nested in the consumer's they would be committed although that one is lost, or hold up a whole batch
of messages with one person's choice. So the consumer's transaction only keeps the choice (with its inbox row: exactly once), and this
worker performs it with a command derived from the event's id. It may be performed again after a crash, and by two processes
at once: the desk recognises the command, and the answer is written by whoever settles the choice first. At least once, times idempotent,
is exactly once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from services.booking.chosen import Chosen, reason_of
from services.booking.store.chosen_actions import ChosenActions
from shared import trace
from shared.clock import system_now
from shared.errors import IdempotencyConflict, Refused, StaleVersion, Unavailable
from shared.events.booking import ActionRefused, RefusalReason
from shared.events.envelope import Payload
from shared.events.intake import ChosenAction
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.leases import take_lease
from shared.runtime import Core
from shared.tenancy import Tenant

log = structlog.get_logger()

SWEEP_EVERY = 2.0
SWEEP_AFTER = timedelta(seconds=5)
LEASE_FOR = timedelta(seconds=15)
MOST_TRIES = 6

Performer = Callable[[Tenant, Chosen, Command], Awaitable[Sequence[Payload]]]
"""Performs a choice and returns what is to be said beside what the change itself says. Raises Refused: nothing has changed then."""


class Acting:
    def __init__(
        self, core: Core, choices: ChosenActions, performers: Mapping[ChosenAction, Performer]
    ) -> None:
        self.core = core
        self.choices = choices
        self.performers = performers
        self.holder = new_ulid()
        self._queue: deque[tuple[str, Chosen]] = deque()
        self._wake = asyncio.Event()

    def nudge(self, tenant_id: str, chosen: Chosen) -> None:
        """Hand over what was just kept; never blocks."""
        self._queue.append((tenant_id, chosen))
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Perform what `nudge` brings at once, and what a crash left behind, until `stop`."""
        ending = asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            while self._queue:
                await self._try(*self._queue.popleft())
            await self._sweep_alone()
            self._wake.clear()
            if not self._queue:
                waking = asyncio.ensure_future(self._wake.wait())
                await asyncio.wait([waking, ending], timeout=SWEEP_EVERY, return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
        ending.cancel()

    async def _sweep_alone(self) -> None:
        try:
            if await take_lease(self.core.db, "chosen-actions", self.holder, LEASE_FOR):
                await self.sweep()
        except Exception as error:  # what waits goes on waiting: the next look tries again
            log.warning("chosen_sweep_failed", error=type(error).__name__)

    async def sweep(self, older_than: timedelta = SWEEP_AFTER) -> int:
        """Perform what has waited longer than `older_than`; returns how many there were."""
        count = 0
        for tenant_id in list(self.core.registry.tenants):
            for chosen in await self.choices.waiting(tenant_id, system_now() - older_than):
                await self._try(tenant_id, chosen)
                count += 1
        return count

    async def _try(self, tenant_id: str, chosen: Chosen) -> None:
        tenant = self.core.registry.tenant(tenant_id)
        if tenant is None:
            return
        with trace.tracing(chosen.trace, tenant=tenant_id):
            try:
                await self._perform(tenant, chosen)
            except (
                Unavailable,
                StaleVersion,
            ) as error:  # the sweep takes it up, or somebody else has settled it
                log.info("chosen_action_left", action=chosen.action, error=type(error).__name__)
            except Exception as error:
                log.error("chosen_action_failed", action=chosen.action, exc_info=error)
                await self._try_later(tenant, chosen)

    async def _perform(self, tenant: Tenant, chosen: Chosen) -> None:
        performer = self.performers.get(chosen.action)
        if performer is None:
            await self._refuse(tenant, chosen, "unavailable")
            return
        try:
            answers = await performer(tenant, chosen, Command(chosen.key, chosen.key))
        except (Unavailable, StaleVersion, IdempotencyConflict):
            raise
        except Refused as refused:
            await self._refuse(tenant, chosen, reason_of(refused))
            return
        await self.choices.done(tenant.id, chosen, "done", answers)

    async def _refuse(self, tenant: Tenant, chosen: Chosen, reason: RefusalReason) -> None:
        answer = ActionRefused(
            resident_id=chosen.resident_id,
            action=chosen.action,
            reason=reason,
            subject_id=chosen.subject_id,
        )
        await self.choices.done(tenant.id, chosen, reason, [answer])

    async def _try_later(self, tenant: Tenant, chosen: Chosen) -> None:
        """A fault of ours. After some tries the person is told: they wait for an answer."""
        try:
            if chosen.tries + 1 >= MOST_TRIES:
                await self._refuse(tenant, chosen, "failed")
            else:
                await self.choices.later(tenant.id, chosen, timedelta(seconds=2**chosen.tries))
        except (Unavailable, StaleVersion) as error:
            log.info("chosen_action_left", action=chosen.action, error=type(error).__name__)
