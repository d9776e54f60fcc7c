"""LINE's webhooks: the signature, and events as we read them.

Source: Messaging API reference, "Webhooks" (signature: base64 of HMAC-SHA256 over the raw body with the channel secret).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared.ids import derived_id

Kind = Literal["follow", "unfollow", "text", "other_message", "postback", "unsend", "ignored"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONSULT = "consult"
CONSULT_TEXT = "相談する"


@dataclass(frozen=True)
class LineEvent:
    """One event of one user. `at` is UTC; `reply_token` works once and soon; `message_id` is LINE's."""

    event_id: str
    kind: Kind
    user_id: str
    at: datetime
    reply_token: str = ""
    text: str = ""
    message_id: str = ""

    @property
    def wants_to_consult(self) -> bool:
        """A tap on the button, or its words typed."""
        words = self.text.strip()
        return words == (CONSULT if self.kind == "postback" else CONSULT_TEXT)


def signature_fits(secret: str, body: bytes, signature: str) -> bool:
    """Whether `signature` (X-Line-Signature) was made over `body` by the holder of the channel secret."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())


def raw_events(body: bytes) -> list[dict[str, Any]]:
    """The events of a webhook body as they came, those that can be told apart (a string `webhookEventId`)."""
    try:
        events = json.loads(body).get("events", [])
    except (ValueError, AttributeError, RecursionError):
        return []
    if not isinstance(events, list):
        return []
    return [e for e in events if isinstance(e, dict) and _text(e.get("webhookEventId"))]


def read_event(raw: Mapping[str, Any]) -> LineEvent:
    """One event; what we do not handle (groups, rooms, beacons, events without a user) has the kind `ignored`."""
    source = _mapping(raw.get("source"))
    message = _mapping(raw.get("message"))
    user_id = _text(source.get("userId")) if source.get("type") == "user" else ""
    kind = _kind(_text(raw.get("type")), message)
    text = {
        "text": _text(message.get("text")),
        "postback": _text(_mapping(raw.get("postback")).get("data")),
    }.get(kind, "")
    unsent = _text(_mapping(raw.get("unsend")).get("messageId"))
    return LineEvent(
        event_id=_text(raw.get("webhookEventId")),
        kind=kind if user_id else "ignored",
        user_id=user_id,
        at=_instant(raw.get("timestamp")),
        reply_token=_text(raw.get("replyToken")),
        text=text,
        message_id=unsent if kind == "unsend" else _text(message.get("id")),
    )


def keyed_hash(secret: str, what: str, value: str) -> str:
    """A hash of a LINE id that only the holder of the tenant's `secret` can make or check (HMAC-SHA256, hex)."""
    return hmac.new(secret.encode(), f"line|{what}|{value}".encode(), hashlib.sha256).hexdigest()


def resident_of(tenant: str, secret: str, user_id: str) -> str:
    """The resident id of a LINE user: the same whenever they come back, and telling nobody who they are."""
    return derived_id("res", tenant, "line", keyed_hash(secret, "user", user_id))


def _kind(type_: str, message: Mapping[str, Any]) -> Kind:
    if type_ == "message":
        return "text" if message.get("type") == "text" else "other_message"
    if type_ in ("follow", "unfollow", "postback", "unsend"):
        return type_  # type: ignore[return-value]
    return "ignored"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A string without half characters (a lone surrogate cannot be stored)."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _instant(milliseconds: Any) -> datetime:
    """Exact to the millisecond, which is what the database keeps."""
    try:
        return EPOCH + timedelta(milliseconds=int(milliseconds))
    except (TypeError, ValueError, OverflowError):
        return EPOCH
