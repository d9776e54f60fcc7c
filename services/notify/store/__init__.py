"""Everything notify keeps. Every call takes the tenant first."""

from services.notify.store.appointments import APPOINTMENTS, Appointments
from services.notify.store.contacts import CONTACT_POINTS, Contacts
from services.notify.store.deliveries import DELIVERIES, Deliveries
from services.notify.store.endpoints import ENDPOINTS, Endpoints
from services.notify.store.messages import MESSAGES, Messages
from services.notify.store.stopped import OFFERS_STOPPED, Stopped
from services.notify.store.templates import TEMPLATES, Templates

COLLECTIONS = (CONTACT_POINTS, TEMPLATES, MESSAGES, APPOINTMENTS, ENDPOINTS, DELIVERIES, OFFERS_STOPPED)
OUTBOXES = ("messages", "webhook_endpoints", "webhook_deliveries")

__all__ = [
    "COLLECTIONS",
    "OUTBOXES",
    "Appointments",
    "Contacts",
    "Deliveries",
    "Endpoints",
    "Messages",
    "Stopped",
    "Templates",
]
