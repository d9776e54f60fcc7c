"""What residents answer, what is proposed to them, and what they say to it."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload


class QuestionnaireCompleted(Payload):
    TYPE: ClassVar[str] = "banso.matching.questionnaire.completed.v1"
    resident_id: str
    questionnaire_id: str
    answered: int
    skipped: int


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
    SlateProposed,
    InterestExpressed,
    InterestWithdrawn,
    ModelPublished,
)
