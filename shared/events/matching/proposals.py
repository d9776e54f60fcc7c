"""What residents answer, what is proposed to them, and what they say to it."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload


class QuestionnaireCompleted(Payload):
    TYPE: ClassVar[str] = "banso.matching.questionnaire.completed.v1"
    resident_id: str
    questionnaire_id: str
    answered: int
    skipped: int


class AnswersErased(Payload):
    """The person had their answers, wishes and proposals deleted. Whoever keeps something made of them deletes it, too."""

    TYPE: ClassVar[str] = "banso.matching.questionnaire.erased.v1"
    resident_id: str
    questionnaire_id: str


class SlateProposed(Payload):
    """`offers` are offer ids, best first. `test`: for somebody who was registered with a test key; it counts for nobody's exposure."""

    TYPE: ClassVar[str] = "banso.matching.slate.proposed.v1"
    resident_id: str
    slate_id: str
    offers: tuple[str, ...]
    test: bool = False


class InterestExpressed(Payload):
    """`test`: by somebody who was registered with a test key; nothing is learned from it."""

    TYPE: ClassVar[str] = "banso.matching.interest.expressed.v1"
    resident_id: str
    offer_id: str
    kind: Literal["save", "ask", "experience", "apply"]
    test: bool = False


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
    AnswersErased,
    SlateProposed,
    InterestExpressed,
    InterestWithdrawn,
    ModelPublished,
)
