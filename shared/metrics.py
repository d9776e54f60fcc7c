"""Prometheus metrics of the mechanism. Tenant labels are capped by `tenant_label`."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

REQUESTS = Counter("banso_http_requests", "HTTP requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("banso_http_request_seconds", "Time to answer", ["route"], buckets=BUCKETS)
TENANT_REQUESTS = Counter("banso_tenant_http_requests", "HTTP requests of a tenant", ["tenant"])
EVENTS_PUBLISHED = Counter("banso_events_published", "Events published and archived")
OUTBOX_AGE = Gauge("banso_outbox_oldest_seconds", "Age of the oldest pending event that the last sweep met")
HANDLED = Counter("banso_messages_handled", "Messages by outcome", ["durable", "outcome"])
BATCH_SECONDS = Histogram("banso_batch_seconds", "Time to handle a batch", ["durable"], buckets=BUCKETS)
CONSUMER_LAG = Gauge("banso_consumer_lag", "Messages waiting for a durable", ["durable"])
DEAD_LETTERS = Counter("banso_dead_letters", "Messages given up on", ["durable"])
CLOCK_SHIFT = Gauge(
    "banso_test_clock_shift_seconds", "How far the movable clock of a test stack is from the machine's"
)
PROVIDER_RESULTS = Counter("banso_provider_results", "Answers of outside providers", ["provider", "result"])

MAX_TENANT_LABELS = 250
_seen: set[str] = set()


def tenant_label(tenant: str) -> str:
    """The tenant's id, or `other` once a process has met more tenants than a cell should hold."""
    if tenant not in _seen and len(_seen) >= MAX_TENANT_LABELS:
        return "other"
    _seen.add(tenant)
    return tenant
