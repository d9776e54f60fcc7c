"""Webhook endpoints: where a municipality or a partner agency wants to be told of events, and the secrets that prove it was us."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.errors import Conflict, Invalid
from shared.events import booking, intake
from shared.events.envelope import Payload
from shared.events.notify import EndpointDisabled

ROTATION = timedelta(hours=24)
"""So long both the old and the new secret sign, after a rotation."""

AGENCY_EVENTS: tuple[type[Payload], ...] = (intake.ReferralSent,)
"""What a partner agency may hear of, and only where the event names it."""
TENANT_EVENTS: tuple[type[Payload], ...] = (
    intake.ReferralSent,
    booking.AppointmentConfirmed,
    booking.AppointmentMoved,
    booking.AppointmentCancelled,
    booking.AppointmentAttended,
    booking.AppointmentMissed,
)


DisabledReason = Literal["gone", "failing", "by_request"]


class EndpointOff(Conflict):
    """The endpoint is disabled: enable it first."""

    slug = "endpoint-disabled"


@dataclass(frozen=True)
class Secret:
    """A signing secret, sealed. `valid_until` (UTC, the machine's time) is None for the newest."""

    sealed: str
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Endpoint:
    """`agency_id` None: the municipality's own endpoint."""

    tenant: str
    id: str
    url: str
    events: tuple[str, ...]
    agency_id: str | None
    secrets: tuple[Secret, ...]
    created_at: datetime
    enabled: bool = True
    disabled_reason: DisabledReason | None = None
    deleted: bool = False
    version: int = 1

    def wants(self, event_type: str, agency_id: str | None) -> bool:
        """Whether an event goes here. An agency hears only of what names it."""
        mine = self.agency_id is None or self.agency_id == agency_id
        return self.enabled and not self.deleted and mine and event_type in self.events


def check_events(events: tuple[str, ...], agency_id: str | None) -> tuple[str, ...]:
    """The event types, each once. Raises Invalid for one that is not offered to this kind of endpoint."""
    offered = {event.TYPE for event in (AGENCY_EVENTS if agency_id else TENANT_EVENTS)}
    for number, event in enumerate(events):
        if event not in offered:
            raise Invalid(f"events.{number}", f"offered are: {', '.join(sorted(offered))}")
    return tuple(dict.fromkeys(events))


def rotate(endpoint: Endpoint, new: str, machine_now: datetime) -> Endpoint:
    """`new` (sealed) signs from now on; those that signed until now go on beside it for 24 hours, or as long as they still had."""
    ending = machine_now + ROTATION
    old = tuple(
        replace(secret, valid_until=min(secret.valid_until or ending, ending))
        for secret in signing(endpoint, machine_now)
    )
    return replace(endpoint, secrets=(Secret(new), *old))


def signing(endpoint: Endpoint, machine_now: datetime) -> tuple[Secret, ...]:
    """The secrets that sign now, newest first."""
    return tuple(s for s in endpoint.secrets if s.valid_until is None or s.valid_until > machine_now)


def enable(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, enabled=True, disabled_reason=None)


def disable(endpoint: Endpoint, reason: DisabledReason) -> tuple[Endpoint, list[Payload]]:
    """Send nothing more there. Nothing new when it is disabled already."""
    if not endpoint.enabled:
        return endpoint, []
    off = replace(endpoint, enabled=False, disabled_reason=reason)
    return off, [EndpointDisabled(endpoint_id=endpoint.id, reason=reason)]


def delete(endpoint: Endpoint) -> tuple[Endpoint, list[Payload]]:
    """Forget the address and its secrets; what was delivered stays on record."""
    off, events = disable(endpoint, "by_request")
    return replace(off, deleted=True, secrets=()), events
