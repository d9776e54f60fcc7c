"""One collection of documents that are aggregates: added once, changed at the version that was read, listed newest first by `order`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from services.matching.store.bulk import Bulk
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.listing import LAST, newest_first
from shared.mongo import Document, reachable
from shared.outbox import Changes, Outbox
from shared.shape import Shape


class Aggregate(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


T = TypeVar("T", bound=Aggregate)
Turn = Callable[[str, Document], Document]
"""Fields of a tenant's document in another form: sealed, or open again."""


def _as_is(_tenant: str, fields: Document) -> Document:
    return fields


@dataclass(frozen=True)
class Found(Generic[T]):
    """`document` is for `Command.seen_in`."""

    thing: T
    document: Document


class Documents(Generic[T]):
    """`beside` are the fields that indexes need, `order` among them."""

    def __init__(
        self,
        outbox: Outbox,
        collection: str,
        shape: Shape[T],
        beside: Callable[[T], Mapping[str, Any]],
        seal: Turn = _as_is,
        unseal: Turn = _as_is,
    ) -> None:
        self.outbox = outbox
        self.collection = collection
        self.shape = shape
        self.beside = beside
        self.seal = seal
        self.unseal = unseal

    async def add(
        self,
        tenant: str,
        thing: T,
        events: Sequence[Payload] = (),
        command: Command | None = None,
        changes: Changes | None = None,
    ) -> bool:
        """False when this command has made it before. Raises as `Outbox.insert`."""
        return await self.outbox.insert(
            self.collection,
            tenant,
            thing.id,
            self._fields(tenant, thing),
            events,
            command=command,
            changes=changes,
        )

    async def find(self, tenant: str, thing_id: str, changes: Changes | None = None) -> Found[T]:
        """Raises NotFound."""
        document = await self.outbox.fetch(self.collection, tenant, thing_id, changes=changes)
        return self._found(tenant, document)

    async def get(self, tenant: str, thing_id: str) -> T:
        """Raises NotFound."""
        return (await self.find(tenant, thing_id)).thing

    async def made_by(self, tenant: str, thing_id: str, command: Command) -> T | None:
        """What this command has made before under the id that it gives. Raises IdempotencyConflict for another body."""
        try:
            found = await self.find(tenant, thing_id)
        except NotFound:
            return None
        command.seen_in(found.document)
        return found.thing

    async def write(
        self,
        tenant: str,
        thing: T,
        events: Sequence[Payload] = (),
        command: Command | None = None,
        changes: Changes | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        """Keep what was read at `thing.version` and changed since: of a large one, `only` the fields that change. Raises StaleVersion."""
        fields = self._fields(tenant, thing)
        await self.outbox.update(
            self.collection,
            tenant,
            thing.id,
            thing.version,
            fields if only is None else {name: fields[name] for name in only},
            events,
            command=command,
            changes=changes,
        )

    def put_new(self, bulk: Bulk, thing: T, events: Sequence[Payload] = ()) -> None:
        """`add`, as a part of a bulk."""
        bulk.insert(self.collection, thing.id, self._fields(bulk.tenant, thing), events)

    def put(self, bulk: Bulk, thing: T, events: Sequence[Payload] = ()) -> None:
        """`write`, as a part of a bulk."""
        bulk.update(self.collection, thing.id, thing.version, self._fields(bulk.tenant, thing), events)

    async def page(self, tenant: str, where: Mapping[str, Any], cursor: str | None, limit: int) -> "Page[T]":
        """Newest first; `where` are equalities that an index begins with. Raises Invalid for a cursor that is none."""
        return await newest_first(
            tenant,
            self.outbox.db[self.collection],
            where,
            cursor,
            limit,
            lambda document: self._found(tenant, document).thing,
        )

    async def every(
        self, tenant: str, where: Mapping[str, Any], limit: int, changes: Changes | None = None
    ) -> list[T]:
        """Oldest first, `limit` at most."""
        ordered = {**where, "tenant_id": tenant, "order": {"$gt": "", "$lt": LAST}}
        session = changes.session if changes else None
        async with reachable():
            found = self.outbox.db[self.collection].find(ordered, session=session).sort("order").limit(limit)
            return [self._found(tenant, document).thing for document in await found.to_list(limit)]

    async def of(self, tenant: str, ids: Collection[str]) -> dict[str, T]:
        """Those of the ids that there are."""
        if not ids:
            return {}
        async with reachable():
            found = self.outbox.db[self.collection].find({"_id": {"$in": sorted(ids)}, "tenant_id": tenant})
            return {doc["_id"]: self._found(tenant, doc).thing for doc in await found.to_list(len(ids))}

    def _fields(self, tenant: str, thing: T) -> Document:
        return {**self.seal(tenant, self.shape.fields(thing)), **self.beside(thing)}

    def _found(self, tenant: str, document: Document) -> Found[T]:
        return Found(self.shape.read(self.unseal(tenant, document)), document)
