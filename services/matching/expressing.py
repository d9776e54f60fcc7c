"""The use case behind what a resident says to an offer. Shared by the API and the page."""

from datetime import datetime

from services.matching.advertising import open_offer, shown_offer
from services.matching.interest import HANDED_ON, Interest, Kind, express
from services.matching.offer import NoLongerOpen
from services.matching.store import Store
from shared.errors import NotFound
from shared.idempotency import Command


async def say(
    store: Store, tenant: str, resident_id: str, offer_id: str, kind: Kind, command: Command, now: datetime
) -> Interest:
    """The interest that stands now. Raises NotFound for an offer that residents do not meet, NoLongerOpen for one that has ended."""
    interest_id = command.new_id("int")
    find = open_offer if kind in HANDED_ON else shown_offer
    try:
        offer = await find(store, tenant, offer_id)
        who = await store.residents.get(tenant, resident_id)
        interest, events = express(interest_id, resident_id, offer, kind, now, test=who.test)
    except NoLongerOpen as closed:
        # the same request may have been done before the offer closed: then it gives what it gave
        try:
            return await store.interests.get(tenant, resident_id, interest_id)
        except NotFound:
            raise closed from None
    return await store.interests.add(tenant, interest, events, command)
