"""What residents did with offers: one document per resident, offer, kind and day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.matching.engine.interactions import Deed, Interaction
from shared.clock import TOKYO
from shared.ids import derived_id
from shared.mongo import Database, Document, Duplicate, reachable

KEPT_FOR = timedelta(days=365)
"""After four half-lives little is left of what a deed said."""


def interaction_id(tenant: str, one: Interaction) -> str:
    """The same deed on the same day (Asia/Tokyo) has the same id."""
    return derived_id("ita", tenant, one.resident_id, one.offer_id, one.deed, day_of(one.at))


def day_of(at: datetime) -> str:
    return at.astimezone(TOKYO).date().isoformat()


def interaction_fields(one: Interaction) -> Document:
    return {
        "resident_id": one.resident_id,
        "offer_id": one.offer_id,
        "kind": one.deed,
        "at": one.at,
        "day": day_of(one.at),
    }


def interaction_of(document: Document) -> Interaction:
    return Interaction(document["resident_id"], document["offer_id"], document["kind"], document["at"])


class Interactions:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def note(self, tenant: str, one: Interaction) -> bool:
        """False when the same was noted on this day already."""
        document = {"_id": interaction_id(tenant, one), "tenant_id": tenant, **interaction_fields(one)}
        try:
            async with reachable():
                await self.db["interactions"].insert_one(document)
        except Duplicate:
            return False
        return True

    async def remove(self, tenant: str, one: Interaction) -> None:
        async with reachable():
            await self.db["interactions"].delete_one(
                {"_id": interaction_id(tenant, one), "tenant_id": tenant}
            )

    async def of_resident(self, tenant: str, resident_id: str) -> list[Interaction]:
        async with reachable():
            found = self.db["interactions"].find({"tenant_id": tenant, "resident_id": resident_id})
            return [interaction_of(document) for document in await found.to_list(None)]

    async def of_offers(
        self, tenant: str, offer_ids: Iterable[str], since: datetime, until: datetime
    ) -> list[Interaction]:
        """With these offers, after `since` until `until`."""
        where: Document = {
            "tenant_id": tenant,
            "offer_id": {"$in": sorted(offer_ids)},
            "at": {"$gt": since, "$lte": until},
        }
        async with reachable():
            return [interaction_of(d) for d in await self.db["interactions"].find(where).to_list(None)]

    async def between(
        self, tenant: str, since: datetime, until: datetime, deed: Deed | None = None
    ) -> list[Interaction]:
        """After `since` until `until`, of one kind or of all."""
        where: Document = {"tenant_id": tenant, "at": {"$gt": since, "$lte": until}}
        if deed:
            where["kind"] = deed
        async with reachable():
            return [interaction_of(d) for d in await self.db["interactions"].find(where).to_list(None)]

    async def any_since(self, tenant: str, since: datetime, until: datetime) -> bool:
        """Whether anything was done after `since`."""
        where = {"tenant_id": tenant, "at": {"$gt": since, "$lte": until}}
        async with reachable():
            return await self.db["interactions"].find_one(where, {"_id": 1}) is not None
