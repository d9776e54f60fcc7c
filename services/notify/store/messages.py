"""Messages. Personalisation and reply tokens lie sealed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from pymongo import ASCENDING, IndexModel

from services.notify.message import Message
from services.notify.slot import Slot
from services.notify.store.outgoing import changed, due_by, stored_trace
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.inbox import Tx
from shared.listing import newest_first, order_of
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.sealing import Sealer
from shared.trace import Trace

MESSAGES = CollectionSpec(
    "messages",
    (
        IndexModel([("tenant_id", ASCENDING), ("due_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("finished_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("order", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("appointment_id", ASCENDING)]),
        OUTBOX_INDEX,
    ),
)
PERSONALISATION = "messages.personalisation"
ADDRESS = "messages.to"
REPLY_TOKEN = "messages.reply_token"  # noqa: S105 (the name of a field)
PLAIN = (
    "resident_id", "template", "created_at", "audience", "state", "due_at", "asked", "reminder", "expires_at",
    "personalisation", "reply_token", "token_at", "appointment_id", "template_version", "language", "attempts",
    "settled", "lease_until", "via", "withdrawn", "reason", "finished_at",
)  # fmt: skip


class Messages:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.db = outbox.db
        self.sealer = sealer

    def stage(self, tx: Tx, tenant: str, message: Message, events: Sequence[Payload]) -> None:
        """Insert it in the transaction of a consumer."""
        tx.stage_insert("messages", tenant, message.id, _fields(message), events)

    async def add(self, tenant: str, message: Message, events: Sequence[Payload], command: Command) -> bool:
        """Insert it. False when `command` has made it before."""
        return await self.outbox.insert(
            "messages", tenant, message.id, _fields(message), events, command=command
        )

    async def get(self, tenant: str, message_id: str) -> Message:
        """Raises NotFound."""
        return _read(await self.outbox.fetch("messages", tenant, message_id))

    async def save(
        self,
        tenant: str,
        old: Message,
        new: Message,
        events: Sequence[Payload] = (),
        changes: Changes | None = None,
    ) -> Message:
        """Write what differs between `old` and `new`; returns `new` at its new version. Raises StaleVersion."""
        fields = changed(_fields(old), _fields(new))
        version = await self.outbox.update(
            "messages", tenant, old.id, old.version, fields, events, changes=changes
        )
        return replace(new, version=version)

    async def due(self, tenant: str, now: datetime, limit: int) -> list[Message]:
        """What should have been sent by `now`, longest due first, those in somebody's hands included."""
        async with reachable():
            found = (
                await self.db["messages"]
                .find({"tenant_id": tenant, "due_at": due_by(now)})
                .sort("due_at", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [_read(document) for document in found]

    async def of_appointment(self, tx: Tx, tenant: str, appointment_id: str) -> list[Message]:
        """Every message about the appointment, as the transaction sees them."""
        return [_read(d) for d in await tx.find("messages", tenant, {"appointment_id": appointment_id})]

    async def to_resident(self, tx: Tx, tenant: str, resident_id: str, template: str) -> list[Message]:
        """Every message of the template to the resident, as the transaction sees them."""
        where = {"resident_id": resident_id, "template": template}
        return [_read(d) for d in await tx.find("messages", tenant, where)]

    async def page(
        self, tenant: str, resident_id: str | None, cursor: str | None, limit: int
    ) -> Page[Message]:
        """Newest first."""
        where = {"resident_id": resident_id} if resident_id else {}
        return await newest_first(tenant, self.db["messages"], where, cursor, limit, _read)

    def seal(self, tenant: str, personalisation: Mapping[str, str]) -> str | None:
        """The sealed form that `Message.personalisation` holds; None for nothing."""
        if not personalisation:
            return None
        text = json.dumps(dict(personalisation), ensure_ascii=False)
        return self.sealer.seal(tenant, PERSONALISATION, text)

    def open(self, tenant: str, message: Message) -> dict[str, str]:
        """The personalisation. Raises CannotOpen."""
        if message.personalisation is None:
            return {}
        values: dict[str, str] = json.loads(
            self.sealer.open(tenant, PERSONALISATION, message.personalisation)
        )
        return values

    def seal_address(self, tenant: str, address: str) -> str:
        return self.sealer.seal(tenant, ADDRESS, address)

    def open_address(self, tenant: str, sealed: str) -> str:
        """Raises CannotOpen."""
        return self.sealer.open(tenant, ADDRESS, sealed)

    def seal_token(self, tenant: str, token: str) -> str:
        return self.sealer.seal(tenant, REPLY_TOKEN, token)

    def open_token(self, tenant: str, sealed: str) -> str:
        """Raises CannotOpen."""
        return self.sealer.open(tenant, REPLY_TOKEN, sealed)


def _fields(message: Message) -> Document:
    fields: Document = {name: getattr(message, name) for name in PLAIN}
    fields["to"] = message.to
    trace = message.trace
    fields["trace"] = stored_trace(trace.correlation_id, trace.causation_id, trace.traceparent)
    fields["order"] = order_of(message.created_at, message.id)
    fields["slot"] = stored_slot(message.slot)
    fields["times"] = [stored_slot(slot) for slot in message.times]
    return fields


def stored_slot(slot: Slot | None) -> Document | None:
    if slot is None:
        return None
    return {
        "service_date": slot.service_date.isoformat(),
        "start_minute": slot.start_minute,
        "end_minute": slot.end_minute,
        "channel": slot.channel,
    }


def read_slot(stored: Document) -> Slot:
    return Slot(
        date.fromisoformat(stored["service_date"]),
        stored["start_minute"],
        stored["end_minute"],
        stored["channel"],
    )


def _read(document: Document) -> Message:
    return Message(
        tenant=document["tenant_id"],
        id=document["_id"],
        version=document["version"],
        to=document.get("to"),
        trace=Trace(**document["trace"]),
        slot=read_slot(document["slot"]) if document["slot"] else None,
        times=tuple(read_slot(slot) for slot in document.get("times", ())),
        **{name: document[name] for name in PLAIN},
    )
