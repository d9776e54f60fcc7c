"""A referral to a partner agency: draft -> sent -> acknowledged | declined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.intake.consent import Consent, Field, Purpose
from shared.errors import Conflict
from shared.events.envelope import Payload
from shared.events.intake import ReferralAcknowledged, ReferralDeclined, ReferralSent

State = Literal["draft", "sent", "acknowledged", "declined"]
PURPOSE: Purpose = "support"
Reason = Literal["capacity", "not_eligible", "out_of_area", "other"]


class ConsentMissing(Conflict):
    slug = "consent-missing"


class ReferralClosed(Conflict):
    slug = "referral-state"


@dataclass(frozen=True)
class Referral:
    """`note` is what staff write to the agency; `shared` are the fields that the consent named when it was sent."""

    id: str
    resident_id: str
    agency_id: str
    consent_id: str
    note: str
    created_at: datetime
    state: State = "draft"
    shared: tuple[Field, ...] = ()
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    reason: Reason | None = None
    version: int = 1


def send(referral: Referral, consent: Consent, now: datetime) -> tuple[Referral, Sequence[Payload]]:
    """Send a draft. Raises ConsentMissing unless a live consent of the resident covers this agency for support."""
    if referral.state != "draft":
        raise ReferralClosed(f"the referral is {referral.state}")
    if consent.resident_id != referral.resident_id or not consent.covers(referral.agency_id, PURPOSE, now):
        raise ConsentMissing("no live consent covers this agency and purpose")
    event = ReferralSent(
        resident_id=referral.resident_id,
        referral_id=referral.id,
        agency_id=referral.agency_id,
        consent_id=consent.id,
    )
    return replace(referral, state="sent", shared=consent.scope, sent_at=now), [event]


def acknowledge(referral: Referral, now: datetime) -> tuple[Referral, Sequence[Payload]]:
    """The agency takes it. Raises ReferralClosed when it was answered before."""
    _must_be_sent(referral)
    event = ReferralAcknowledged(
        resident_id=referral.resident_id, referral_id=referral.id, agency_id=referral.agency_id
    )
    return replace(referral, state="acknowledged", answered_at=now), [event]


def decline(referral: Referral, reason: Reason, now: datetime) -> tuple[Referral, Sequence[Payload]]:
    """The agency cannot take it. Raises ReferralClosed when it was answered before."""
    _must_be_sent(referral)
    event = ReferralDeclined(
        resident_id=referral.resident_id,
        referral_id=referral.id,
        agency_id=referral.agency_id,
        reason=reason,
    )
    return replace(referral, state="declined", answered_at=now, reason=reason), [event]


def visible_fields(referral: Referral, consent: Consent, now: datetime) -> frozenset[Field]:
    """What the agency may see at `now`: nothing once the consent was taken back or has run out."""
    if not consent.covers(referral.agency_id, PURPOSE, now):
        return frozenset()
    return frozenset(referral.shared)


def _must_be_sent(referral: Referral) -> None:
    if referral.state != "sent":
        raise ReferralClosed(f"the referral is {referral.state}")
