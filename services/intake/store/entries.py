"""One-time links: hashes only."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.intake.entry import EntryLink
from shared.mongo import CollectionSpec, Database, Duplicate, reachable

# kept a day beyond its end, so that a late visitor is told that the link was used up
KEPT_FOR = 24 * 3600
# tenant: the server's own clock deletes by age, for every tenant alike
ENTRIES = CollectionSpec("entries", (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=KEPT_FOR),))


class Entries:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, tenant: str, link: EntryLink) -> None:
        """Keep a link; the same link again changes nothing."""
        document = {
            "_id": link.id,
            "tenant_id": tenant,
            "resident_id": link.resident_id,
            "expires_at": link.expires_at,
            "used_at": None,
        }
        try:
            async with reachable():
                await self.db["entries"].insert_one(document)
        except Duplicate:
            pass

    async def find(self, tenant: str, link_id: str, now: datetime) -> str | None:
        """The resident whom an open link leads to."""
        async with reachable():
            found = await self.db["entries"].find_one({"_id": link_id, "tenant_id": tenant})
        usable = found is not None and found["used_at"] is None and found["expires_at"] > now
        return str(found["resident_id"]) if found and usable else None

    async def use(self, tenant: str, link_id: str, now: datetime) -> str | None:
        """Use the link up; the resident it led to, or None when it was used, has run out or never was."""
        resident_id = await self.find(tenant, link_id, now)
        if resident_id is None:
            return None
        async with reachable():
            taken = await self.db["entries"].update_one(
                {"_id": link_id, "tenant_id": tenant, "used_at": None}, {"$set": {"used_at": now}}
            )
        return resident_id if taken.modified_count else None
