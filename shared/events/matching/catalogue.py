"""Companies and what they offer."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload


class CompanyRegistered(Payload):
    TYPE: ClassVar[str] = "banso.matching.company.registered.v1"
    company_id: str


class OfferPublished(Payload):
    """`kind` is job, work_experience, supported_short_job, remote_order or trial_work."""

    TYPE: ClassVar[str] = "banso.matching.offer.published.v1"
    offer_id: str
    company_id: str
    kind: Literal["job", "work_experience", "supported_short_job", "remote_order", "trial_work"]
    municipality_code: str


class OfferChanged(Payload):
    """Something about it is different, and it is neither opened nor ended by that."""

    TYPE: ClassVar[str] = "banso.matching.offer.changed.v1"
    offer_id: str
    company_id: str


class OfferClosed(Payload):
    TYPE: ClassVar[str] = "banso.matching.offer.closed.v1"
    offer_id: str
    company_id: str
    reason: Literal["filled", "withdrawn", "expired"]


EVENTS: tuple[type[Payload], ...] = (
    CompanyRegistered,
    OfferPublished,
    OfferChanged,
    OfferClosed,
)
