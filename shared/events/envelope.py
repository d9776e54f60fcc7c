"""CloudEvents 1.0, structured mode, JSON: how every event of Banso looks on the wire and in the event log.

Source: CloudEvents specification 1.0.2 and its JSON and NATS bindings. The extension attributes are all lower case, as it asks.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared import trace
from shared.errors import Poison
from shared.ids import new_ulid

TYPE_PATTERN = r"^banso\.([a-z]+)\.([a-z_]+)\.([a-z_]+)\.v([1-9]\d*)$"


class Payload(BaseModel):
    """What an event says beyond its envelope: ids and codes, never personal data or free text (sealed fields excepted)."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar[str]


class Part(BaseModel):
    """A part that a payload repeats, such as one time of several; no event of its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


P = TypeVar("P", bound=Payload)


class Event(BaseModel):
    """The envelope. `sequence` is the version of the aggregate (`subject`) that the event belongs to; `time` is UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=26, max_length=26)
    source: str
    type: str = Field(pattern=TYPE_PATTERN)
    subject: str = Field(min_length=1, max_length=200)
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    tenantid: str = Field(pattern=r"^[a-z0-9-]{3,32}$")
    sequence: int = Field(ge=1)
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    actor: str = "system"
    data: dict[str, Any]

    @property
    def nats_subject(self) -> str:
        return nats_subject(self.type, self.tenantid)

    def headers(self) -> dict[str, str]:
        """NATS headers: deduplication by event id, and the attributes for routing and tracing."""
        headers = {
            "Nats-Msg-Id": self.id,
            "ce-specversion": self.specversion,
            "ce-id": self.id,
            "ce-source": self.source,
            "ce-type": self.type,
            "ce-subject": self.subject,
            "ce-time": self.time.isoformat(),
            "ce-tenantid": self.tenantid,
            "ce-sequence": str(self.sequence),
            "ce-correlationid": self.correlationid,
            "content-type": "application/cloudevents+json",
        }
        if self.causationid:
            headers["ce-causationid"] = self.causationid
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers

    @cached_property
    def text(self) -> str:
        """The event on the wire: the very text that is stored, published and archived."""
        return self.model_dump_json(exclude_none=True)

    def encode(self) -> bytes:
        return self.text.encode()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "Event":
        """A copy has a text of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("text", None)
        return copied


def decode(body: bytes) -> Event:
    """Read an event from the wire. Raises Poison when it is no event."""
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        raise Poison(f"not a CloudEvent of Banso: {_where(error)}") from error


def read(event: Event, payload: type[P]) -> P:
    """The event's data as `payload`. Raises Poison when they do not fit."""
    try:
        return payload.model_validate(event.data)
    except ValidationError as error:
        raise Poison(f"payload does not fit {payload.TYPE}: {_where(error)}") from error


def _where(error: ValidationError) -> str:
    """The fields that are wrong and how; never their values, which may be personal."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_url=False))


def nats_subject(event_type: str, tenant: str = "*") -> str:
    """`evt.<service>.<tenant>.<entity>.<verb>.v<n>`; the default tenant matches every one. Raises ValueError."""
    match = re.match(TYPE_PATTERN, event_type)
    if match is None:
        raise ValueError(f"not an event type: {event_type!r}")
    service, entity, verb, version = match.groups()
    return f"evt.{service}.{tenant}.{entity}.{verb}.v{version}"


def envelop(
    payloads: Sequence[Payload], *, source: str, tenant: str, subject: str, sequence: int, now: datetime
) -> list[Event]:
    """Put payloads of one change of one aggregate into envelopes, with the trace of the work in hand."""
    cause = trace.current()
    return [
        Event(
            id=new_ulid(),
            source=source,
            type=payload.TYPE,
            subject=subject,
            time=now,
            tenantid=tenant,
            sequence=sequence,
            correlationid=cause.correlation_id,
            causationid=cause.causation_id,
            traceparent=cause.traceparent,
            actor=cause.actor,
            data=payload.model_dump(mode="json"),
        )
        for payload in payloads
    ]
