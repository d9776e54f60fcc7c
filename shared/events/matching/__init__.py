"""Events that matching publishes, one module per subject."""

from shared.events.envelope import Payload
from shared.events.matching import assessments, catalogue, orders, proposals, sending

EVENTS: tuple[type[Payload], ...] = (
    *assessments.EVENTS,
    *catalogue.EVENTS,
    *orders.EVENTS,
    *proposals.EVENTS,
    *sending.EVENTS,
)
