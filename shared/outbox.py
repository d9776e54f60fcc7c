"""Documents that carry their pending events, and the publisher that drains them.

    insert/update   the document and its events, one atomic write (or part of a transaction)
    Publisher       nudged in-process with what was just written: publish in a window of asynchronous acknowledgements,
                    archive in `event_log`, pull from the documents, each as one bulk operation
    sweep           a leased look for documents whose events a crash left behind

Publishing twice is harmless: JetStream deduplicates by event id within an hour, every consumer's inbox for good.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.clock import Clock, system_now
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.events.envelope import Event, Payload, envelop
from shared.idempotency import KEPT_PER_DOCUMENT, Command
from shared.ids import new_ulid
from shared.metrics import EVENTS_PUBLISHED, OUTBOX_AGE
from shared.mongo import Collection, CollectionSpec, Database, Document, Duplicate, Session, reachable
from shared.streams import DAY, EVENT_DAYS

log = structlog.get_logger()

# tenant: the sweep looks for what any tenant left pending
OUTBOX_INDEX = IndexModel([("outbox_at", ASCENDING)], sparse=True)
EVENT_LOG = CollectionSpec(
    "event_log",
    (
        IndexModel([("tenant_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=EVENT_DAYS * DAY),
    ),
)
LEASES = CollectionSpec("leases")

WINDOW = 200
ACK_TIMEOUT = 5.0
SWEEP_AFTER = timedelta(seconds=5)
SWEEP_EVERY = 2.0
LEASE_FOR = timedelta(seconds=15)
DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Pending:
    """Events that wait inside one document."""

    collection: str
    tenant: str
    document_id: str
    events: tuple[Event, ...]


@dataclass
class Changes:
    """What one transaction wrote: handed to the publisher once it has committed. `afterwards` is called then, too: a nudge to
    whoever works on what was written. It must be quick and may be lost with the process."""

    session: Session
    pending: list[Pending] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Outbox:
    """Writes documents together with their events. `source` is the service's CloudEvents source, e.g. `/booking`."""

    def __init__(self, db: Database, source: str, clock: Clock, publisher: "Publisher") -> None:
        self.db = db
        self.source = source
        self.clock = clock
        self.publisher = publisher

    async def insert(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        fields: Mapping[str, Any],
        events: Sequence[Payload] = (),
        *,
        command: Command | None = None,
        changes: Changes | None = None,
    ) -> bool:
        """Insert version 1 of a document. False when this very `command` has made it before (nothing is written then).

        Raises IdempotencyConflict when the command's key came with another body, Duplicate for another unique key.
        Inside a transaction (`changes`) a duplicate aborts it: look first.
        """
        pending, document = self._new(collection, tenant, document_id, fields, events, command)
        session = changes.session if changes else None
        try:
            async with reachable():
                await self.db[collection].insert_one(document, session=session)
        except Duplicate:
            if command is None or session is not None:
                raise
            async with reachable():
                existing = await self.db[collection].find_one({"_id": document_id, "tenant_id": tenant})
            if existing is None or not command.seen_in(existing):
                raise
            return False
        self._hand_over(pending, changes)
        return True

    def staged_insert(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        fields: Mapping[str, Any],
        events: Sequence[Payload],
    ) -> tuple[InsertOne[Document], Pending | None]:
        """The same as `insert`, as an operation for a consumer's bulk write."""
        pending, document = self._new(collection, tenant, document_id, fields, events, None)
        return InsertOne(document), pending

    async def update(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        version: int,
        fields: Mapping[str, Any],
        events: Sequence[Payload] = (),
        *,
        command: Command | None = None,
        changes: Changes | None = None,
    ) -> int:
        """Set `fields` of the document at `version`; returns the new version. Raises StaleVersion when it has moved on."""
        pending, change = self._change(collection, tenant, document_id, version, fields, events, command)
        async with reachable():
            result = await self.db[collection].update_one(
                {"_id": document_id, "tenant_id": tenant, "version": version},
                change,
                session=changes.session if changes else None,
            )
        if result.matched_count == 0:
            raise StaleVersion(f"{collection} {document_id} is no longer at version {version}")
        self._hand_over(pending, changes)
        return version + 1

    async def fetch(
        self, collection: str, tenant: str, document_id: str, *, changes: Changes | None = None
    ) -> Document:
        """The document. Raises NotFound when this tenant has none of that id."""
        async with reachable():
            document = await self.db[collection].find_one(
                {"_id": document_id, "tenant_id": tenant}, session=changes.session if changes else None
            )
        if document is None:
            raise NotFound(f"no {collection} {document_id}")
        return document

    def commit(self, changes: Changes) -> None:
        """Hand over what a committed transaction wrote."""
        for pending in changes.pending:
            self.publisher.offer(pending)
        for nudge in changes.afterwards:
            nudge()

    def _new(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        fields: Mapping[str, Any],
        events: Sequence[Payload],
        command: Command | None,
    ) -> tuple[Pending | None, Document]:
        document: Document = {"_id": document_id, "tenant_id": tenant, "version": 1, **fields}
        if command:
            document["commands"] = [command.as_document()]
        pending = self._pend(collection, tenant, document_id, 1, events)
        if pending:
            document["outbox"] = _stored(pending)
            document["outbox_at"] = system_now()
        return pending, document

    def _change(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        version: int,
        fields: Mapping[str, Any],
        events: Sequence[Payload],
        command: Command | None,
    ) -> tuple[Pending | None, Document]:
        change: Document = {"$set": {**fields, "version": version + 1}}
        push: Document = {}
        pending = self._pend(collection, tenant, document_id, version + 1, events)
        if pending:
            push["outbox"] = {"$each": _stored(pending)}
            change["$set"]["outbox_at"] = system_now()
        if command:
            push["commands"] = {"$each": [command.as_document()], "$slice": -KEPT_PER_DOCUMENT}
        if push:
            change["$push"] = push
        return pending, change

    def _pend(
        self, collection: str, tenant: str, document_id: str, version: int, payloads: Sequence[Payload]
    ) -> Pending | None:
        if not payloads:
            return None
        events = envelop(
            payloads,
            source=self.source,
            tenant=tenant,
            subject=document_id,
            sequence=version,
            now=self.clock.now(),
        )
        return Pending(collection, tenant, document_id, tuple(events))

    def _hand_over(self, pending: Pending | None, changes: Changes | None) -> None:
        if pending is None:
            return
        if changes is None:
            self.publisher.offer(pending)
        else:
            changes.pending.append(pending)


