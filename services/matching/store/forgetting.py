"""How long matching keeps what is over, where others must go, or be asked, with it."""

from collections.abc import Sequence
from typing import Final

from pymongo import DeleteOne, UpdateOne

from services.matching.offer_life import OPEN
from services.matching.sending.subscription import REMEMBERED
from shared.mongo import Database, Document, reachable
from shared.retention import AT_ONCE, Kept

ENDED: Final = {"state": {"$in": ["accepted_by_client", "cancelled"]}}
"""Orders that nobody works on any more."""
EMPTIED: Final = {
    "$set": {"changed_at": None, "told": []},
    "$unset": {"commands": ""},
    "$inc": {"version": 1},
}


class LettingGo:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def interests(self, tenant: str, found: Sequence[Document]) -> int:
        """What was taken back, and what was said to offers that are no longer open. What the desk has still to answer stays."""
        said = [each for each in found if not each["waiting"]]
        standing = {each["offer_id"] for each in said if each["state"] == "active"}
        where = {"_id": {"$in": sorted(standing)}, "tenant_id": tenant, "state": {"$in": sorted(OPEN)}}
        async with reachable():
            offers = await self.db["offers"].find(where, {"_id": 1}).to_list(None) if standing else []
        still = {offer["_id"] for offer in offers}
        going = [each for each in said if each["state"] != "active" or each["offer_id"] not in still]
        return await self._delete(tenant, "interests", going)

    async def orders(self, tenant: str, found: Sequence[Document]) -> int:
        """Each with its tasks and what people were asked for; one of whom somebody still has something to do stays."""
        return sum([await self._order(tenant, order) for order in found])

    async def subscriptions(self, tenant: str, found: Sequence[Document]) -> int:
        """Emptied; the version stays: by it notify knows what was sent after a stop, should the person begin again."""
        emptied = [
            UpdateOne({"_id": each["_id"], "tenant_id": tenant, "version": each["version"]}, EMPTIED)
            for each in found
        ]
        async with reachable():
            # tenant: every operation names the tenant
            return (await self.db["subscriptions"].bulk_write(emptied, ordered=False)).modified_count

    async def _order(self, tenant: str, order: Document) -> int:
        where = {"tenant_id": tenant, "order_id": order["_id"]}
        fields = {"version": 1, "open": 1, "outbox_at": 1}
        async with reachable():
            assignments = await self.db["assignments"].find(where, fields).to_list(None)
            tasks = await self.db["tasks"].find(where, {"version": 1}).to_list(None)
        if any(each["open"] or "outbox_at" in each for each in assignments):
            return 0
        # the order last: after a crash in between it is still there to be found
        for collection, parts in (("assignments", assignments), ("tasks", tasks)):
            if await self._delete(tenant, collection, parts) < len(parts):
                return 0
        return await self._delete(tenant, "orders", [order])

    async def _delete(self, tenant: str, collection: str, going: Sequence[Document]) -> int:
        """Those that are as they were read; returns how many."""
        gone = 0
        for first in range(0, len(going), AT_ONCE):
            deletions = [
                DeleteOne({"_id": each["_id"], "tenant_id": tenant, "version": each["version"]})
                for each in going[first : first + AT_ONCE]
            ]
            async with reachable():
                # tenant: every operation names the tenant
                gone += (await self.db[collection].bulk_write(deletions, ordered=False)).deleted_count
        return gone


def kept(db: Database) -> tuple[Kept, ...]:
    """What is deleted when (docs/retention.md), beside the `KEPT` of the collections."""
    going = LettingGo(db)
    return (
        Kept("interests", "created_at", lambda retention: retention.interests, let_go=going.interests),
        Kept(
            "orders",
            "due_at",
            lambda retention: retention.work,
            by_date=True,
            where=ENDED,
            let_go=going.orders,
        ),
        # of who wants nothing any more, what they were sent lately matters: should they begin again, it is not sent once more
        Kept(
            "subscriptions",
            "changed_at",
            lambda _: REMEMBERED.days,
            where={"wanted": False},
            let_go=going.subscriptions,
        ),
    )
