"""The public event contracts: one module per publishing service, one frozen model per event type.

Contracts change only by addition; anything else is a `v2` beside the `v1`. `shared/schemas/` holds what they generate.
"""

from shared.events import booking, intake, matching, notify
from shared.events.envelope import Event, Payload

PUBLISHED: dict[str, tuple[type[Payload], ...]] = {
    "intake": intake.EVENTS,
    "matching": matching.EVENTS,
    "booking": booking.EVENTS,
    "notify": notify.EVENTS,
}
BY_TYPE: dict[str, type[Payload]] = {p.TYPE: p for events in PUBLISHED.values() for p in events}

__all__ = ["BY_TYPE", "PUBLISHED", "Event", "Payload"]
