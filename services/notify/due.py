"""Starting what is due: what was just made at once, everything else when the clock reaches it.

The domain's clock may jump (a test clock), so that nothing sleeps until a due time: the look is short and frequent instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from services.notify.lanes import Lanes
from shared.clock import system_now
from shared.errors import Unavailable

log = structlog.get_logger()

AT_ONCE = 100
"""How many of one tenant are taken up in one look."""
FULL = 500
"""With so many in hand, what is made now waits for the look like everything else."""


class Leased(Protocol):
    @property
    def tenant(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def lease_until(self) -> datetime | None: ...


T = TypeVar("T", bound=Leased)


class Due(Generic[T]):
    """Finds due work of all tenants and runs it in lanes.

    `find(tenant, limit)` gives due work, leased or not; `work` handles one piece and must survive its own errors.
    """

    def __init__(
        self,
        find: Callable[[str, int], Awaitable[list[T]]],
        lanes: Lanes[T],
        lane_of: Callable[[T], str],
        tenants: Callable[[], Iterable[str]],
        every: float,
        lease_seconds: float,
    ) -> None:
        self.find = find
        self.lanes = lanes
        self.lane_of = lane_of
        self.tenants = tenants
        self.every = every
        self.lease = timedelta(seconds=lease_seconds)
        self.running = False

    def new_lease(self) -> datetime:
        """Until when something that is taken up now is ours (the machine's time)."""
        return system_now() + self.lease

    def reserve(self) -> datetime | None:
        """A lease to give to what is being made now, when this process can send it at once: it saves the claiming."""
        return self.new_lease() if self.running and self.lanes.in_hand < FULL else None

    def offer(self, piece: T) -> None:
        """Take up what was just made."""
        if self.running:
            self.lanes.offer(self.lane_of(piece), piece.id, piece)

    def is_ours(self, piece: T) -> bool:
        """Whether the lease that `piece` carries lasts long enough to begin now (half of it is left)."""
        return piece.lease_until is not None and piece.lease_until > system_now() + self.lease / 2

    async def run(self, stop: asyncio.Event) -> None:
        """Look until `stop`, then finish what is in hand."""
        self.running = True
        try:
            while not stop.is_set():
                await self._look()
                try:
                    await asyncio.wait_for(stop.wait(), self.every)
                except TimeoutError:
                    continue
        finally:
            self.running = False
        await self.lanes.drain()

    async def _look(self) -> None:
        for tenant in list(self.tenants()):
            try:
                found = await self.find(tenant, AT_ONCE)
            except Unavailable:
                log.warning("due_look_failed", tenant=tenant)
                return
            for piece in found:
                if piece.lease_until is None or piece.lease_until <= system_now():
                    self.lanes.offer(self.lane_of(piece), piece.id, piece)
