"""The case timeline: one row per event that names a resident."""

from pymongo import ASCENDING, IndexModel

from shared.http.paging import Page, decode_cursor, encode_cursor
from shared.mongo import CollectionSpec, Database, Document, reachable

TIMELINE = CollectionSpec(
    "timeline",
    (IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("order", ASCENDING)]),),
)


class Timeline:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def page(self, tenant: str, resident_id: str, cursor: str | None, limit: int) -> Page[Document]:
        """Steps as documents, by event time, then sequence."""
        where: Document = {"tenant_id": tenant, "resident_id": resident_id}
        if cursor:
            where["order"] = {"$gt": decode_cursor(cursor, (str,))[0]}
        async with reachable():
            found = await self.db["timeline"].find(where).sort("order", 1).limit(limit + 1).to_list(limit + 1)
        more = encode_cursor(found[limit - 1]["order"]) if len(found) > limit else None
        return Page(data=found[:limit], next=more)
