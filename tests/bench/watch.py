"""When each effect was there: seen from outside, by the acknowledgement that a consumer sends after its transaction has committed.

Nothing is asked of the database, so that measuring costs the measured almost nothing.
"""

import asyncio
import time
from typing import Self

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

READ = 500


class Watch:
    """Follows the acknowledgements of one durable from now on."""

    def __init__(self, nc: Client, stream: str, durable: str) -> None:
        self.nc = nc
        self.stream = stream
        self.durable = durable
        self.acknowledged: dict[int, float] = {}
        self._first = 0
        self._moved = asyncio.Event()

    @classmethod
    async def start(cls, nats_url: str, stream: str, durable: str) -> Self:
        nc = await nats.connect(nats_url)
        watch = cls(nc, stream, durable)
        watch._first = (await nc.jetstream().stream_info(stream)).state.last_seq + 1
        await nc.subscribe(f"$JS.ACK.{stream}.{durable}.>", cb=watch._acknowledged)
        await nc.flush()
        return watch

    async def _acknowledged(self, msg: Msg) -> None:
        if msg.data in (b"", b"+ACK"):
            # $JS.ACK.<stream>.<durable>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>
            self.acknowledged.setdefault(int(msg.subject.split(".")[5]), time.perf_counter())
            self._moved.set()

    async def wait_for(self, count: int, within: float) -> None:
        """Until `count` effects are there. Raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while len(self.acknowledged) < count:
                self._moved.clear()
                await self._moved.wait()

    async def by_subject(self) -> dict[str, float]:
        """CloudEvents subject (the resident's id) -> when its effect was there (`time.perf_counter()` of this process)."""
        js = self.nc.jetstream()
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self._first,
            ack_policy=AckPolicy.NONE,
            headers_only=True,
        )
        sub = await js.pull_subscribe("", stream=self.stream, config=config)
        found: dict[str, float] = {}
        while len(found) < len(self.acknowledged):
            try:
                msgs = await sub.fetch(READ, timeout=1)
            except (NatsTimeout, TimeoutError):
                break
            for msg in msgs:
                when = self.acknowledged.get(msg.metadata.sequence.stream)
                if when is not None:
                    found[(msg.headers or {})["ce-subject"]] = when
        await sub.unsubscribe()
        return found

    async def stop(self) -> None:
        await self.nc.close()
