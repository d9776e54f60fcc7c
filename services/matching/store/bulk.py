"""Many documents and their events in one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo import InsertOne, UpdateOne

from shared.changing import settled
from shared.errors import StaleVersion
from shared.events.envelope import Payload
from shared.mongo import Document, Session, reachable
from shared.outbox import Changes, Outbox

T = TypeVar("T")


class Bulk:
    """What is to be written of one tenant, collection by collection."""

    def __init__(self, outbox: Outbox, tenant: str) -> None:
        self.outbox = outbox
        self.tenant = tenant
        self._inserts: dict[str, list[InsertOne[Document]]] = {}
        self._updates: dict[str, list[UpdateOne]] = {}
        self._changes: list[Any] = []

    def insert(
        self, collection: str, document_id: str, fields: Mapping[str, Any], events: Sequence[Payload] = ()
    ) -> None:
        operation, pending = self.outbox.staged_insert(collection, self.tenant, document_id, fields, events)
        self._inserts.setdefault(collection, []).append(operation)
        self._changes += [pending] if pending else []

    def update(
        self,
        collection: str,
        document_id: str,
        version: int,
        fields: Mapping[str, Any],
        events: Sequence[Payload] = (),
    ) -> None:
        operation, pending = self.outbox.staged_update(
            collection, self.tenant, document_id, version, fields, events
        )
        self._updates.setdefault(collection, []).append(operation)
        self._changes += [pending] if pending else []

    # tenant: a bulk is one tenant's
    async def write(self, changes: Changes) -> None:
        """Raises StaleVersion when one of the documents has moved on: then nothing of the transaction may be kept."""
        db, session = self.outbox.db, changes.session
        for collection in sorted(self._inserts.keys() | self._updates.keys()):
            inserts, updates = self._inserts.get(collection, []), self._updates.get(collection, [])
            async with reachable():
                # tenant: every operation was made for the tenant
                done = await db[collection].bulk_write([*inserts, *updates], ordered=False, session=session)
            if done.matched_count != len(updates):
                raise StaleVersion(f"some of {collection} have moved on")
        changes.pending += self._changes


# tenant: whose documents they are, the work says
async def in_one(outbox: Outbox, work: Callable[[Changes], Awaitable[T]]) -> T:
    """Run `work` in a transaction, and again from the start while others are faster; hand its events over.

    Raises Conflict when others are faster again and again.
    """

    async def attempt() -> tuple[Changes, T]:
        async def inside(session: Session) -> tuple[Changes, T]:
            changes = Changes(session)
            return changes, await work(changes)

        return await outbox.db.in_transaction(inside)

    changes, result = await settled(attempt)
    outbox.commit(changes)
    return result
