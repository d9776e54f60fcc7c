"""The residents' side: what a person does in LINE becomes a signed webhook event."""

import secrets
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from tests.fakes.line.channel import Channel
from tests.fakes.line.memory import Memory
from tests.fakes.line.sending import REPLY_TOKEN_SECONDS, next_message_id

ACTIONS = ("follow", "message", "postback", "unfollow", "block", "unsend")
ANSWERABLE = ("follow", "message", "postback")


@dataclass(frozen=True)
class Act:
    """One thing a user does. `at` is the platform's clock in POSIX seconds; `timestamp` (ms) overrides what is told."""

    channel: Channel
    user: str
    action: str
    params: dict[str, Any]
    at: float


class BadAct(ValueError):
    """The control request lacks what the action needs."""


def perform(memory: Memory, act: Act) -> dict[str, Any]:
    """Change friendship and chat, and return the webhook event that LINE sends for it."""
    kind = "unfollow" if act.action == "block" else act.action
    event: dict[str, Any] = {
        "type": kind,
        "mode": "active",
        "timestamp": int(act.params.get("timestamp") or act.at * 1000),
        "source": {"type": "user", "userId": act.user},
        "webhookEventId": str(ULID.from_timestamp(act.at)),
        "deliveryContext": {"isRedelivery": False},
    }
    if kind in ANSWERABLE:
        event["replyToken"] = secrets.token_hex(16)
    event |= _content(memory, act, kind)
    if kind in ("follow", "unfollow"):
        state = "friend" if kind == "follow" else "blocked"
        memory.note("user", tenant=act.channel.tenant, user=act.user, state=state)
    elif memory.friends.get((act.channel.tenant, act.user)) != "friend":
        raise BadAct("only a friend can do that: follow first")
    memory.note(
        "webhook",
        tenant=act.channel.tenant,
        user=act.user,
        event=event,
        token_expires=act.at + REPLY_TOKEN_SECONDS,
    )
    return event


def _content(memory: Memory, act: Act, kind: str) -> dict[str, Any]:
    params = act.params
    if kind == "follow":
        return {"follow": {"isUnblocked": memory.friends.get((act.channel.tenant, act.user)) == "blocked"}}
    if kind == "message":
        return {"message": _message(params)}
    if kind == "postback":
        return {"postback": {"data": _required(params, "data")}}
    if kind == "unsend":
        return {"unsend": {"messageId": _required(params, "message_id")}}
    return {}


def _message(params: dict[str, Any]) -> dict[str, Any]:
    message_id = str(params.get("message_id") or next_message_id())
    if "message" in params:
        return {"id": message_id, **params["message"]}
    return {
        "id": message_id,
        "type": "text",
        "quoteToken": secrets.token_urlsafe(24),
        "text": _required(params, "text"),
    }


def _required(params: dict[str, Any], name: str) -> str:
    if not params.get(name):
        raise BadAct(f"'{name}' is needed")
    return str(params[name])
