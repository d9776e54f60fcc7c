"""LINE, through the official SDK.

Source: Messaging API reference, "Retrying an API request" (X-Line-Retry-Key, 409 means already accepted, 5xx and timeouts may be retried,
4xx not) and "Send reply message" (a token is good for one reply, without retry key).
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiohttp
from linebot.v3.messaging import (
    AsyncApiClient,
    AsyncMessagingApi,
    ButtonsTemplate,
    Configuration,
    PostbackAction,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    TemplateMessage,
    TextMessage,
    URIAction,
)
from linebot.v3.messaging.exceptions import ApiException

from services.notify.catalogue import Action
from services.notify.providers.outcome import Outcome

RETRY_KEYS = uuid.UUID("6f1f2a0e-6d2b-5c1e-9a55-2d0c6b1d7a10")
"""Namespace of our retry keys (a random UUID, fixed for good)."""
TEXT_UNITS = 5000
"""The longest text, in UTF-16 code units."""


def retry_key(tenant: str, message_id: str) -> str:
    """The same message always has the same key, so that LINE takes it once however often it is sent."""
    return str(uuid.uuid5(RETRY_KEYS, f"{tenant}/{message_id}"))


def fits(text: str) -> bool:
    """Whether LINE takes a text of this length."""
    return 0 < len(text.encode("utf-16-le")) // 2 <= TEXT_UNITS


Sent = Sequence[TextMessage | TemplateMessage]


class Line:
    """One HTTP client for all tenants; each call carries the tenant's own access token. Make it inside the running loop."""

    def __init__(self, api_url: str, timeout: float) -> None:
        self.client = AsyncApiClient(Configuration(host=api_url.rstrip("/"), access_token=""))
        self.api = AsyncMessagingApi(self.client)
        self.timeout = timeout

    async def close(self) -> None:
        await self.client.close()

    async def push(self, access_token: str, user: str, messages: Sent, key: str) -> Outcome:
        """Send to a user. Safe to repeat with the same `key` for 24 hours."""
        request = PushMessageRequest(to=user, messages=list(messages))
        try:
            await self.api.push_message(request, x_line_retry_key=key, **self._options(access_token))
        except ApiException as error:
            return _outcome(error)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _without_answer(error)
        return Outcome("accepted")

    async def reply(self, access_token: str, token: str, messages: Sent) -> Outcome:
        """Answer an event, free of charge. A second reply with the same token ends as `token_spent`."""
        request = ReplyMessageRequest(replyToken=token, messages=list(messages))
        try:
            await self.api.reply_message(request, **self._options(access_token))
        except ApiException as error:
            if error.status == 400 and "reply token" in (error.body or "").lower():
                return Outcome("token_spent", "line-reply-token")
            return _outcome(error)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _without_answer(error)
        return Outcome("accepted")

    def _options(self, access_token: str) -> dict[str, Any]:
        bearer = {"in": "header", "key": "Authorization", "type": "bearer", "value": f"Bearer {access_token}"}
        return {"_request_timeout": aiohttp.ClientTimeout(total=self.timeout), "_request_auth": bearer}


def line_messages(text: str, ask: str, actions: Sequence[Action]) -> list[TextMessage | TemplateMessage]:
    """The text, and its buttons: quick replies, or below `ask` as a message of their own, which stays in the chat.

    One request carries both, and counts once against the month's quota.
    """
    pressed = [_button(action) for action in actions]
    if not pressed:
        return [TextMessage(text=text)]
    if not ask:
        items = [QuickReplyItem(action=button) for button in pressed]
        return [TextMessage(text=text, quickReply=QuickReply(items=items))]
    template = ButtonsTemplate(text=ask, actions=pressed)
    return [TextMessage(text=text), TemplateMessage(altText=ask, template=template)]


def _button(action: Action) -> PostbackAction | URIAction:
    if action.postback:
        return PostbackAction(label=action.label, data=action.postback, displayText=action.label)
    return URIAction(label=action.label, uri=action.page)


def _outcome(error: ApiException) -> Outcome:
    status, body = error.status or 0, error.body or ""
    reason = f"line-{status}"
    if status == 409:
        return Outcome("accepted", reason)
    if status >= 500 or status == 408:
        return Outcome("unclear", reason)
    if status == 429 and "monthly limit" in body:
        return Outcome("refused", "line-quota")
    if status == 429:
        return Outcome("busy", reason, _retry_after(error))
    if status in (401, 403):
        return Outcome("misconfigured", reason)
    return Outcome("refused", reason)


def _without_answer(error: Exception) -> Outcome:
    """Without a connection nothing can have been taken; after that, nobody knows."""
    connected = not isinstance(error, aiohttp.ClientConnectorError)
    return Outcome("unclear" if connected else "busy", f"line-{type(error).__name__}")


def _retry_after(error: ApiException) -> timedelta | None:
    value = (error.headers or {}).get("Retry-After", "")
    return timedelta(seconds=int(value)) if value.isdigit() else None
