"""Stays at cooperating workplaces."""

from datetime import date, datetime
from typing import ClassVar, Literal

from shared.events.booking.appointments import CancelledBy
from shared.events.envelope import Payload

Party = Literal["resident", "workplace", "municipality"]


class _Experience(Payload):
    resident_id: str
    experience_id: str
    place_id: str


class ExperienceRequested(_Experience):
    """A seat at a cooperating workplace is held for the resident until all three parties agree, until `agree_by` (UTC) at the latest."""

    TYPE: ClassVar[str] = "banso.booking.experience.requested.v1"
    from_date: date
    to_date: date
    agree_by: datetime | None = None


class ExperienceAgreed(_Experience):
    """One party has agreed; `complete` once all three have. `from_date` is the stay's first day."""

    TYPE: ClassVar[str] = "banso.booking.experience.agreed.v1"
    party: Party
    complete: bool
    from_date: date | None = None


class ExperienceCancelled(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.cancelled.v1"
    by: CancelledBy
    from_date: date | None = None


class ExperienceCompleted(_Experience):
    TYPE: ClassVar[str] = "banso.booking.experience.completed.v1"


EVENTS: tuple[type[Payload], ...] = (
    ExperienceRequested,
    ExperienceAgreed,
    ExperienceCancelled,
    ExperienceCompleted,
)
