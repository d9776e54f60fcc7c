"""The employment service's lists as an aiohttp application; faults are switched by whoever tests.

POST auth/getToken (id, pass)           POST kyujin (token)
POST kyujin/{data_id}/{page} (token)    POST auth/delToken (token)
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from tests.unit.matching.hellowork.samples import xml

PAGE = 1000
Fault = Literal["unavailable", "cut", "broken", "expired", "page_of_before"]


@dataclass
class Lists:
    """What it gives. `faults`: one for each of the next pages asked for, None for none. `asked`: paths, in order."""

    user: str = "M100-sample"
    password: str = "sample-password"
    offers: dict[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    given: int = 0

    def pages(self, list_id: str) -> list[bytes]:
        """Pages of at most a thousand records; the last one may be full."""
        offers = self.offers[list_id]
        return [xml(*offers[first : first + PAGE]) for first in range(0, len(offers), PAGE)]


LISTS: web.AppKey[Lists] = web.AppKey("lists", Lists)


def reply(**tags: Sequence[str]) -> web.Response:
    body = "".join(f"<{tag}>{text}</{tag}>" for tag, texts in tags.items() for text in texts)
    return web.Response(text=f"<root>{body}</root>", content_type="application/xml")


async def get_token(request: web.Request) -> web.Response:
    lists, form = request.app[LISTS], await request.post()
    lists.asked.append("getToken")
    if (form.get("id"), form.get("pass")) != (lists.user, lists.password):
        raise web.HTTPForbidden
    token = secrets.token_hex(16)
    lists.tokens.add(token)
    lists.given += 1
    return reply(token=[token])


async def del_token(request: web.Request) -> web.Response:
    lists = request.app[LISTS]
    lists.asked.append("delToken")
    lists.tokens.discard(await token_of(request))
    return reply()


async def kyujin(request: web.Request) -> web.Response:
    lists = request.app[LISTS]
    lists.asked.append("kyujin")
    if await token_of(request) not in lists.tokens:
        raise web.HTTPUnauthorized
    return reply(data_id=list(lists.offers))


async def page(request: web.Request) -> web.StreamResponse:
    lists = request.app[LISTS]
    list_id, number = request.match_info["data_id"], int(request.match_info["page"])
    lists.asked.append(f"{list_id}/{number}")
    fault = lists.faults.pop(0) if lists.faults else None
    token = await token_of(request)
    if fault == "expired":
        lists.tokens.discard(token)
    if token not in lists.tokens:
        raise web.HTTPUnauthorized
    if fault == "unavailable":
        raise web.HTTPServiceUnavailable
    pages = lists.pages(list_id) if list_id in lists.offers else []
    if not 1 <= number <= len(pages):
        raise web.HTTPNotFound
    body = pages[number - 1 - (fault == "page_of_before")]
    if fault == "broken":
        body = body[: len(body) // 2]
    if fault == "cut":
        answer = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await answer.prepare(request)
        await answer.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.abort()
        return answer
    return web.Response(body=body, content_type="application/xml")


async def token_of(request: web.Request) -> str:
    return str((await request.post()).get("token", ""))


def build_app(lists: Lists) -> web.Application:
    """The service as an aiohttp application."""
    app = web.Application()
    app[LISTS] = lists
    app.add_routes(
        [
            web.post("/auth/getToken", get_token),
            web.post("/auth/delToken", del_token),
            web.post("/kyujin", kyujin),
            web.post("/kyujin/{data_id}/{page}", page),
        ]
    )
    return app
