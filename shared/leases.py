"""Rights to do something alone, that run out by themselves."""

from datetime import timedelta

from shared.clock import system_now
from shared.mongo import CollectionSpec, Database, Duplicate, reachable

LEASES = CollectionSpec("leases")


# tenant: a lease belongs to a process
async def take_lease(db: Database, name: str, holder: str, lasting: timedelta) -> bool:
    """Take or keep the lease `name`: at most one holder at a time, a dead one is succeeded after `lasting`."""
    now = system_now()
    leases = db["leases"]
    async with reachable():
        mine = await leases.update_one({"_id": name, "holder": holder}, {"$set": {"until": now + lasting}})
        if mine.matched_count:
            return True
        succeeded = await leases.update_one(
            {"_id": name, "until": {"$lt": now}}, {"$set": {"holder": holder, "until": now + lasting}}
        )
        if succeeded.matched_count:
            return True
        try:
            await leases.insert_one({"_id": name, "holder": holder, "until": now + lasting})
            return True
        except Duplicate:
            return False
