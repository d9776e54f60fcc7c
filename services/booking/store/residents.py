"""Residents whom intake has registered: staff book for somebody who exists, and is theirs."""

from shared.mongo import CollectionSpec, Database, reachable

RESIDENTS = CollectionSpec("residents")


class Residents:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def known(self, tenant: str, resident_id: str) -> bool:
        """False also while intake's event is still on its way."""
        async with reachable():
            found = await self.db["residents"].find_one({"_id": resident_id, "tenant_id": tenant}, {"_id": 1})
        return found is not None
