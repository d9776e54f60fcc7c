"""Residents as intake registered them: where they live, by their id."""

from shared.mongo import Database, reachable


class Residents:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def lives_in(self, tenant: str, resident_id: str) -> str | None:
        """The municipality code; None while intake's event is still on its way."""
        async with reachable():
            document = await self.db["residents"].find_one({"_id": resident_id, "tenant_id": tenant})
        return str(document["municipality_code"]) if document else None
