"""Contracts in the database. `look_on` is the first day on which the passing of time may do something; the history only grows, in every write."""

from collections.abc import Sequence
from datetime import date, datetime

from pymongo import ASCENDING, IndexModel

from services.booking.centre.contract import Contract
from services.booking.store.listing import LAST, after
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.shape import Shape

CONTRACTS = CollectionSpec(
    "contracts",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("look_on", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("ends_on", ASCENDING)]),
    ),
)
_SHAPE = Shape(Contract)


class Contracts:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def add(
        self, tenant: str, contract: Contract, events: Sequence[Payload], command: Command, now: datetime
    ) -> None:
        """Keep a new contract; nothing when this command has made it before. Raises IdempotencyConflict."""
        fields = {**_fields(contract, None), "listed": f"{now.isoformat()}:{contract.id}"}
        await self.outbox.insert("contracts", tenant, contract.id, fields, events, command=command)

    async def change(
        self,
        tenant: str,
        contract: Contract,
        events: Sequence[Payload],
        look_on: date | None,
        command: Command | None,
    ) -> Contract:
        """Keep what changed since `contract.version`. Raises StaleVersion."""
        fields = _fields(contract, look_on)
        version = await self.outbox.update(
            "contracts", tenant, contract.id, contract.version, fields, events, command=command
        )
        return _SHAPE.read({**fields, "_id": contract.id, "version": version})

    async def fetch(self, tenant: str, contract_id: str) -> Document:
        """Raises NotFound."""
        return await self.outbox.fetch("contracts", tenant, contract_id)

    def read(self, document: Document) -> Contract:
        return _SHAPE.read(document)

    async def due(self, tenant: str, today: date, limit: int = 200) -> list[str]:
        """Ids of contracts that time may have done something to by `today`."""
        where = {"tenant_id": tenant, "look_on": {"$gte": "2000", "$lte": today.isoformat()}}
        async with reachable():
            found = await self.outbox.db["contracts"].find(where, {"_id": 1}).limit(limit).to_list(limit)
        return [document["_id"] for document in found]

    async def page(
        self, tenant: str, cursor: str | None, limit: int, resident_id: str | None = None
    ) -> Page[Contract]:
        """In order of proposal. Raises Invalid for a cursor of another list."""
        where: Document = {"tenant_id": tenant}
        if resident_id:
            where["resident_id"] = resident_id
        where["listed"] = {"$gt": after(cursor), "$lt": LAST}
        async with reachable():
            found = (
                await self.outbox.db["contracts"]
                .find(where)
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["listed"]) if len(found) > limit else None
        return Page(data=[_SHAPE.read(document) for document in found[:limit]], next=more)


def _fields(contract: Contract, look_on: date | None) -> Document:
    return {**_SHAPE.fields(contract), "look_on": look_on.isoformat() if look_on else None}
