"""Webhook deliveries and their attempts."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.notify.delivery import Attempt, Delivery
from services.notify.store.outgoing import changed, due_by, stored_trace
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.inbox import Tx
from shared.listing import newest_first, order_of
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.trace import Trace

DELIVERIES = CollectionSpec(
    "webhook_deliveries",
    (
        IndexModel([("tenant_id", ASCENDING), ("due_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("finished_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("endpoint_id", ASCENDING), ("order", ASCENDING)]),
        OUTBOX_INDEX,
    ),
)
PLAIN = (
    "endpoint_id", "agency_id", "event_id", "event_type", "resident_id", "body", "created_at", "state", "tries",
    "due_at", "lease_until", "finished_at",
)  # fmt: skip


class Deliveries:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.db = outbox.db

    def stage(self, tx: Tx, tenant: str, delivery: Delivery) -> None:
        """Insert it in the transaction of a consumer."""
        tx.stage_insert("webhook_deliveries", tenant, delivery.id, _fields(delivery))

    async def get(self, tenant: str, delivery_id: str) -> Delivery:
        """Raises NotFound."""
        return _read(await self.outbox.fetch("webhook_deliveries", tenant, delivery_id))

    async def with_commands(self, tenant: str, delivery_id: str) -> tuple[Delivery, Document]:
        """The delivery, and its document, which remembers the commands it carries. Raises NotFound."""
        document = await self.outbox.fetch("webhook_deliveries", tenant, delivery_id)
        return _read(document), document

    async def save(
        self,
        tenant: str,
        old: Delivery,
        new: Delivery,
        events: Sequence[Payload] = (),
        command: Command | None = None,
    ) -> Delivery:
        """Write what differs; returns `new` at its new version. Raises StaleVersion."""
        fields = changed(_fields(old), _fields(new))
        version = await self.outbox.update(
            "webhook_deliveries", tenant, old.id, old.version, fields, events, command=command
        )
        return replace(new, version=version)

    async def due(self, tenant: str, now: datetime, limit: int) -> list[Delivery]:
        """What should have been sent by `now`, longest due first, those in somebody's hands included."""
        async with reachable():
            found = (
                await self.db["webhook_deliveries"]
                .find({"tenant_id": tenant, "due_at": due_by(now)})
                .sort("due_at", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [_read(document) for document in found]

    async def any_delivered_since(self, tenant: str, endpoint_id: str, since: datetime) -> bool:
        """Whether the endpoint has taken anything after `since`."""
        async with reachable():
            found = await self.db["webhook_deliveries"].find_one(
                {
                    "tenant_id": tenant,
                    "endpoint_id": endpoint_id,
                    "state": "delivered",
                    "finished_at": {"$gt": since},
                }
            )
        return found is not None

    async def page(
        self, tenant: str, endpoint_id: str | None, agency_id: str | None, cursor: str | None, limit: int
    ) -> Page[Delivery]:
        """Newest first; of one endpoint, of one agency, when given."""
        where: Document = {}
        if endpoint_id:
            where["endpoint_id"] = endpoint_id
        if agency_id:
            where["agency_id"] = agency_id
        return await newest_first(tenant, self.db["webhook_deliveries"], where, cursor, limit, _read)


def _fields(delivery: Delivery) -> Document:
    fields: Document = {name: getattr(delivery, name) for name in PLAIN}
    trace = delivery.trace
    fields["trace"] = stored_trace(trace.correlation_id, trace.causation_id, trace.traceparent)
    fields["order"] = order_of(delivery.created_at, delivery.id)
    fields["attempts"] = [asdict(attempt) for attempt in delivery.attempts]
    return fields


def _read(document: Document) -> Delivery:
    return Delivery(
        tenant=document["tenant_id"],
        id=document["_id"],
        version=document["version"],
        trace=Trace(**document["trace"]),
        attempts=tuple(Attempt(**attempt) for attempt in document["attempts"]),
        **{name: document[name] for name in PLAIN},
    )
