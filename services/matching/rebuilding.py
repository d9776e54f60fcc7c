"""The use case behind learning from what was said before anything was noted for learning, or after the notes were lost.

`python -m services.matching.rebuilding <municipality>` notes what is missing and says how much that was; doing it again changes nothing.
"""

import asyncio
import sys
from datetime import datetime

from services.matching.engine.interactions import Interaction
from services.matching.interest import DEED_OF, Interest
from services.matching.settings import Settings
from services.matching.store import COLLECTIONS, Store, open_store
from services.matching.store.interactions import KEPT_FOR
from shared.errors import NotFound
from shared.runtime import connect_core


async def rebuild(store: Store, tenant: str, now: datetime) -> int:
    """Note an interaction for each interest that stands, as the event of it would have; returns how many were missing.

    Looks cannot be had back: they are written down nowhere else.
    """
    testing = await store.residents.testing(tenant)
    count = 0
    async for interest in store.interests.standing(tenant, now - KEPT_FOR, now):
        if interest.kind != "not_interested" and interest.resident_id not in testing:
            deed = DEED_OF[interest.kind]
            one = Interaction(interest.resident_id, interest.offer_id, deed, interest.created_at)
            if await store.interactions.note(tenant, one):
                count += 1
                # taken back meanwhile: its event found nothing to delete yet
                if not await _stands(store, tenant, interest):
                    await store.interactions.remove(tenant, one)
    return count


async def _stands(store: Store, tenant: str, interest: Interest) -> bool:
    try:
        return (await store.interests.get(tenant, interest.resident_id, interest.id)).state == "active"
    except NotFound:
        return False


async def _main(tenant: str) -> None:
    core = await connect_core("matching", Settings(), COLLECTIONS)
    try:
        count = await rebuild(open_store(core.db, core.outbox, core.sealer), tenant, core.clock.now())
    finally:
        await core.nc.close()
        core.db.close()
    print(f"{count} interactions were missing")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m services.matching.rebuilding <municipality>")
    asyncio.run(_main(sys.argv[1]))
