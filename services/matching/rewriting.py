"""Offers written anew because of what they take over from elsewhere: some in each transaction, each that changes with its event."""

from collections.abc import AsyncIterator, Callable

from services.matching.offer import Offer
from services.matching.store import Store
from services.matching.store.bulk import in_one
from shared.events.matching.catalogue import OfferChanged
from shared.outbox import Changes, Outbox

AT_ONCE = 200


async def rewrite(
    store: Store,
    outbox: Outbox,
    tenant: str,
    offers: AsyncIterator[list[Offer]],
    renewed: Callable[[Offer], Offer],
) -> int:
    """How many were written: those that `renewed` changes, as they are when it is their turn. Raises Unavailable, StaleVersion."""
    count = 0
    async for some in offers:
        stale = [offer.id for offer in some if renewed(offer) != offer]
        for first in range(0, len(stale), AT_ONCE):
            count += await _write(store, outbox, tenant, stale[first : first + AT_ONCE], renewed)
    return count


async def _write(
    store: Store, outbox: Outbox, tenant: str, ids: list[str], renewed: Callable[[Offer], Offer]
) -> int:
    async def work(changes: Changes) -> int:
        bulk = store.catalogue.bulk(tenant)
        count = 0
        for offer in (await store.catalogue.offers(tenant, ids, changes)).values():
            if (anew := renewed(offer)) != offer:
                event = OfferChanged(offer_id=offer.id, company_id=offer.company_id)
                store.catalogue.put_offer(bulk, anew, [event])
                count += 1
        await bulk.write(changes)
        return count

    return await in_one(outbox, work)
