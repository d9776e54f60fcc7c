"""The tests' and the demo's side: play a resident, look into the inbox, inject faults. Not part of LINE."""

import copy
import json
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.fakes.line.page import chats_page
from tests.fakes.line.platform import PLATFORM, Fault
from tests.fakes.line.sending import USER_ID
from tests.fakes.line.users import ACTIONS, Act, BadAct, perform


async def act(request: web.Request) -> web.Response:
    """POST /_fake/users/{id}/{action}: JSON or form `{tenant?, text?, data?, message_id?, timestamp?, redeliver?}`.

    Answers `{status, error, event}`: what the webhook endpoint answered, and the event it was sent.
    With `redeliver` the same event is sent once more as a redelivery (`redelivered_status`).
    """
    platform, user = request.app[PLATFORM], request.match_info["user"]
    if not USER_ID.match(user):
        raise web.HTTPBadRequest(text="a LINE user id is U and 32 hexadecimal digits")
    params = await _params(request)
    channel = platform.channel_for(user, params.get("tenant"))
    try:
        event = perform(
            platform.memory, Act(channel, user, request.match_info["action"], params, platform.now())
        )
    except BadAct as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    result: dict[str, Any] = {**await platform.send_webhook(channel, [event]), "event": event}
    if params.get("redeliver"):
        result["redelivered_status"] = (await platform.send_webhook(channel, [_again(event)]))["status"]
    if request.content_type == "application/x-www-form-urlencoded":
        raise web.HTTPSeeOther(f"/#{user}")
    return web.json_response(result)


async def redeliver(request: web.Request) -> web.Response:
    """POST /_fake/redeliver/{webhookEventId}: LINE sends an event again, same id, isRedelivery true."""
    platform = request.app[PLATFORM]
    known = platform.memory.events.get(request.match_info["event_id"])
    if known is None:
        raise web.HTTPNotFound(text="no such webhookEventId")
    event = _again(known[1])
    return web.json_response(
        {**await platform.send_webhook(platform.channels[known[0]], [event]), "event": event}
    )


async def verify(request: web.Request) -> web.Response:
    """POST /_fake/verify/{tenant}: the console's "Verify" button, a webhook with no events."""
    platform = request.app[PLATFORM]
    return web.json_response(
        await platform.send_webhook(platform.channel_for("", request.match_info["tenant"]), [])
    )


async def inbox(request: web.Request) -> web.Response:
    """GET /_fake/inbox/{id}?tenant=: messages that reached the user's phone, oldest first."""
    platform, user = request.app[PLATFORM], request.match_info["user"]
    channel = platform.channel_for(user, request.query.get("tenant"))
    messages = platform.memory.inbox(channel.tenant, user)
    return web.json_response({"tenant": channel.tenant, "user": user, "messages": messages})


async def requests(request: web.Request) -> web.Response:
    """GET /_fake/requests: every accepted send request, and how many answers of each status were given."""
    platform = request.app[PLATFORM]
    accepted = [asdict(accepted) for accepted in platform.memory.accepted]
    return web.json_response({"accepted": accepted, "answers": platform.answers})


async def faults(request: web.Request) -> web.Response:
    """POST /_fake/faults `{status: 500|429|"timeout"|.., count, accepted?, tenant?}` adds a fault; DELETE clears all."""
    platform = request.app[PLATFORM]
    if request.method == "DELETE":
        platform.faults.clear()
    else:
        params = await _params(request)
        status = params.get("status", 500)
        fault = Fault(
            status="timeout" if status == "timeout" else int(status),
            count=int(params.get("count", 1)),
            accepted=bool(params.get("accepted", False)),
            tenant=params.get("tenant"),
        )
        platform.faults.append(fault)
    return web.json_response({"faults": [asdict(fault) for fault in platform.faults]})


async def quota(request: web.Request) -> web.Response:
    """POST /_fake/quota `{tenant, limit}`: monthly quota of a channel; null means unlimited."""
    platform, params = request.app[PLATFORM], await _params(request)
    limit = params.get("limit")
    platform.quota[platform.channel_for("", params.get("tenant")).tenant] = (
        None if limit is None else int(limit)
    )
    return web.json_response({"quota": platform.quota})


async def clock(request: web.Request) -> web.Response:
    """POST /_fake/clock `{advance_seconds}`: move the platform's own clock."""
    platform = request.app[PLATFORM]
    platform.clock_offset += float((await _params(request)).get("advance_seconds", 0))
    return web.json_response({"now": platform.now()})


async def chats(request: web.Request) -> web.Response:
    """GET /: the chats as a page, where a person can play a resident."""
    platform = request.app[PLATFORM]
    page = chats_page(sorted(platform.channels), platform.memory)
    return web.Response(text=page, content_type="text/html", charset="utf-8")


async def alive(request: web.Request) -> web.Response:
    """GET /_fake/ready."""
    return web.json_response({"channels": sorted(request.app[PLATFORM].channels)})


async def _params(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    try:
        body = await request.json() if request.can_read_body else {}
    except json.JSONDecodeError as error:
        raise web.HTTPBadRequest(text="the body is not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be an object")
    return body


def _again(event: dict[str, Any]) -> dict[str, Any]:
    again = copy.deepcopy(event)
    again["deliveryContext"]["isRedelivery"] = True
    return again


ROUTES = [
    web.get("/", chats),
    web.get("/_fake/ready", alive),
    web.post("/_fake/users/{user}/{action:" + "|".join(ACTIONS) + "}", act),
    web.post("/_fake/redeliver/{event_id}", redeliver),
    web.post("/_fake/verify/{tenant}", verify),
    web.get("/_fake/inbox/{user}", inbox),
    web.get("/_fake/requests", requests),
    web.post("/_fake/faults", faults),
    web.delete("/_fake/faults", faults),
    web.post("/_fake/quota", quota),
    web.post("/_fake/clock", clock),
]
