"""Who works with which digital employment centre, as booking tells. A worker is known by the resident's id.

Contracts only ever come and end, so the order in which booking's events arrive does not matter.
"""

from dataclasses import dataclass

from pymongo import ASCENDING, IndexModel, UpdateOne

from shared.errors import NotFound
from shared.ids import derived_id
from shared.inbox import Tx
from shared.mongo import CollectionSpec, Database, Document, reachable

WORKERS = CollectionSpec(
    "workers", (IndexModel([("tenant_id", ASCENDING), ("centre_id", ASCENDING), ("_id", ASCENDING)]),)
)
EVERYBODY = 5_000


@dataclass(frozen=True)
class Worker:
    """`active`: has no contract yet, or one that has not ended."""

    worker_id: str
    resident_id: str
    centre_id: str
    active: bool


class Workers:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def find(self, tenant: str, resident_id: str) -> Worker | None:
        """None for who works with no centre, and while booking's event is on its way."""
        where = {"_id": worker_id(tenant, resident_id), "tenant_id": tenant}
        async with reachable():
            document = await self.db["workers"].find_one(where)
        return _worker_of(document) if document else None

    async def get(self, tenant: str, resident_id: str) -> Worker:
        """Raises NotFound."""
        found = await self.find(tenant, resident_id)
        if found is None:
            raise NotFound(f"no worker {resident_id}")
        return found

    async def of_tenant(self, tenant: str, centre_id: str | None = None) -> list[Worker]:
        """Everybody, those whose contracts have ended too, of all centres or of one; by centre, then by id."""
        where: Document = {"tenant_id": tenant}
        if centre_id:
            where["centre_id"] = centre_id
        async with reachable():
            found = self.db["workers"].find(where).sort([("centre_id", ASCENDING), ("_id", ASCENDING)])
            return [_worker_of(d) for d in await found.limit(EVERYBODY).to_list(EVERYBODY)]


def worker_id(tenant: str, resident_id: str) -> str:
    """A resident works with one centre at a time."""
    return derived_id("wrk", tenant, resident_id)


def stage_enrolled(tx: Tx, tenant: str, resident_id: str, centre_id: str) -> None:
    """The resident works with the centre from now on."""
    _stage(tx, tenant, resident_id, {"$set": {"centre_id": centre_id}})


def stage_contract(
    tx: Tx, tenant: str, resident_id: str, centre_id: str, contract_id: str, *, ended: bool
) -> None:
    """A contract has started, or ended; of one that has ended nothing starts again."""
    known = {"contracts": contract_id, **({"ended": contract_id} if ended else {})}
    _stage(tx, tenant, resident_id, {"$addToSet": known, "$setOnInsert": {"centre_id": centre_id}})


def _stage(tx: Tx, tenant: str, resident_id: str, change: Document) -> None:
    first = {"resident_id": resident_id, **change.get("$setOnInsert", {})}
    where = {"_id": worker_id(tenant, resident_id), "tenant_id": tenant}
    tx.stage("workers", UpdateOne(where, {**change, "$setOnInsert": first}, upsert=True))


def _worker_of(document: Document) -> Worker:
    contracts, ended = set(document.get("contracts", ())), set(document.get("ended", ()))
    return Worker(
        worker_id=document["_id"],
        resident_id=document["resident_id"],
        centre_id=document["centre_id"],
        active=not contracts or bool(contracts - ended),
    )
