"""The AsyncAPI 3.0 document of the platform: one channel per event type, with the municipality in its address.

Operations: `<service>.sends.<entity>.<verb>.v<n>` for the publisher, `<durable>.receives.<service>.<entity>.<verb>.v<n>` for each consumer.
Source: AsyncAPI specification 3.0.0.
"""

from typing import Any

from shared.events import BY_TYPE, PUBLISHED
from shared.events.envelope import Payload, nats_subject
from shared.streams import ACK_WAIT, DURABLES, MAX_DELIVER, STREAMS, Durable
from shared.tenancy import TENANT_PATTERN

Part = dict[str, Any]


def document() -> Part:
    """The whole document, as data."""
    types = [payload.TYPE for payloads in PUBLISHED.values() for payload in payloads]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Banso events",
            "version": "1",
            "description": "Events carry ids and codes; contact points are sealed. Delivery is at least once and unordered: "
            "deduplicate by `id`, order by `sequence` of the `subject`.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {"host": "localhost:8142", "protocol": "nats", "description": "The local stack"}
        },
        "channels": {short(event_type): _channel(event_type) for event_type in types},
        "operations": {**_sends(), **_receives()},
        "components": {
            "messages": {short(event_type): _message(event_type) for event_type in types},
            "parameters": {
                "tenant": {"description": f"The municipality: {TENANT_PATTERN}", "examples": ["sample-a"]}
            },
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
        },
    }


def short(event_type: str) -> str:
    """`intake.resident.registered.v1`: the name of an event type in the document."""
    return event_type.removeprefix("banso.")


def events_of(durable: Durable) -> tuple[type[Payload], ...]:
    """What a durable receives: the events it names, or all of its stream."""
    return durable.events or PUBLISHED[durable.stream.lower()]


def _channel(event_type: str) -> Part:
    name = short(event_type)
    stream = next(s.name for s in STREAMS if s.name.lower() == name.partition(".")[0])
    return {
        "address": nats_subject(event_type, "{tenant}"),
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {"tenant": {"$ref": "#/components/parameters/tenant"}},
        "x-jetstream-stream": stream,
    }


def _message(event_type: str) -> Part:
    payload = BY_TYPE[event_type]
    return {
        "name": event_type,
        "title": payload.__name__,
        "contentType": "application/cloudevents+json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": {"$ref": f"./{event_type}.json"},
        },
    }


def _operation(action: str, event_type: str) -> Part:
    name = short(event_type)
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
    }


def _sends() -> Part:
    return {
        f"{service}.sends.{short(payload.TYPE).partition('.')[2]}": _operation("send", payload.TYPE)
        for service, payloads in PUBLISHED.items()
        for payload in payloads
    }


def _receives() -> Part:
    return {
        f"{durable.name}.receives.{short(payload.TYPE)}": {
            **_operation("receive", payload.TYPE),
            "x-service": durable.service,
            "x-jetstream-durable": {
                "name": durable.name,
                "ackWaitSeconds": ACK_WAIT,
                "deliveries": MAX_DELIVER,
            },
        }
        for durable in DURABLES
        for payload in events_of(durable)
    }


def _headers() -> Part:
    """What `Event.headers` sends."""
    always = ("Nats-Msg-Id", "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time",
              "ce-tenantid", "ce-sequence", "ce-correlationid", "content-type")  # fmt: skip
    sometimes = ("ce-causationid", "traceparent")
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in (*always, *sometimes)},
        "required": list(always),
    }
