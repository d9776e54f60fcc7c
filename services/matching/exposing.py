"""The use case behind the numbers of an offer: how often it was shown, opened and asked for in the last four weeks."""

from collections.abc import Collection
from datetime import datetime

from services.matching.attention import BEHIND
from services.matching.figures import Figures, figures_of
from services.matching.market import Market
from services.matching.store import Store
from shared.clock import TOKYO


async def figures(
    store: Store, market: Market, tenant: str, offer_ids: Collection[str], now: datetime
) -> dict[str, Figures]:
    """By offer, of exactly those that are named."""
    if not offer_ids:
        return {}
    stall = await market.see(tenant)
    shown = stall.attention.times_shown(offer_ids, now.astimezone(TOKYO).date())
    done = await store.interactions.of_offers(tenant, offer_ids, now - BEHIND, now)
    return figures_of(shown, done)
