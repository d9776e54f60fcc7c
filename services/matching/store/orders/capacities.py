"""What booking forecasts of each worker's time: the latest that was said, by the version of the worker that said it."""

from collections.abc import Collection, Mapping
from datetime import date

from pymongo import UpdateOne

from services.matching.orders.capacity import Capacity
from services.matching.store.workers import worker_id
from shared.errors import StaleVersion
from shared.inbox import Tx
from shared.mongo import Database, Document, reachable
from shared.outbox import Changes

EVERYBODY = 5_000


class Capacities:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def every(self, tenant: str) -> list[Capacity]:
        """Of all workers, by resident."""
        where: Document = {"tenant_id": tenant, "resident_id": {"$gt": "", "$lt": "~"}}
        async with reachable():
            found = self.db["capacities"].find(where).sort("resident_id").limit(EVERYBODY)
            return [_capacity_of(document) for document in await found.to_list(EVERYBODY)]

    async def find(self, tenant: str, resident_id: str) -> Capacity | None:
        """None while booking has said nothing."""
        async with reachable():
            document = await self.db["capacities"].find_one(
                {"_id": worker_id(tenant, resident_id), "tenant_id": tenant}
            )
        return _capacity_of(document) if document else None

    async def ask(self, tenant: str, capacities: Collection[Capacity], changes: Changes) -> None:
        """In the transaction that asks these workers for something. Raises StaleVersion when somebody else has asked one since this was read."""
        if not capacities:
            return
        asked = [
            UpdateOne(
                {"_id": worker_id(tenant, one.resident_id), "tenant_id": tenant, "asked": one.asked},
                {"$inc": {"asked": 1}},
            )
            for one in capacities
        ]
        async with reachable():
            done = await self.db["capacities"].bulk_write(asked, ordered=False, session=changes.session)
        if done.matched_count != len(asked):
            raise StaleVersion("a worker was just asked for something else")


async def keep_capacity(
    tx: Tx, tenant: str, said: int, days: Mapping[date, int], fields: Mapping[str, object]
) -> None:
    """Keep what was `said` at that version of the worker, unless something later is known. `fields` hold resident_id, centre_id, skills, wishes_more."""
    place = {"_id": worker_id(tenant, str(fields["resident_id"])), "tenant_id": tenant}
    known = await tx.find("capacities", tenant, {"_id": place["_id"]})
    if known and known[0]["said"] >= said:
        return
    minutes = {day.isoformat(): count for day, count in days.items()}
    said_now = {**fields, "said": said, "days": minutes}
    change = {"$set": said_now, "$setOnInsert": {"asked": 0}}
    tx.stage("capacities", UpdateOne(place, change, upsert=True))


def _capacity_of(document: Document) -> Capacity:
    return Capacity(
        resident_id=document["resident_id"],
        centre_id=document["centre_id"],
        days={date.fromisoformat(day): minutes for day, minutes in document["days"].items()},
        skills=tuple(document["skills"]),
        wishes_more=document["wishes_more"],
        asked=document["asked"],
    )
