"""Documents that carry their pending events: the document and its events are one atomic write, alone or within a transaction.

`shared/publisher.py` drains them right after the write, `shared/sweep.py` what a crash left behind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne

from shared.clock import Clock, system_now
from shared.errors import NotFound, StaleVersion
from shared.events.envelope import Payload, envelop
from shared.idempotency import KEPT_PER_DOCUMENT, Command
from shared.mongo import Database, Document, Duplicate, Session, reachable
from shared.publisher import Pending, Publisher

# tenant: the sweep looks for what any tenant left pending
OUTBOX_INDEX = IndexModel([("outbox_at", ASCENDING)], sparse=True)


@dataclass
class Changes:
    """What one transaction wrote: handed to the publisher once it has committed. `afterwards` is called then, too: a nudge to
    whoever works on what was written. It must be quick and may be lost with the process."""

    session: Session
    pending: list[Pending] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Outbox:
    """Writes documents together with their events. `source` is the service's CloudEvents source, e.g. `/booking`."""

    def __init__(self, db: Database, source: str, clock: Clock, publisher: Publisher) -> None:
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
            if existing is None or not (command.seen_in(existing) or command.made(document_id)):
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

    def staged_update(
        self,
        collection: str,
        tenant: str,
        document_id: str,
        version: int,
        fields: Mapping[str, Any],
        events: Sequence[Payload],
    ) -> tuple[UpdateOne, Pending | None]:
        """The same as `update`, as an operation for a bulk write; whoever writes it sees to it that every one found its document."""
        pending, change = self._change(collection, tenant, document_id, version, fields, events, None)
        return UpdateOne({"_id": document_id, "tenant_id": tenant, "version": version}, change), pending

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


def _stored(pending: Pending) -> list[dict[str, str]]:
    """Events are kept as the very text that is published, so that a later reading cannot change them."""
    return [{"id": event.id, "event": event.text} for event in pending.events]
