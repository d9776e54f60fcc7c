"""Stays at cooperating workplaces."""

from datetime import date
from typing import ClassVar, Literal

from shared.events.booking.appointments import CancelledBy
from shared.events.envelope import Payload

Party = Literal["resident", "workplace", "municipality"]


class _Experience(Payload):
    resident_id: str
    experience_id: str
    place_id: str


class ExperienceRequested(_Experience):
    """A seat at a cooperating workplace is held for the resident until all three parties agree."""

    TYPE: ClassVar[str] = "banso.booking.experience.requested.v1"
    from_date: date
    to_date: date


class ExperienceAgreed(_Experience):
    """One party has agreed; `complete` once all three have."""

    TYPE: ClassVar[str] = "banso.booking.experience.agreed.v1"
    party: Party
    complete: bool


class ExperienceCancelled(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.cancelled.v1"
    by: CancelledBy


class ExperienceCompleted(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.completed.v1"


EVENTS: tuple[type[Payload], ...] = (
    ExperienceRequested,
    ExperienceAgreed,
    ExperienceCancelled,
    ExperienceCompleted,
)
