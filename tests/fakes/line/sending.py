"""Accepting a send request as LINE does: retry keys, reply tokens, quota, blocked users. No sockets here."""

import itertools
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.line.channel import Channel
from tests.fakes.line.memory import Accepted, Memory
from tests.fakes.line.messages import problems

REPLY_TOKEN_SECONDS = 60.0
RETRY_KEY_SECONDS = 24 * 3600.0
USER_ID = re.compile(r"^U[0-9a-f]{32}$")
MULTICAST_LIMIT = 500

_message_ids = itertools.count(int(datetime.now(UTC).timestamp() * 1000) * 100)


@dataclass(frozen=True)
class Answer:
    """Status, JSON body and headers of an API answer."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sending:
    """A parsed request: `via` is push, reply or multicast."""

    channel: Channel
    via: str
    body: dict[str, Any]
    retry_key: str | None
    request_id: str
    now: float


def next_message_id() -> str:
    """A fresh LINE message id (digits)."""
    return str(next(_message_ids))


def month_of(now: float) -> str:
    """The quota month of an instant, `2026-04`. LINE counts in JST; the mock counts in UTC."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m")


def accept(memory: Memory, sending: Sending, quota: int | None) -> Answer:
    """Answer a send request and remember its effects. Order of checks: retry key, body, recipient, quota."""
    refusal = _check_retry_key(memory, sending) or _check_body(sending) or _check_recipients(memory, sending)
    if refusal:
        return refusal
    recipients = _recipients(memory, sending)
    month = month_of(sending.now)
    tenant = sending.channel.tenant
    counts = sending.via != "reply" and quota is not None
    if counts and memory.used_quota[tenant, month] + len(recipients) > (quota or 0):
        return Answer(429, {"message": "You have reached your monthly limit."})
    messages = sending.body["messages"]
    sent = [{"id": next_message_id(), "quoteToken": secrets.token_urlsafe(24)} for _ in messages]
    memory.note(
        "accepted",
        month=month,
        tenant=tenant,
        request_id=sending.request_id,
        at=sending.now,
        retry_key=sending.retry_key,
        via=sending.via,
        recipients=recipients,
        sent=sent,
        messages=messages,
        delivered_to=[user for user in recipients if memory.friends.get((tenant, user)) == "friend"],
        reply_token=sending.body["replyToken"] if sending.via == "reply" else None,
    )
    return Answer(200, {} if sending.via == "multicast" else {"sentMessages": sent})


def _check_retry_key(memory: Memory, sending: Sending) -> Answer | None:
    if sending.retry_key is None:
        return None
    if sending.via == "reply":
        return Answer(400, {"message": "The retry key is not supported by this API"})
    if not _is_uuid(sending.retry_key):
        return Answer(400, {"message": "The retry key is invalid"})
    earlier: Accepted | None = memory.by_retry_key.get((sending.channel.tenant, sending.retry_key))
    if earlier is None or sending.now - earlier.at > RETRY_KEY_SECONDS:
        return None
    body: dict[str, Any] = {"message": "The retry key is already accepted"}
    if earlier.via == "push":
        body["sentMessages"] = earlier.sent
    return Answer(409, body, {"X-Line-Accepted-Request-Id": earlier.request_id})


def _check_body(sending: Sending) -> Answer | None:
    details = problems(sending.body.get("messages"))
    name = "replyToken" if sending.via == "reply" else "to"
    if not sending.body.get(name):
        details.insert(0, {"message": "May not be empty", "property": name})
    if not details:
        return None
    return Answer(400, {"message": f"The request body has {len(details)} error(s)", "details": details})


def _check_recipients(memory: Memory, sending: Sending) -> Answer | None:
    if sending.via == "reply":
        token = memory.tokens.get(sending.body["replyToken"])
        good = (
            token
            and not token.used
            and token.expires > sending.now
            and token.tenant == sending.channel.tenant
        )
        return None if good else Answer(400, {"message": "Invalid reply token"})
    recipients = sending.body["to"] if sending.via == "multicast" else [sending.body["to"]]
    if not isinstance(recipients, list) or len(recipients) > MULTICAST_LIMIT:
        return Answer(400, {"message": "The property, 'to', in the request body is invalid"})
    if not all(isinstance(user, str) and USER_ID.match(user) for user in recipients):
        return Answer(400, {"message": "The property, 'to', in the request body is invalid"})
    return None


def _recipients(memory: Memory, sending: Sending) -> list[str]:
    if sending.via == "reply":
        return [memory.tokens[sending.body["replyToken"]].user]
    return list(sending.body["to"]) if sending.via == "multicast" else [sending.body["to"]]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
