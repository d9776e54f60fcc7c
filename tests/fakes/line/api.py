"""The Messaging API side: what Banso's own LINE client calls."""

import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.line.channel import Channel
from tests.fakes.line.platform import PLATFORM, Fault, Platform, hang, new_request_id
from tests.fakes.line.sending import USER_ID, Answer, Sending, accept, month_of

UNAUTHORIZED = (
    "Authentication failed due to the following reason: invalid token. "
    "Confirm that the access token in the authorization header is valid."
)
FAULT_MESSAGES = {
    429: "The API rate limit has been exceeded. Try again later.",
    500: "Internal server error",
}


@web.middleware
async def line_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer of the API carries X-Line-Request-Id; a request without a valid token stops here with 401."""
    if not request.path.startswith("/v2/"):
        return await handler(request)
    request_id = new_request_id()
    request["request_id"] = request_id
    channel = request.app[PLATFORM].channel_of_token(request.headers.get("Authorization", ""))
    if channel is None:
        response: web.StreamResponse = web.json_response({"message": UNAUTHORIZED}, status=401)
    else:
        request["channel"] = channel
        response = await handler(request)
    response.headers["X-Line-Request-Id"] = request_id
    return response


async def send(request: web.Request) -> web.Response:
    """POST /v2/bot/message/{push|reply|multicast}."""
    platform, channel = request.app[PLATFORM], request["channel"]
    body = await _json_body(request)
    if body is None:
        return web.json_response({"message": "The request body could not be parsed as JSON."}, status=400)
    sending = Sending(
        channel=channel,
        via=request.match_info["via"],
        body=body,
        retry_key=request.headers.get("X-Line-Retry-Key"),
        request_id=request["request_id"],
        now=platform.now(),
    )
    fault = platform.take_fault(channel.tenant)
    answer = await _answer(platform, sending, fault)
    name = f"{sending.via}:{answer.status}"
    platform.answers[name] = platform.answers.get(name, 0) + 1
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)


async def _answer(platform: Platform, sending: Sending, fault: Fault | None) -> Answer:
    quota = platform.quota.get(sending.channel.tenant)
    if fault is None:
        return accept(platform.memory, sending, quota)
    if fault.accepted:
        accept(platform.memory, sending, quota)
    if fault.status == "timeout":
        await hang()
        return Answer(504, {"message": "timeout"})
    return Answer(fault.status, {"message": FAULT_MESSAGES.get(fault.status, "Injected fault")})


async def _json_body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return body if isinstance(body, dict) else None


async def profile(request: web.Request) -> web.Response:
    """GET /v2/bot/profile/{user}: 404 unless the user is a friend now."""
    user, channel = request.match_info["user"], request["channel"]
    if not USER_ID.match(user):
        return web.json_response({"message": "The value for the 'userId' parameter is invalid"}, status=400)
    if request.app[PLATFORM].memory.friends.get((channel.tenant, user)) != "friend":
        return web.json_response({"message": "Not found"}, status=404)
    return web.json_response({"userId": user, "displayName": f"見本ユーザー{user[-4:]}", "language": "ja"})


async def quota(request: web.Request) -> web.Response:
    """GET /v2/bot/message/quota."""
    limit = request.app[PLATFORM].quota.get(request["channel"].tenant)
    return web.json_response({"type": "none"} if limit is None else {"type": "limited", "value": limit})


async def consumption(request: web.Request) -> web.Response:
    """GET /v2/bot/message/quota/consumption."""
    platform, channel = request.app[PLATFORM], request["channel"]
    used = platform.memory.used_quota[channel.tenant, month_of(platform.now())]
    return web.json_response({"totalUsage": used})


async def bot_info(request: web.Request) -> web.Response:
    """GET /v2/bot/info."""
    channel: Channel = request["channel"]
    return web.json_response(
        {
            "userId": channel.destination,
            "basicId": f"@{channel.tenant}",
            "displayName": f"見本アカウント {channel.tenant}",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
    )


ROUTES = [
    web.post("/v2/bot/message/{via:push|reply|multicast}", send),
    web.get("/v2/bot/profile/{user}", profile),
    web.get("/v2/bot/message/quota", quota),
    web.get("/v2/bot/message/quota/consumption", consumption),
    web.get("/v2/bot/info", bot_info),
]
