"""Where the profiles are from that offers inherit: to be named wherever what comes of them is shown."""

from collections.abc import Iterable

from services.matching.offer import Offer
from services.matching.store import Store


def inherits(offer: Offer) -> bool:
    """Whether it gives anything that its company has not said itself, which is from the profile of its occupation."""
    own = offer.own
    return offer.occupation_code is not None and (
        dict(offer.values) != dict(own.values) or dict(offer.interests) != dict(own.interests)
    )


async def profile_source(store: Store, tenant: str, offers: Iterable[Offer]) -> str:
    """Named as the municipality's profiles ask for; empty when none of the offers inherits anything."""
    if not any(map(inherits, offers)):
        return ""
    origin = await store.occupations.origin(tenant)
    return origin.attribution if origin else ""
