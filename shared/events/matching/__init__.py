"""Events that matching publishes, one module per subject."""

from shared.events.envelope import Payload
from shared.events.matching import catalogue, proposals

EVENTS: tuple[type[Payload], ...] = (*catalogue.EVENTS, *proposals.EVENTS)
