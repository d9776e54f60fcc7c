"""Who has stopped being sent offers, and as of when: an older wish to send them that comes late changes nothing."""

from pymongo import UpdateOne

from shared.ids import derived_id
from shared.inbox import Tx
from shared.mongo import CollectionSpec, Document

# found by its id, which is made of tenant and resident
OFFERS_STOPPED = CollectionSpec("offers_stopped")


class Stopped:
    async def since(self, tx: Tx, tenant: str, resident_id: str) -> int:
        """The sequence at which the resident last stopped; 0 when they never did."""
        found = await tx.find("offers_stopped", tenant, {"_id": _id(tenant, resident_id)})
        return int(found[0]["sequence"]) if found else 0

    def stage(self, tx: Tx, tenant: str, resident_id: str, sequence: int) -> None:
        """Remember the newest."""
        mine: Document = {"_id": _id(tenant, resident_id), "tenant_id": tenant}
        first = {"resident_id": resident_id, "sequence": sequence}
        tx.stage("offers_stopped", UpdateOne(mine, {"$setOnInsert": first}, upsert=True))
        older = {**mine, "sequence": {"$lt": sequence}, "tenant_id": tenant}
        tx.stage("offers_stopped", UpdateOne(older, {"$set": {"sequence": sequence}}))


def _id(tenant: str, resident_id: str) -> str:
    return derived_id("stp", tenant, resident_id)
