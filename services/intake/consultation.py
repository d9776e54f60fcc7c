"""A consultation: what a resident said and what was answered, turn by turn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.answer import Answer
from shared.events.envelope import Payload
from shared.events.intake import (
    Channel,
    ConsultationAnswered,
    ConsultationHandedOff,
    ConsultationOpened,
    ConsultationUrgent,
    UrgentKind,
)
from shared.ids import derived_id

MOST_TURNS = 100


@dataclass(frozen=True)
class Turn:
    """`said` is None for a press of the button, or once it was taken back; `origin` finds a LINE message again (a keyed hash)."""

    id: str
    at: datetime
    channel: Channel
    said: str | None
    answer: Answer
    origin: str | None = None
    unsent: bool = False


@dataclass(frozen=True)
class Consultation:
    """The `number`-th consultation of a resident, from 1. `count` turns were taken; `version` 0 is not stored yet."""

    id: str
    resident_id: str
    number: int
    channel: Channel
    opened_at: datetime
    count: int = 0
    handed_off: bool = False
    version: int = 0

    @property
    def full(self) -> bool:
        return self.count >= MOST_TURNS


def open_consultation(
    tenant: str, resident_id: str, number: int, channel: Channel, now: datetime
) -> Consultation:
    """A consultation that is not stored yet; its id follows from its number, so that two at once meet."""
    made = derived_id("con", tenant, resident_id, str(number))
    return Consultation(made, resident_id, number, channel, now)


def take_turn(
    consultation: Consultation, answer: Answer, urgent: UrgentKind | None
) -> tuple[Consultation, Sequence[Payload]]:
    """The next turn was taken: which events follow."""
    events: list[Payload] = _opening(consultation)
    ids = {"resident_id": consultation.resident_id, "consultation_id": consultation.id}
    if urgent:
        events.append(ConsultationUrgent(**ids, kind=urgent))
    else:
        events.append(ConsultationAnswered(**ids, programme_ids=answer.programme_ids))
    return replace(consultation, count=consultation.count + 1), events


def receive_on_line(
    consultation: Consultation, urgent: UrgentKind | None
) -> tuple[Consultation, Sequence[Payload]]:
    """A text came by LINE: kept, but not answered there. Danger is."""
    events: list[Payload] = _opening(consultation)
    if urgent:
        events.append(
            ConsultationUrgent(
                resident_id=consultation.resident_id, consultation_id=consultation.id, kind=urgent
            )
        )
    return replace(consultation, count=consultation.count + 1), events


def hand_off(consultation: Consultation) -> tuple[Consultation, Sequence[Payload]]:
    """The resident asks for a person; asking again pages nobody twice."""
    events: list[Payload] = _opening(consultation)
    if not consultation.handed_off:
        events.append(
            ConsultationHandedOff(resident_id=consultation.resident_id, consultation_id=consultation.id)
        )
    return replace(consultation, count=consultation.count + 1, handed_off=True), events


def _opening(consultation: Consultation) -> list[Payload]:
    if consultation.version:
        return []
    return [
        ConsultationOpened(
            resident_id=consultation.resident_id,
            consultation_id=consultation.id,
            channel=consultation.channel,
        )
    ]
