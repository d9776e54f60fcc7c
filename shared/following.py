"""Every event of a stream, in order, in every process that wants it: for what a process keeps in memory.

Durables share events out among processes; this one is each process's own. It is an ephemeral push consumer without acknowledgements: the
server numbers its deliveries and sends a heartbeat when there is nothing to say, so that a missing one shows at once. Whatever goes wrong,
a new consumer begins behind the last event that was heard. Only when the stream itself is no longer the same, or has let go of what was
missed, is `lost` called: what was kept in memory must be read anew.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from shared.errors import Poison
from shared.events.envelope import Event, decode

log = structlog.get_logger()

HEARTBEAT = 1.0
SILENCE = 3 * HEARTBEAT
"""Seconds without a word of the server after which it is asked again."""
LOOK_EVERY = 1.0
FORGOTTEN = 30.0
"""Seconds after which the server removes a consumer that nobody listens to."""


class Following:
    """Calls `heard` for each event that is published from the first `run` on."""

    def __init__(
        self, nc: Client, stream: str, heard: Callable[[Event], None], lost: Callable[[], None]
    ) -> None:
        self.nc = nc
        self.stream = stream
        self._heard = heard
        self._lost = lost
        self._next: int | None = None
        self._made: datetime | None = None
        self._complete_at = -math.inf

    @property
    def age(self) -> float:
        """Seconds since everything that was published was heard, by the server's word: an event that was the last one, or a heartbeat."""
        return time.monotonic() - self._complete_at

    @property
    def current(self) -> bool:
        """Whether what is heard is recent, and nothing is known to be missing. In a burst of events it stays so for a while."""
        return self.nc.is_connected and self.age < SILENCE

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._follow(stop)
            except (NatsError, TimeoutError, OSError) as error:
                log.warning("following_waits", stream=self.stream, error=type(error).__name__)
                await asyncio.sleep(0.2)
            finally:
                self._complete_at = -math.inf

    async def run_beside(self, look: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """`run`, and `look` every second meanwhile: to begin to read what shall be in memory before somebody asks for it."""
        task = asyncio.ensure_future(self.run(stop))
        while not stop.is_set() and not task.done():
            await look()
            try:
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)
            except TimeoutError:
                pass
        await task

    async def _follow(self, stop: asyncio.Event) -> None:
        js = self.nc.jetstream()
        begin = await self._beginning()
        inbox = self.nc.new_inbox()
        subscription = await self.nc.subscribe(inbox)
        name = None
        try:
            made = await js.add_consumer(
                self.stream,
                ConsumerConfig(
                    deliver_subject=inbox,
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                    opt_start_seq=begin,
                    ack_policy=AckPolicy.NONE,
                    idle_heartbeat=HEARTBEAT,
                    inactive_threshold=FORGOTTEN,
                    max_deliver=1,
                    mem_storage=True,
                    num_replicas=1,
                ),
            )
            name = made.name
            self._heard_all(when=not made.num_pending)
            tasks = [
                asyncio.ensure_future(self._receive(subscription, stop)),
                asyncio.ensure_future(stop.wait()),
            ]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                task.result()
        finally:
            await self._leave(subscription, name)

    async def _beginning(self) -> int:
        """The sequence to begin at. What was missed and cannot be had any more is reported as lost."""
        info = await self.nc.jetstream().stream_info(self.stream)
        state = info.state
        same = self._made == info.created and self._next is not None
        if not same or self._next is None or not state.first_seq <= self._next <= state.last_seq + 1:
            self._made, self._next = info.created, state.last_seq + 1
            self._lost()
        return self._next

    async def _receive(self, subscription: Subscription, stop: asyncio.Event) -> None:
        """Returns when deliveries are missing or the server falls silent; at the next message when a cancellation was lost to one."""
        delivered = 0
        while not stop.is_set():
            try:
                msg = await subscription.next_msg(SILENCE)
            except (NatsError, TimeoutError):
                return
            if msg.headers and "Status" in msg.headers:
                if int(msg.headers.get("Nats-Last-Consumer", delivered)) != delivered:
                    return
                self._heard_all()
                continue
            at = msg.metadata.sequence
            if at.consumer != delivered + 1:
                return
            delivered = at.consumer
            self._read(msg)
            self._next = at.stream + 1
            self._heard_all(when=not msg.metadata.num_pending)

    def _heard_all(self, *, when: bool = True) -> None:
        if when:
            self._complete_at = time.monotonic()

    def _read(self, msg: Msg) -> None:
        try:
            self._heard(decode(msg.data))
        except Poison as error:
            log.error("event_unreadable", stream=self.stream, error=str(error))

    async def _leave(self, subscription: Subscription, name: str | None) -> None:
        try:
            await subscription.unsubscribe()
            if name and self.nc.is_connected:
                await self.nc.jetstream().delete_consumer(self.stream, name)
        except (NatsError, TimeoutError):
            pass  # the server forgets it by itself
