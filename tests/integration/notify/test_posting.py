"""Posting: never into our own network, never along a redirect, never for ever."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from services.notify.posting import Poster


@pytest.fixture
async def server() -> Any:
    """A server on loopback that redirects, asks for patience, or never answers."""
    calls: list[str] = []
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        calls.append(request.path)
        if request.path == "/busy":
            return web.Response(status=429, headers={"Retry-After": "120"})
        if request.path == "/never":
            await over.wait()
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/", calls
    over.set()
    await runner.cleanup()


async def test_a_name_that_leads_inside_is_not_connected_to(server: tuple[str, list[str]]) -> None:
    """The resolver is asked at connection time, so that the DNS cannot lead us astray after a check."""
    url, calls = server
    closed, opened = Poster(2.0, allow_private=False), Poster(2.0, allow_private=True)
    try:
        for address in (url.replace("127.0.0.1", "localhost"), url, url.replace("127.0.0.1", "0x7f000001")):
            assert (await closed.post(address, "{}", {})).error == "forbidden_address"
        assert calls == []
        assert (await opened.post(url, "{}", {})).status == 302
        assert calls == ["/"]
    finally:
        await closed.close()
        await opened.close()


async def test_an_answer_with_retry_after_is_heard(server: tuple[str, list[str]]) -> None:
    url, _ = server
    poster = Poster(2.0, allow_private=True)
    try:
        answer = await poster.post(f"{url}busy", "{}", {})
        assert (answer.status, answer.retry_after) == (429, timedelta(minutes=2))
        slow = Poster(0.2, allow_private=True)
        assert (await slow.post(f"{url}never", "{}", {})).error == "timeout"
        await slow.close()
    finally:
        await poster.close()
