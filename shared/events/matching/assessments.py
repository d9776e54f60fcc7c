"""How work goes: that it was looked at, and that a talk about a next step was suggested to staff. Never how it was seen."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload


class AssessmentRecorded(Payload):
    """By the worker (self) or by staff, for the first time or as a correction."""

    TYPE: ClassVar[str] = "banso.matching.assessment.recorded.v1"
    resident_id: str
    assessment_id: str
    kind: Literal["self", "staff"]


class StepUpSuggested(Payload):
    """To staff alone; it changes nothing of the worker's hours, place or contract."""

    TYPE: ClassVar[str] = "banso.matching.step_up.suggested.v1"
    resident_id: str
    suggestion_id: str


EVENTS: tuple[type[Payload], ...] = (AssessmentRecorded, StepUpSuggested)
