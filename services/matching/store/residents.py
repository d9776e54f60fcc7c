"""Residents as intake registered them: where they live, by their id; and who is none, but somebody trying things out with a test key."""

from dataclasses import dataclass

from shared.mongo import Database, reachable


@dataclass(frozen=True)
class Registered:
    """`municipality_code` is None while intake's event is still on its way."""

    municipality_code: str | None = None
    test: bool = False


class Residents:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def get(self, tenant: str, resident_id: str) -> Registered:
        async with reachable():
            found = await self.db["residents"].find_one({"_id": resident_id, "tenant_id": tenant})
        return (
            Registered(str(found["municipality_code"]), found.get("test", False)) if found else Registered()
        )

    async def testing(self, tenant: str) -> frozenset[str]:
        """Those that were registered with a test key."""
        async with reachable():
            found = (
                await self.db["residents"].find({"tenant_id": tenant, "test": True}, {"_id": 1}).to_list(None)
            )
        return frozenset(document["_id"] for document in found)
