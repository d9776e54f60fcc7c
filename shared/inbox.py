"""Consuming: a batch of messages, one transaction, acknowledgements after the commit.

The transaction holds the inbox rows (`_id = "<durable>:<event id>"`), the effects and the pending events of what changed; a message
that was handled before meets its inbox row and does nothing. A batch that fails is taken again message by message, so that
one bad message harms no other.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pymongo import ASCENDING, DeleteOne, IndexModel, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared import trace
from shared.clock import system_now
from shared.deadletters import bury
from shared.errors import Permanent, Poison, Retryable, Unavailable
from shared.events.envelope import Event, Payload, decode, read
from shared.metrics import BATCH_SECONDS, CONSUMER_LAG, HANDLED
from shared.mongo import CollectionSpec, Database, Document, Duplicate, Session, reachable
from shared.outbox import Changes, Outbox
from shared.pull import PullConsumer
from shared.streams import ACK_WAIT, DAY, EVENT_DAYS, MAX_DELIVER, Durable

log = structlog.get_logger()

INBOX = CollectionSpec(
    "inbox",
    (
        # longer than the streams keep a message: a redelivery or a replay always meets its row
        IndexModel([("at", ASCENDING)], expireAfterSeconds=(EVENT_DAYS + 5) * DAY),
    ),
)
BATCH = 100
BACKOFF = (5.0, 30.0, 120.0, 300.0, 900.0, 3600.0)
Operation = InsertOne[Document] | UpdateOne | ReplaceOne[Document] | DeleteOne
Handler = Callable[["Tx", Event, Any], Awaitable[None]]


@dataclass(frozen=True)
class Reaction:
    """What a service does when an event arrives: `await handle(tx, event, payload)`."""

    event: type[Payload]
    handle: Handler


@dataclass
class Tx:
    """The transaction that a handler works in. Writes are staged and sent as one bulk write per collection.

    A handler may be run again from its start when the transaction loses a race; it must call nothing remote.
    """

    db: Database
    outbox: Outbox
    changes: Changes
    staged: dict[str, list[Operation]] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        return self.changes.session

    def stage(self, collection: str, operation: Operation) -> None:
        self.staged.setdefault(collection, []).append(operation)

    def stage_insert(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        fields: Mapping[str, Any],
        events: Sequence[Payload] = (),
    ) -> None:
        """Stage version 1 of a document with its pending events."""
        operation, pending = self.outbox.staged_insert(collection, tenant, document_id, fields, events)
        self.stage(collection, operation)
        if pending:
            self.changes.pending.append(pending)

    async def find(self, collection: str, tenant: str, where: Mapping[str, Any]) -> list[Document]:
        """Documents of the tenant as this transaction sees them, its staged writes to the collection included."""
        await self.flush(collection)
        return (
            await self.db[collection].find({**where, "tenant_id": tenant}, session=self.session).to_list(None)
        )

    async def flush(self, *collections: str) -> None:
        for collection in collections or tuple(self.staged):
            operations = self.staged.pop(collection, None)
            if operations:
                await self.db[collection].bulk_write(operations, ordered=True, session=self.session)


@dataclass(frozen=True)
class Delivery:
    """A message that could be read."""

    msg: Msg
    event: Event
    reaction: Reaction
    payload: Payload


class Consumer:
    """One durable of one service."""

    def __init__(
        self,
        durable: Durable,
        reactions: Sequence[Reaction],
        db: Database,
        outbox: Outbox,
        pull: PullConsumer,
    ) -> None:
        self.durable = durable
        self.reactions = {reaction.event.TYPE: reaction for reaction in reactions}
        self.db = db
        self.outbox = outbox
        self.pull = pull

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`; finish the batch in hand, give back what was fetched beyond it."""
        await self.pull.start()
        while not stop.is_set():
            msgs = await self.pull.next_batch(BATCH, wait=0.25)
            if msgs:
                await self._handle_when_possible(msgs)
        await self.pull.stop()

    async def _handle_when_possible(self, msgs: list[Msg]) -> None:
        """While a server is away the batch stays in hand, so that an outage burns no deliveries."""
        pause = 0.5
        while True:
            try:
                await self.handle(msgs)
                return
            except (Unavailable, NatsError, TimeoutError) as error:
                log.warning("consumer_waits", durable=self.durable.name, error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, ACK_WAIT / 6)
                await self._keep(msgs)

    async def _keep(self, msgs: Sequence[Msg]) -> None:
        """Tell the broker, when it listens, that they are still being worked on."""
        for msg in msgs:
            if not msg.is_acked:
                with suppress(NatsError):
                    await msg.in_progress()

    async def handle(self, msgs: Sequence[Msg]) -> None:
        """Handle one batch. Raises Unavailable or the broker's errors when a server does not answer; then it can be handled again."""
        deliveries = [d for msg in msgs if (d := await self._read(msg)) is not None]
        if not deliveries:
            return
        with BATCH_SECONDS.labels(self.durable.name).time():
            try:
                await self._commit(deliveries)
            except Unavailable:
                raise
            except Exception as error:
                if len(deliveries) == 1:
                    await self._refuse(deliveries[0], error)
                    return
                log.info("batch_taken_apart", durable=self.durable.name, error=type(error).__name__)
                for delivery in deliveries:
                    await self._handle_alone(delivery)
                return
        await self._ack(deliveries)

    async def _handle_alone(self, delivery: Delivery) -> None:
        try:
            await self._commit([delivery])
        except Unavailable:
            raise
        except Exception as error:
            await self._refuse(delivery, error)
        else:
            await self._ack([delivery])

    async def _read(self, msg: Msg) -> Delivery | None:
        if msg.is_acked:
            return None  # settled by an earlier try at the same batch
        try:
            event = decode(msg.data)
            reaction = self.reactions.get(event.type)
            if reaction is None:
                raise Permanent(f"no handler for {event.type}")
            return Delivery(msg, event, reaction, read(event, reaction.event))
        except (Poison, Permanent) as error:
            await self._bury(msg, error)
            return None

    async def _commit(self, deliveries: Sequence[Delivery]) -> None:
        try:
            await self._run(deliveries)
        except (Duplicate, BulkWriteError) as error:
            fresh = await self._unseen(deliveries)
            if len(fresh) == len(deliveries):
                raise Retryable(f"a unique key was taken: {type(error).__name__}") from error
            if fresh:
                await self._run(fresh)

    async def _run(self, deliveries: Sequence[Delivery]) -> None:
        committed: list[Changes] = []

        async def work(session: Session) -> None:
            tx = Tx(self.db, self.outbox, Changes(session))
            rows = [{"_id": self._row(d.event), "at": system_now()} for d in _distinct(deliveries)]
            await self.db["inbox"].insert_many(rows, ordered=True, session=session)
            for delivery in _distinct(deliveries):
                with _traced(delivery):
                    await delivery.reaction.handle(tx, delivery.event, delivery.payload)
            await tx.flush()
            committed[:] = [tx.changes]

        await self.db.in_transaction(work)
        for changes in committed:
            self.outbox.commit(changes)

    async def _unseen(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        rows = [self._row(d.event) for d in deliveries]
        async with reachable():
            # tenant: a row is known by the id of its event, and holds nothing else
            found = await self.db["inbox"].find({"_id": {"$in": rows}}, {"_id": 1}).to_list(None)
        seen = {row["_id"] for row in found}
        return [d for d in deliveries if self._row(d.event) not in seen]

    def _row(self, event: Event) -> str:
        return f"{self.durable.name}:{event.id}"

    async def _ack(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            await delivery.msg.ack()
        HANDLED.labels(self.durable.name, "done").inc(len(deliveries))
        CONSUMER_LAG.labels(self.durable.name).set(deliveries[-1].msg.metadata.num_pending)

    async def _refuse(self, delivery: Delivery, error: Exception) -> None:
        """One message failed by itself: later again, or to the dead letters."""
        number = delivery.msg.metadata.num_delivered or 1
        with _traced(delivery):
            if isinstance(error, Permanent | Poison):
                await self._bury(delivery.msg, error)
            elif number >= MAX_DELIVER:
                reason = error.reason if isinstance(error, Retryable) else type(error).__name__
                await self._bury(delivery.msg, Permanent(f"{number} deliveries failed, last: {reason}"))
            else:
                delay = retry_delay(number, random.random())
                log.warning(
                    "message_retried",
                    durable=self.durable.name,
                    event_id=delivery.event.id,
                    delivery=number,
                    error=type(error).__name__,
                    reason=error.reason if isinstance(error, Retryable) else None,
                    exc_info=not isinstance(error, Retryable),
                )
                await delivery.msg.nak(delay=delay.total_seconds())
                HANDLED.labels(self.durable.name, "retried").inc()

    async def _bury(self, msg: Msg, error: Permanent | Poison) -> None:
        await bury(self.pull.js, msg, self.durable, error)
        await msg.term()
        HANDLED.labels(self.durable.name, "dead").inc()
        log.error("message_buried", durable=self.durable.name, reason=error.reason)


def retry_delay(delivery: int, jitter: float) -> timedelta:
    """How long to wait after the `delivery`-th failed delivery (1-based); `jitter` in [0, 1) adds up to a quarter."""
    base = BACKOFF[min(delivery, len(BACKOFF)) - 1]
    return timedelta(seconds=base * (1 + jitter / 4))


def _distinct(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Each event once, in order: the same event may come twice in one batch."""
    return list({d.event.id: d for d in deliveries}.values())


def _traced(delivery: Delivery) -> Any:
    event = delivery.event
    return trace.tracing(
        trace.Trace(event.correlationid, event.id, event.traceparent, actor="system"), tenant=event.tenantid
    )
