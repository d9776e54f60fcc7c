"""The case timeline: one row per event that names a resident."""

from pymongo import ASCENDING, IndexModel

from shared.http.paging import Page
from shared.listing import in_order
from shared.mongo import CollectionSpec, Database, Document, reachable

TIMELINE = CollectionSpec(
    "timeline",
    (IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("order", ASCENDING)]),),
)


class Timeline:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def has(self, tenant: str, resident_id: str, event_type: str) -> bool:
        """Whether an event of this type has ever been about the resident."""
        where = {"tenant_id": tenant, "resident_id": resident_id, "type": event_type}
        async with reachable():
            return await self.db["timeline"].find_one(where, {"_id": 1}) is not None

    async def page(self, tenant: str, resident_id: str, cursor: str | None, limit: int) -> Page[Document]:
        """Steps as documents, by event time, then sequence."""
        where = {"resident_id": resident_id}
        return await in_order(tenant, self.db["timeline"], where, cursor, limit, lambda document: document)
