"""Webhook deliveries: one event on its way to one endpoint.

Source of the schedule and of what an answer means: Standard Webhooks specification 1.0 (at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.events.envelope import Event, Payload
from shared.events.notify import WebhookDelivered, WebhookFailed
from shared.ids import derived_id
from shared.trace import Trace

State = Literal["pending", "delivered", "failed"]
SCHEDULE = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 36000))
"""Waits after failed attempts; the first attempt is made at once."""
MAX_WAIT = timedelta(hours=24)
KEPT_ATTEMPTS = 16
MAX_PAYLOAD = 20_000

Change = tuple["Delivery", list[Payload]]


@dataclass(frozen=True)
class Attempt:
    """`status` is the HTTP status, or None with a code in `error` (timeout, connection, forbidden_address ...)."""

    at: datetime
    status: int | None
    error: str | None
    seconds: float


@dataclass(frozen=True)
class Delivery:
    """`body` is the very text that is signed and sent. `tries` counts attempts since the delivery was last (re)started."""

    tenant: str
    id: str
    endpoint_id: str
    agency_id: str | None
    event_id: str
    event_type: str
    resident_id: str | None
    body: str
    trace: Trace
    created_at: datetime
    version: int = 1
    state: State = "pending"
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    due_at: datetime | None = None
    lease_until: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """How an endpoint answered. `retry_after` is what it asked us to wait."""

    status: int | None
    error: str | None = None
    retry_after: timedelta | None = None
    seconds: float = 0.0

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


def delivery_id(tenant: str, event_id: str, endpoint_id: str) -> str:
    return derived_id("whd", tenant, event_id, endpoint_id)


def thin(event: Event) -> str:
    """The payload `{type, timestamp, data}`: ids and codes only. Raises ValueError beyond 20 KB."""
    content = {"type": event.type, "timestamp": event.time.isoformat(), "data": event.data}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if len(body.encode()) >= MAX_PAYLOAD:
        raise ValueError("the payload is too large for a webhook")
    return body


def begin(delivery: Delivery, lease_until: datetime) -> Delivery:
    """Count an attempt and hold the delivery until `lease_until` (the machine's time)."""
    return replace(delivery, tries=delivery.tries + 1, lease_until=lease_until)


def answered(delivery: Delivery, answer: Answer, now: datetime, jitter: float) -> Change:
    """What follows from the answer to an attempt. `jitter` in [0, 1) adds up to a quarter to the wait."""
    attempt = Attempt(now, answer.status, answer.error, answer.seconds)
    seen = replace(
        delivery, attempts=(*delivery.attempts, attempt)[-KEPT_ATTEMPTS:], lease_until=None, due_at=None
    )
    if answer.taken:
        return replace(seen, state="delivered", finished_at=now), [WebhookDelivered(**_named(seen))]
    if answer.gone or delivery.tries > len(SCHEDULE):
        return give_up(seen, now)
    wait = SCHEDULE[max(delivery.tries, 1) - 1] * (1 + jitter / 4)
    wait = max(wait, min(answer.retry_after or timedelta(), MAX_WAIT))
    return replace(seen, due_at=now + wait), []


def give_up(delivery: Delivery, now: datetime) -> Change:
    """No more attempts, until somebody restarts it."""
    over = replace(delivery, state="failed", due_at=None, lease_until=None, finished_at=now)
    return over, [WebhookFailed(**_named(delivery))]


def restart(delivery: Delivery, now: datetime) -> Delivery:
    """Send it again with the whole schedule before it, same webhook-id. One that is in hand is left to whoever has it."""
    return replace(delivery, state="pending", tries=0, due_at=now, finished_at=None)


def _named(delivery: Delivery) -> dict[str, str | None]:
    return {
        "delivery_id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "resident_id": delivery.resident_id,
    }
