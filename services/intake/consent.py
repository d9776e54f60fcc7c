"""Consent: which fields may be shared, with whom, for what, until when, by which text; it can be taken back at any time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.errors import Invalid
from shared.events.envelope import Payload
from shared.events.intake import ConsentGranted, ConsentWithdrawn
from shared.tenancy import Tenant

Purpose = Literal["support", "follow_up"]
Field = Literal["channel", "language", "contact", "note", "consultation"]
TEXT_VERSION = "2026-11"
LASTS = timedelta(days=365)


@dataclass(frozen=True)
class Consent:
    """`scope` names the fields, `agencies` who may see them. Instants are UTC."""

    id: str
    resident_id: str
    purpose: Purpose
    agencies: tuple[str, ...]
    scope: tuple[Field, ...]
    granted_at: datetime
    expires_at: datetime
    text_version: str = TEXT_VERSION
    withdrawn_at: datetime | None = None
    version: int = 1

    def live_at(self, now: datetime) -> bool:
        return self.withdrawn_at is None and now < self.expires_at

    def covers(self, agency: str, purpose: Purpose, now: datetime) -> bool:
        return self.live_at(now) and agency in self.agencies and purpose == self.purpose


def grant(
    consent_id: str,
    resident_id: str,
    tenant: Tenant,
    purpose: Purpose,
    agencies: Sequence[str],
    scope: Sequence[Field],
    now: datetime,
) -> tuple[Consent, Sequence[Payload]]:
    """Give consent for a year. Raises Invalid for an agency that the municipality does not name."""
    for position, agency in enumerate(agencies):
        if tenant.agency(agency) is None:
            raise Invalid(f"agencies.{position}", "not an agency of this municipality")
    made = Consent(
        consent_id,
        resident_id,
        purpose,
        tuple(dict.fromkeys(agencies)),
        tuple(dict.fromkeys(scope)),
        now,
        now + LASTS,
    )
    event = ConsentGranted(
        resident_id=resident_id,
        consent_id=made.id,
        purpose=purpose,
        basis="consent",
        agencies=made.agencies,
        scope=made.scope,
    )
    return made, [event]


def withdraw(consent: Consent, now: datetime) -> tuple[Consent, Sequence[Payload]]:
    """Take it back; from then on agencies see nothing more. A second time changes nothing."""
    if consent.withdrawn_at is not None:
        return consent, []
    event = ConsentWithdrawn(resident_id=consent.resident_id, consent_id=consent.id, purpose=consent.purpose)
    return replace(consent, withdrawn_at=now), [event]
