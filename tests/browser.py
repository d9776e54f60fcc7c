"""Chromium for the tests of pages: one browser a session, a service on a real port, what every page must pass."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright

from shared.auth import SESSION_COOKIE
from tests.harness import eventually

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""Runs as root, too, and asks nobody on the network for anything but the page."""

sizes = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture(scope="session")
async def _chromium_of_the_session() -> AsyncIterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "Chromium is missing: install it (Debian: apt install chromium)"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def chromium(_chromium_of_the_session: Browser) -> AsyncIterator[Browser]:
    """The browser; what the test opens in it is closed after the test."""
    yield _chromium_of_the_session
    for context in list(_chromium_of_the_session.contexts):
        await context.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def served(app: Any, port: int = 0) -> AsyncIterator[str]:
    """The address of `app` on a real port (a free one), at the host name of sample-a."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://sample-a.localhost:{port}"
    server.should_exit = True
    await serving


async def visit(
    browser: Browser,
    address: str,
    headers: dict[str, str] | None = None,
    viewport: ViewportSize = PHONE,
    *,
    scripts: bool = True,
) -> Page:
    """An empty page; with the session cookie of the resident whom `headers` authorise."""
    context = await browser.new_context(viewport=viewport, java_script_enabled=scripts)
    if headers:
        token = headers["Authorization"].removeprefix("Bearer ")
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return await context.new_page()


async def follow(leads_on: Locator) -> None:
    """Press a button or link, and wait for the page that it leads to: what is looked at or pressed next is there, not on the page before."""
    async with leads_on.page.expect_navigation():
        await leads_on.click()


async def accessible(page: Page, *rules: str) -> None:
    """No finding of axe-core (of its default rules, or of those tagged with `rules`), and nothing that must be scrolled sideways."""
    await page.wait_for_load_state()
    found = await Axe().run(page, options={"runOnly": list(rules)} if rules else None)
    assert found.response["violations"] == [], found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
