"""Offers that are sent to residents who asked for it."""

from typing import ClassVar

from shared.events.envelope import Payload

WORDS_FIELD = "offers_recommended.words"
"""The field that `OffersRecommended.words` is sealed for."""


class SubscriptionStarted(Payload):
    """The resident wants to be sent offers."""

    TYPE: ClassVar[str] = "banso.matching.subscription.started.v1"
    resident_id: str


class SubscriptionEnded(Payload):
    """The resident does not want to be sent offers any more: what waits to be sent is not sent."""

    TYPE: ClassVar[str] = "banso.matching.subscription.ended.v1"
    resident_id: str


class SendListApproved(Payload):
    """`week` is an ISO week in Tokyo; `people` is how many would be sent something."""

    TYPE: ClassVar[str] = "banso.matching.send_list.approved.v1"
    send_list_id: str
    week: str
    people: int


class OffersRecommended(Payload):
    """Send these offers to the resident, best first. `words` is a sealed JSON object of texts for the message: the offers' titles, and
    what stops further messages. Nothing of what the resident answered is in it."""

    TYPE: ClassVar[str] = "banso.matching.offers.recommended.v1"
    resident_id: str
    send_list_id: str
    offers: tuple[str, ...]
    words: str


EVENTS: tuple[type[Payload], ...] = (
    SubscriptionStarted,
    SubscriptionEnded,
    SendListApproved,
    OffersRecommended,
)
