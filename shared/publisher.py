"""Drains pending events, nudged in-process with what was just written: publish in a window of asynchronous acknowledgements, archive
in `event_log`, pull from the documents, each as one bulk operation.

Publishing twice is harmless: JetStream deduplicates by event id within an hour, every consumer's inbox for good.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from shared.clock import system_now
from shared.errors import Unavailable
from shared.events.envelope import Event
from shared.metrics import EVENTS_PUBLISHED
from shared.mongo import DUPLICATE_KEY, Collection, CollectionSpec, Database, Document, reachable
from shared.streams import DAY, EVENT_DAYS

log = structlog.get_logger()

EVENT_LOG = CollectionSpec(
    "event_log",
    (
        IndexModel([("tenant_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=EVENT_DAYS * DAY),
    ),
)
WINDOW = 200
ACK_TIMEOUT = 5.0


@dataclass(frozen=True)
class Pending:
    """Events that wait inside one document."""

    collection: str
    tenant: str
    document_id: str
    events: tuple[Event, ...]


class Publisher:
    """Drains pending events to JetStream. `offer` never blocks and never fails: what it cannot take, the sweep finds."""

    def __init__(self, db: Database, nc: Client, *, backlog: int = 10_000) -> None:
        self.db = db
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream(publish_async_max_pending=WINDOW * 2)
        self.listeners: list[Callable[[Event], None]] = []
        """Told of every event that this process has written, before it is published. Quick, and never failing."""
        self._queue: deque[Pending] = deque(maxlen=backlog)
        self._wake = asyncio.Event()

    def offer(self, pending: Pending) -> None:
        self._queue.append(pending)
        self._wake.set()
        for listener in self.listeners:
            for event in pending.events:
                listener(event)

    @property
    def idle(self) -> bool:
        """Whether everything that was offered has been seen to: published, or left to the sweep."""
        return not self._wake.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Drain until `stop`, then drain what is left once more."""
        while not stop.is_set() or self._queue:
            if not self._queue:
                self._wake.clear()
                waits = [asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(stop.wait())]
                _, rest = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in rest:
                    wait.cancel()
                continue
            batch = [self._queue.popleft() for _ in range(min(WINDOW, len(self._queue)))]
            try:
                await self.drain(batch)
            except Exception as error:
                log.warning("outbox_drain_failed", error=type(error).__name__, count=len(batch))
                if stop.is_set():
                    return  # the events are safe in their documents
                await asyncio.sleep(1.0)  # the sweep, here or elsewhere, takes them up again

    async def drain(self, batch: Sequence[Pending]) -> int:
        """Publish, archive, pull. Returns how many events were published. Raises when a server does not answer."""
        published = await self._publish([event for pending in batch for event in pending.events])
        done = {event.id for event in published}
        await self._archive(published)
        await self._pull(batch, done)
        EVENTS_PUBLISHED.inc(len(published))
        if any(event.id not in done for pending in batch for event in pending.events):
            raise Unavailable("the broker did not acknowledge every event")
        return len(published)

    async def _publish(self, events: Iterable[Event]) -> list[Event]:
        if not self.nc.is_connected:
            raise Unavailable("the broker is not connected")
        sent: list[tuple[Event, asyncio.Future[Any]]] = []
        for event in events:
            ack = await self.js.publish_async(
                event.nats_subject, event.encode(), wait_stall=ACK_TIMEOUT, headers=event.headers()
            )
            sent.append((event, ack))
        if not sent:
            return []
        done, late = await asyncio.wait([ack for _, ack in sent], timeout=ACK_TIMEOUT)
        for ack in late:
            ack.cancel()
        return [event for event, ack in sent if ack in done and ack.exception() is None]

    async def _archive(self, events: Sequence[Event]) -> None:
        if not events:
            return
        rows = [
            {
                "_id": e.id,
                "tenant_id": e.tenantid,
                "at": system_now(),
                "type": e.type,
                "event": e.text,
            }
            for e in events
        ]
        try:
            async with reachable():
                await self.db["event_log"].insert_many(rows, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise

    async def _pull(self, batch: Sequence[Pending], done: set[str]) -> None:
        drained: dict[tuple[str, str], dict[str, list[str]]] = {}
        for pending in batch:
            if ids := [event.id for event in pending.events if event.id in done]:
                documents = drained.setdefault((pending.collection, pending.tenant), {})
                documents.setdefault(pending.document_id, []).extend(ids)
        for (collection, tenant), documents in drained.items():
            async with reachable():
                await _clear(self.db[collection], tenant, documents)


async def _clear(collection: Collection, tenant: str, documents: Mapping[str, Sequence[str]]) -> None:
    """Take the events (document id -> event ids) out of their documents, each document on its own.

    One `update_many` would cost the database half, but it conflicts with every transaction on any of its documents; on the
    embedded server two such neighbours keep each other from ever finishing.
    """
    await collection.bulk_write(
        [
            UpdateOne({"_id": document_id, "tenant_id": tenant}, _without(event_ids))
            for document_id, event_ids in documents.items()
        ],
        ordered=False,
    )


def _without(event_ids: Sequence[str]) -> list[Document]:
    """A pipeline that pulls the events and, once none is left, the marker that the sweep looks for."""
    rest = {
        "$filter": {
            "input": {"$ifNull": ["$outbox", []]},
            "cond": {"$not": [{"$in": ["$$this.id", list(event_ids)]}]},
        }
    }
    marker = {"$cond": [{"$eq": [{"$size": "$outbox"}, 0]}, "$$REMOVE", "$outbox_at"]}
    return [{"$set": {"outbox": rest}}, {"$set": {"outbox_at": marker}}]
