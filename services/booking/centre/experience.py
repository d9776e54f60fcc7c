"""A stay at a cooperating workplace: agreed to by three, in any order; each may step back as long as it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Literal, get_args

from services.booking.centre.shift import seat_id
from services.booking.centre.stretch import Stretch
from services.booking.claim import Claim, Resource
from shared.errors import Conflict
from shared.events.booking import (
    CancelledBy,
    ExperienceAgreed,
    ExperienceCancelled,
    ExperienceCompleted,
    ExperienceRequested,
    Party,
)
from shared.events.envelope import Payload

State = Literal["requested", "confirmed", "cancelled", "completed"]
TAKING: tuple[State, ...] = ("requested", "confirmed", "completed")
"""States in which a stay owns its seat and the resident's time."""
PARTIES: tuple[Party, ...] = get_args(Party)


class ExperienceState(Conflict):
    """The stay is not in a state that allows this."""

    slug = "experience-state"


class NotOver(Conflict):
    """A stay is complete once its last session has begun."""

    slug = "experience-not-over"


@dataclass(frozen=True)
class Session:
    """One session with its instants (UTC)."""

    stretch: Stretch
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Agreement:
    """When a party agreed, and the id of the caller who said so."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Experience:
    """`seat` is 1..n of the place. Until `agree_by` all three must have agreed."""

    id: str
    resident_id: str
    place_id: str
    from_date: date
    to_date: date
    sessions: tuple[Session, ...]
    agree_by: datetime
    created_at: datetime
    seat: int = 1
    state: State = "requested"
    agreed: Mapping[Party, Agreement] = field(default_factory=dict)
    cancelled_by: CancelledBy | None = None
    version: int = 0

    @property
    def missing(self) -> tuple[Party, ...]:
        """Who has not agreed yet."""
        return tuple(party for party in PARTIES if party not in self.agreed)

    def claims(self, tenant: str) -> list[Claim]:
        """A seat of the place and the resident's time, session by session; nothing once it is cancelled.

        Each session is an owner of its own: two of them may touch the same calendar document.
        """
        if self.state not in TAKING:
            return []
        seat = Resource(tenant, "seat", seat_id(self.place_id, self.seat))
        resident = Resource(tenant, "resident", self.resident_id)
        return [
            Claim(resource, f"{self.id}_{n}", session.starts_at, session.ends_at)
            for n, session in enumerate(self.sessions)
            for resource in (seat, resident)
        ]


Outcome = tuple[Experience, list[Payload]]


def sessions_at(stretches: tuple[Stretch, ...], zone: tzinfo) -> tuple[Session, ...]:
    return tuple(Session(s, s.starts_at(zone), s.ends_at(zone)) for s in stretches)


def request(
    new_id: str,
    resident_id: str,
    place_id: str,
    from_date: date,
    to_date: date,
    sessions: tuple[Session, ...],
    agree_by: datetime,
    now: datetime,
) -> Outcome:
    """A seat is held until all three parties have agreed, or `agree_by` (at the latest the first session) has come."""
    until = min(agree_by, sessions[0].starts_at)
    made = Experience(new_id, resident_id, place_id, from_date, to_date, sessions, until, now)
    return made, [ExperienceRequested(**_who(made), from_date=from_date, to_date=to_date, agree_by=until)]


def agree(experience: Experience, party: Party, by: str, now: datetime) -> Outcome | None:
    """One party agrees; None when it has. Complete, the stay is confirmed. Raises ExperienceState, also once `agree_by` has come."""
    if experience.state in ("requested", "confirmed") and party in experience.agreed:
        return None
    if experience.state != "requested" or now >= experience.agree_by:
        raise ExperienceState()
    agreed = replace(experience, agreed={**experience.agreed, party: Agreement(now, by)})
    complete = not agreed.missing
    if complete:
        agreed = replace(agreed, state="confirmed")
    told = ExperienceAgreed(**_who(agreed), party=party, complete=complete, from_date=agreed.from_date)
    return agreed, [told]


def withdraw(experience: Experience, party: Party) -> Outcome | None:
    """Any party steps back, before or during the stay; nobody is asked why. None when it is cancelled already. Raises ExperienceState."""
    if experience.state == "cancelled":
        return None
    if experience.state == "completed":
        raise ExperienceState()
    return _cancelled(experience, "resident" if party == "resident" else "staff")


def expire(experience: Experience, now: datetime) -> Outcome | None:
    """Let go of a seat that not all agreed to in time; None when there is nothing to let go of."""
    if experience.state != "requested" or now < experience.agree_by:
        return None
    return _cancelled(experience, "system")


def complete(experience: Experience, now: datetime) -> Outcome | None:
    """The stay is over; None when that is known. Raises ExperienceState, NotOver."""
    if experience.state == "completed":
        return None
    if experience.state != "confirmed":
        raise ExperienceState()
    if now < experience.sessions[-1].starts_at:
        raise NotOver()
    done = replace(experience, state="completed")
    return done, [ExperienceCompleted(**_who(done))]


def _cancelled(experience: Experience, by: CancelledBy) -> Outcome:
    cancelled = replace(experience, state="cancelled", cancelled_by=by)
    return cancelled, [ExperienceCancelled(**_who(cancelled), by=by, from_date=cancelled.from_date)]


def _who(experience: Experience) -> dict[str, str]:
    return {
        "resident_id": experience.resident_id,
        "experience_id": experience.id,
        "place_id": experience.place_id,
    }
