"""Events that notify publishes. `template` is the name of a template; what was said stays sealed in notify."""

from typing import ClassVar, Literal

from shared.events.envelope import Payload

Via = Literal["line", "email", "sms"]


class _Message(Payload):
    message_id: str
    resident_id: str
    template: str


class MessageAccepted(_Message):
    """Notify has the message and will send it when it is due."""

    TYPE: ClassVar[str] = "banso.notify.message.accepted.v1"


class MessageDelivered(_Message):
    """The provider accepted it for the person."""

    TYPE: ClassVar[str] = "banso.notify.message.delivered.v1"
    via: Via


class MessageFailed(_Message):
    TYPE: ClassVar[str] = "banso.notify.message.failed.v1"
    reason: Literal["permanent-failure", "temporary-failure", "technical-failure"]


class MessageSuppressed(_Message):
    """It was not sent, on purpose. `expired`: the moment it was about had passed before it could be sent.
    `test_key`: it was asked for with a test key."""

    TYPE: ClassVar[str] = "banso.notify.message.suppressed.v1"
    reason: Literal["no_contact", "opted_out", "cancelled", "superseded", "expired", "test_key"]


class WebhookDelivered(Payload):
    TYPE: ClassVar[str] = "banso.notify.webhook.delivered.v1"
    delivery_id: str
    endpoint_id: str
    event_id: str
    event_type: str
    resident_id: str | None = None


class WebhookFailed(Payload):
    """Every attempt failed; the delivery can be sent again by staff."""

    TYPE: ClassVar[str] = "banso.notify.webhook.failed.v1"
    delivery_id: str
    endpoint_id: str
    event_id: str
    event_type: str
    resident_id: str | None = None


class EndpointDisabled(Payload):
    TYPE: ClassVar[str] = "banso.notify.webhook.endpoint_disabled.v1"
    endpoint_id: str
    reason: Literal["gone", "failing", "by_request"]


EVENTS: tuple[type[Payload], ...] = (
    MessageAccepted,
    MessageDelivered,
    MessageFailed,
    MessageSuppressed,
    WebhookDelivered,
    WebhookFailed,
    EndpointDisabled,
)
