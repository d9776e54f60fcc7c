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
    """`kind` is job, work_experience, supported_short_job, remote_order or trial_work."""

    TYPE: ClassVar[str] = "banso.matching.offer.published.v1"
    offer_id: str
    company_id: str
    kind: Literal["job", "work_experience", "supported_short_job", "remote_order", "trial_work"]
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


class ModelPublished(Payload):
    """What was learned anew. `hash` is the SHA-256 of the model's canonical bytes; `version` counts the municipality's models."""

    TYPE: ClassVar[str] = "banso.matching.model.published.v1"
    model_id: str
    hash: str
    version: int


EVENTS: tuple[type[Payload], ...] = (
    QuestionnaireCompleted,
    CompanyRegistered,
    OfferPublished,
    OfferClosed,
    SlateProposed,
    InterestExpressed,
    InterestWithdrawn,
    ModelPublished,
)
