"""A company registers by itself; the municipality lets it in or not, and may rest it. Only an approved company has offers that are shown.

    waiting -> approved | declined        declined -> waiting (it registers again)
    approved -> paused -> approved

A company that the municipality itself registers is approved from the beginning; so are those from before there was an approval.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal, get_args

from shared.errors import Conflict, Invalid

Standing = Literal["waiting", "approved", "declined", "paused"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
DeclineReason = Literal[
    "outside_area", "not_a_company", "duplicate", "cannot_be_reached", "working_conditions", "other"
]
DECLINE_REASONS: tuple[DeclineReason, ...] = get_args(DeclineReason)
PauseReason = Literal["own_wish", "no_answer", "to_be_cleared_up"]
PAUSE_REASONS: tuple[PauseReason, ...] = get_args(PauseReason)


class NotNow(Conflict):
    """The registration does not stand where this could be done."""

    slug: ClassVar[str] = "registration-state"


@dataclass(frozen=True)
class Registration:
    """`reason` is a code of DECLINE_REASONS or PAUSE_REASONS; `decided_by` names the member of staff or the key."""

    standing: Standing = "approved"
    applied_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None

    @property
    def may_publish(self) -> bool:
        return self.standing == "approved"


def apply(now: datetime) -> Registration:
    """A company asks to be let in."""
    return Registration("waiting", now)


def apply_again(registration: Registration, now: datetime) -> Registration:
    """After it was declined. Raises NotNow otherwise."""
    _from(registration, "declined")
    return apply(now)


def correct(registration: Registration, now: datetime) -> Registration:
    """What the company said of itself is put right: while it waits, it goes on waiting; after it was declined, it asks again.

    Raises NotNow once the municipality has let it in: from then on it keeps what is held of it.
    """
    return registration if registration.standing == "waiting" else apply_again(registration, now)


def approve(registration: Registration, by: str, now: datetime) -> Registration:
    """Raises NotNow unless it waits."""
    return _decide(_from(registration, "waiting"), "approved", None, by, now)


def decline(registration: Registration, reason: str, by: str, now: datetime) -> Registration:
    """Raises NotNow unless it waits, Invalid for a reason that is none."""
    if reason not in DECLINE_REASONS:
        raise Invalid("reason", "no such reason for declining")
    return _decide(_from(registration, "waiting"), "declined", reason, by, now)


def pause(registration: Registration, reason: str, by: str, now: datetime) -> Registration:
    """Its offers are not shown for the time being. Raises NotNow unless it is approved, Invalid for a reason that is none."""
    if reason not in PAUSE_REASONS:
        raise Invalid("reason", "no such reason for pausing")
    return _decide(_from(registration, "approved"), "paused", reason, by, now)


def resume(registration: Registration, by: str, now: datetime) -> Registration:
    """Raises NotNow unless it is paused."""
    return _decide(_from(registration, "paused"), "approved", None, by, now)


def _from(registration: Registration, standing: Standing) -> Registration:
    if registration.standing != standing:
        raise NotNow(f"the registration is {registration.standing}, not {standing}")
    return registration


def _decide(
    registration: Registration, standing: Standing, reason: str | None, by: str, now: datetime
) -> Registration:
    return replace(registration, standing=standing, decided_at=now, decided_by=by, reason=reason)
