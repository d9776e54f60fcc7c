"""When each API key was last used: noted in memory, written to the KV bucket `api_key_use` twice a minute at most.

For operators who want to retire a key (`python -m shared.declare list` shows it). Coarse on purpose: no request waits for it.
"""

import asyncio
from datetime import datetime

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.clock import system_now
from shared.registry import bucket, entries

log = structlog.get_logger()

BUCKET = "api_key_use"
FLUSH_EVERY = 30.0


class KeyUse:
    def __init__(self, nc: Client, *, replicas: int = 1) -> None:
        self.nc = nc
        self.replicas = replicas
        self._used: dict[str, datetime] = {}

    def note(self, key_id: str) -> None:
        self._used[key_id] = system_now()

    async def flush(self) -> None:
        """Write what was noted. A later note of another process wins: both are recent."""
        used, self._used = self._used, {}
        if not used:
            return
        kv = await bucket(self.nc, BUCKET, replicas=self.replicas)
        for key_id, at in used.items():
            await kv.put(key_id, at.isoformat().encode())

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), FLUSH_EVERY)
            except TimeoutError:
                pass
            try:
                await self.flush()
            except (NatsError, TimeoutError) as error:
                log.warning("key_use_not_written", error=type(error).__name__)


async def last_used(nc: Client) -> dict[str, str]:
    """Key id -> ISO instant (UTC) of its last use."""
    kv = await bucket(nc, BUCKET)
    watcher = await kv.watchall()
    try:
        return {entry.key: (entry.value or b"").decode() for entry in await entries(kv, watcher)}
    finally:
        await watcher.stop()  # type: ignore[no-untyped-call]
