"""Whether a person wants to be sent offers, and what they were sent. Nobody is, until they say so; a stop holds from that moment on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.matching.sending.caps import Caps
from shared.events.envelope import Payload
from shared.events.matching.sending import OffersRecommended, SubscriptionEnded, SubscriptionStarted

REMEMBERED: Final = timedelta(days=90)
"""So long an offer is not sent to the same person again."""
NotNow = Literal["not_agreed", "too_soon", "week_full"]


@dataclass(frozen=True)
class Told:
    """One message: what was in it, and the list it belongs to."""

    list_id: str
    at: datetime
    offers: tuple[str, ...]


@dataclass(frozen=True)
class Subscription:
    """`wanted` since `changed_at` (UTC). `told` is oldest first."""

    resident_id: str
    wanted: bool = False
    changed_at: datetime | None = None
    told: tuple[Told, ...] = ()

    def told_by(self, list_id: str) -> bool:
        return any(one.list_id == list_id for one in self.told)

    def offers_told(self) -> frozenset[str]:
        return frozenset(offer for one in self.told for offer in one.offers)


def want(subscription: Subscription, wanted: bool, now: datetime) -> tuple[Subscription, list[Payload]]:
    """Begin or stop; saying the same again changes nothing."""
    if subscription.wanted == wanted:
        return subscription, []
    event = SubscriptionStarted if wanted else SubscriptionEnded
    changed = replace(subscription, wanted=wanted, changed_at=now)
    return changed, [event(resident_id=subscription.resident_id)]


def not_now(subscription: Subscription, caps: Caps, now: datetime) -> NotNow | None:
    """Why nothing may be sent to the person at `now`; None when it may."""
    if not subscription.wanted:
        return "not_agreed"
    latest = max((one.at for one in subscription.told), default=None)
    if latest is not None and now - latest < timedelta(days=caps.gap_days):
        return "too_soon"
    within = sum(now - one.at < timedelta(days=7) for one in subscription.told)
    return "week_full" if within >= caps.per_week else None


def tell(
    subscription: Subscription, list_id: str, offers: Iterable[str], words: str, caps: Caps, now: datetime
) -> tuple[Subscription, list[Payload]]:
    """Send these offers, whose `words` are sealed. Nothing happens when the list was sent to the person already, or nothing may be sent."""
    chosen = tuple(offers)
    if not chosen or subscription.told_by(list_id) or not_now(subscription, caps, now):
        return subscription, []
    kept = tuple(one for one in subscription.told if now - one.at < REMEMBERED)
    changed = replace(subscription, told=(*kept, Told(list_id, now, chosen)))
    event = OffersRecommended(
        resident_id=subscription.resident_id, send_list_id=list_id, offers=chosen, words=words
    )
    return changed, [event]


def exposed_as(list_id: str, resident_id: str) -> str:
    """Under which name a message counts as shown, once."""
    return f"{list_id}:{resident_id}"
