"""Companies and what they offer."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.events.envelope import Payload

# the names under which sealed fields of these events are sealed (shared/sealing.py binds a box to its field)
COMPANY_CONTACT_FIELD = "company.contact"
COMPANY_LINK_FIELD = "company.link"


class CompanyRegistered(Payload):
    """The municipality registered it, or it registered by itself and waits to be let in."""

    TYPE: ClassVar[str] = "banso.matching.company.registered.v1"
    company_id: str


class CompanyChanged(Payload):
    """Something about it is different, or it asks again to be let in. `former_contact`: its e-mail address until it took another one
    itself, sealed as `COMPANY_CONTACT_FIELD`; so that whoever reads mail there is told."""

    TYPE: ClassVar[str] = "banso.matching.company.changed.v1"
    company_id: str
    former_contact: str | None = None


class CompanyApproved(Payload):
    """It is let in. `contact` is its e-mail address, sealed as `COMPANY_CONTACT_FIELD`; so that it can be told."""

    TYPE: ClassVar[str] = "banso.matching.company.approved.v1"
    company_id: str
    contact: str | None = None


class CompanyDeclined(Payload):
    """`contact` as in CompanyApproved."""

    TYPE: ClassVar[str] = "banso.matching.company.declined.v1"
    company_id: str
    reason: Literal[
        "outside_area", "not_a_company", "duplicate", "cannot_be_reached", "working_conditions", "other"
    ]
    contact: str | None = None


class CompanyPaused(Payload):
    """Its offers are shown to nobody until it is resumed."""

    TYPE: ClassVar[str] = "banso.matching.company.paused.v1"
    company_id: str
    reason: Literal["own_wish", "no_answer", "to_be_cleared_up"]


class CompanyResumed(Payload):
    TYPE: ClassVar[str] = "banso.matching.company.resumed.v1"
    company_id: str


class CompanyLinkRequested(Payload):
    """Somebody asked to sign in for the company, or, signed in, to move its contact to another address. `contact` (where the link goes: for
    `new_address` the address that it proves) is sealed as `COMPANY_CONTACT_FIELD`, `link` (the address of the one-time link) as
    `COMPANY_LINK_FIELD`; it opens once, until `expires_at` (UTC)."""

    TYPE: ClassVar[str] = "banso.matching.company.link_requested.v1"
    company_id: str
    contact: str
    link: str
    expires_at: datetime
    purpose: Literal["sign_in", "new_address"] = "sign_in"


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
    CompanyChanged,
    CompanyApproved,
    CompanyDeclined,
    CompanyPaused,
    CompanyResumed,
    CompanyLinkRequested,
    OfferPublished,
    OfferChanged,
    OfferClosed,
)
