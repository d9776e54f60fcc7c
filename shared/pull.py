"""A pull consumer that hands out whatever has arrived.

nats-py's `fetch(n)` waits for n messages or its timeout once a first one came late, which costs latency; here one pull request
stays open while messages are handled, and a batch is what is there when it is asked for.
"""

import asyncio
import json
import time

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext

from shared.streams import Durable

EXPIRES = 5.0
EXPIRED = "408"


class PullConsumer:
    """Messages of one durable, over one subscription."""

    def __init__(self, nc: Client, durable: Durable) -> None:
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream()
        self.durable = durable
        self._request_subject = f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.name}"
        self._inbox = nc.new_inbox()
        self._sub: Subscription | None = None
        self._wanted = 0
        self._asked_until = 0.0

    async def start(self) -> None:
        self._sub = await self.nc.subscribe(self._inbox)

    async def next_batch(self, limit: int, wait: float) -> list[Msg]:
        """Up to `limit` messages: those here now, or the first to come within `wait` seconds. Empty when none came."""
        assert self._sub is not None
        if not self.nc.is_connected:
            await asyncio.sleep(min(wait, 0.2))
            return []
        await self._ask(limit)
        batch: list[Msg] = []
        timeout = wait
        while len(batch) < limit:
            try:
                msg = await self._sub.next_msg(timeout)
            except (NatsTimeout, TimeoutError):
                break
            if msg.headers and "Status" in msg.headers:
                self._wanted = 0  # the request is over
                if msg.headers["Status"] != EXPIRED:
                    # nobody answers for the durable (its stream was lost), or the server ended the request:
                    # asking again at once would do nothing else until somebody answers
                    await asyncio.sleep(min(wait, 0.2))
                    break
            else:
                batch.append(msg)
                self._wanted -= 1
            if self._sub.pending_msgs == 0:
                if batch:
                    break
                await self._ask(limit)
            elif batch:
                timeout = 0.1
        return batch

    async def stop(self) -> None:
        """Give back what was fetched and not handled.

        The broker must know first that nobody listens here any more: what is given back would be delivered here again, and then
        wait until its acknowledgement is overdue.
        """
        if self._sub is None or not self.nc.is_connected:
            return  # the broker delivers again what was not acknowledged
        ending = asyncio.ensure_future(self._sub.drain())  # type: ignore[no-untyped-call]
        while not ending.done() or self._sub.pending_msgs:
            try:
                msg = await self._sub.next_msg(0.1)
            except (NatsError, TimeoutError):
                if ending.done():
                    break
                continue
            if not (msg.headers and "Status" in msg.headers):
                await msg.nak()
        await asyncio.gather(ending, return_exceptions=True)

    async def _ask(self, limit: int) -> None:
        """Keep one request open. One that a lost connection swallowed is asked again after it would have expired."""
        if self._wanted > 0 and time.monotonic() < self._asked_until:
            return
        body = {"batch": limit, "expires": int(EXPIRES * 1e9)}
        await self.nc.publish(self._request_subject, json.dumps(body).encode(), self._inbox)
        self._wanted = limit
        self._asked_until = time.monotonic() + EXPIRES + 1