class Publisher:
    """Drains pending events to JetStream. `offer` never blocks and never fails: what it cannot take, the sweep finds."""

    def __init__(self, db: Database, nc: Client, *, backlog: int = 10_000) -> None:
        self.db = db
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream(publish_async_max_pending=WINDOW * 2)
        self._queue: deque[Pending] = deque(maxlen=backlog)
        self._wake = asyncio.Event()

    def offer(self, pending: Pending) -> None:
        self._queue.append(pending)
        self._wake.set()

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
    """Take the events (document id -> event ids) out of their documents.

    One operation clears those in which nothing else waits, which is nearly always all of them; it costs the database half of what one
    operation per document costs. The others are taken up one by one.
    """
    ids = [event_id for event_ids in documents.values() for event_id in event_ids]
    nothing_else = {"$not": {"$elemMatch": {"id": {"$nin": ids}}}}
    cleared = await collection.update_many(
        {"_id": {"$in": list(documents)}, "tenant_id": tenant, "outbox": nothing_else},
        {"$set": {"outbox": []}, "$unset": {"outbox_at": ""}},
    )
    if cleared.matched_count < len(documents):
        await collection.bulk_write(
            [
                UpdateOne({"_id": document_id, "tenant_id": tenant}, _without(event_ids))
                for document_id, event_ids in documents.items()
            ],
            ordered=False,
        )


class Sweep:
    """Finds pending events that nobody drained: a process died between the write and the publishing."""

    def __init__(self, publisher: Publisher, collections: Sequence[str]) -> None:
        self.publisher = publisher
        self.db = publisher.db
        self.collections = collections
        self.holder = new_ulid()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if await take_lease(self.db, "outbox-sweep", self.holder, LEASE_FOR):
                    await self.once()
            except Exception as error:
                log.warning("outbox_sweep_failed", error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), SWEEP_EVERY)
            except TimeoutError:
                continue

    async def once(self, *, older_than: timedelta = SWEEP_AFTER) -> int:
        """Drain what has waited longer than `older_than`; returns the number of events published."""
        published, oldest = 0, 0.0
        for name in self.collections:
            while batch := await self._find(name, older_than):
                oldest = max(oldest, batch[0][0])
                published += await self.publisher.drain([pending for _, pending in batch])
                if len(batch) < WINDOW:
                    break
        OUTBOX_AGE.set(oldest)
        if published:
            log.info("outbox_swept", count=published)
        return published

    async def _find(self, name: str, older_than: timedelta) -> list[tuple[float, Pending]]:
        now = system_now()
        async with reachable():
            # tenant: whatever is pending is published, each event under its own tenant
            documents = (
                await self.db[name]
                .find({"outbox_at": {"$lt": now - older_than}}, {"tenant_id": 1, "outbox": 1, "outbox_at": 1})
                .limit(WINDOW)
                .to_list(WINDOW)
            )
        return [
            (
                (now - document["outbox_at"]).total_seconds(),
                Pending(
                    name,
                    document["tenant_id"],
                    document["_id"],
                    tuple(
                        Event.model_validate_json(stored["event"]) for stored in document.get("outbox", ())
                    ),
                ),
            )
            for document in documents
        ]


# tenant: a lease belongs to a process
async def take_lease(db: Database, name: str, holder: str, lasting: timedelta) -> bool:
    """Take or keep the lease `name`: at most one holder at a time, a dead one is succeeded after `lasting`."""
    now = system_now()
    leases = db["leases"]
    async with reachable():
        mine = await leases.update_one({"_id": name, "holder": holder}, {"$set": {"until": now + lasting}})
        if mine.matched_count:
            return True
        succeeded = await leases.update_one(
            {"_id": name, "until": {"$lt": now}}, {"$set": {"holder": holder, "until": now + lasting}}
        )
        if succeeded.matched_count:
            return True
        try:
            await leases.insert_one({"_id": name, "holder": holder, "until": now + lasting})
            return True
        except Duplicate:
            return False


def _stored(pending: Pending) -> list[dict[str, str]]:
    """Events are kept as the very text that is published, so that a later reading cannot change them."""
    return [{"id": event.id, "event": event.text} for event in pending.events]


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
