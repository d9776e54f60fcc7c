"""Events that matching publishes."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload


class QuestionnaireCompleted(Payload):
    TYPE: ClassVar[str] = "banso.matching.questionnaire.completed.v1"
    resident_id: str
    questionnaire_id: str
    answered: int
    skipped: int


class CompanyRegistered(Payload):
    TYPE: ClassVar[str] = "banso.matching.company.registered.v1"
    company_id: str


class OfferPublished(Payload):
    """`kind` is job, work_experience, supported_short_job or remote_order."""

    TYPE: ClassVar[str] = "banso.matching.offer.published.v1"
    offer_id: str
    company_id: str
    kind: Literal["job", "work_experience", "supported_short_job", "remote_order"]
    municipality_code: str


class OfferClosed(Payload):
    TYPE: ClassVar[str] = "banso.matching.offer.closed.v1"
    offer_id: str
    company_id: str
    reason: Literal["filled", "withdrawn", "expired"]


class SlateProposed(Payload):
    """`offers` are offer ids, best first."""

    TYPE: ClassVar[str] = "banso.matching.slate.proposed.v1"
    resident_id: str
    slate_id: str
    offers: tuple[str, ...]


class InterestExpressed(Payload):
    TYPE: ClassVar[str] = "banso.matching.interest.expressed.v1"
    resident_id: str
    offer_id: str
    kind: Literal["save", "ask", "experience", "apply"]


class InterestWithdrawn(Payload):
    TYPE: ClassVar[str] = "banso.matching.interest.withdrawn.v1"
    resident_id: str
    offer_id: str
    kind: Literal["save", "ask", "experience", "apply"]


EVENTS: tuple[type[Payload], ...] = (
    QuestionnaireCompleted,
    CompanyRegistered,
    OfferPublished,
    OfferClosed,
    SlateProposed,
    InterestExpressed,
    InterestWithdrawn,
)
