"""The pages in Chromium, on a phone and a desktop: readable by axe-core, usable by keyboard, with JavaScript off."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, async_playwright

from shared.auth import SESSION_COOKIE
from tests.harness import eventually
from tests.integration.matching.conftest import SMALL, Town

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    """Matching on a real port, at the municipality's host name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = town.harness.of("matching").service.app
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://sample-a.localhost:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def visit(browser: Browser, town: Town, address: str, viewport: dict[str, int], scripts: bool) -> Page:
    context = await browser.new_context(viewport=viewport, java_script_enabled=scripts)  # type: ignore[arg-type]
    token = town.resident()["Authorization"].removeprefix("Bearer ")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return await context.new_page()


async def accessible(page: Page) -> None:
    """No finding of axe-core, and nothing that must be scrolled sideways."""
    found = await Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def on_offer(page: Page, title: str, button: str) -> Locator:
    return page.get_by_role("article", name=title).get_by_role("button", name=button)


async def offers(town: Town) -> None:
    company = await town.company()
    await town.offer(
        company["id"], title="となりの畑の出荷", municipality_code=SMALL, values={"growth": 0.9}, description="夜の仕事です。",
        hours=[{"weekdays": [0, 2, 4], "start": "22:00", "end": "26:00"}], hourly_wage_yen=1300,
    )  # fmt: skip
    await town.offer(company["id"], title="まちの店", hourly_wage_yen=1150, values={"growth": 0.1})


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_every_page_and_state_is_accessible(
    chromium: Browser, town: Town, address: str, viewport: dict[str, int]
) -> None:
    await offers(town)
    page = await visit(chromium, town, address, viewport, scripts=True)
    for path in ("/matching/profile", "/matching/proposals"):
        await page.goto(address + path)
        await accessible(page)
    for step in range(1, 6):
        await page.goto(f"{address}/matching/questionnaire?step={step}")
        await accessible(page)
    await page.get_by_label("希望する時給").fill("たくさん")
    await page.get_by_role("button", name="保存して結果を見る").click()
    await accessible(page)
    await page.goto(f"{address}/matching/questionnaire?step=1")
    await page.locator("#growth-1").get_by_label("とても大切").check()
    await page.get_by_role("button", name="ここで終えて結果を見る").click()
    await accessible(page)
    await page.get_by_role("button", name="合いそうな仕事を見る").click()
    await accessible(page)
    await on_offer(page, "となりの畑の出荷", "興味がある").click()
    await on_offer(page, "まちの店", "興味がない").click()
    await accessible(page)
    await page.goto(f"{address}/matching/docs")
    await accessible(page)


async def test_a_phone_without_javascript_gets_from_the_first_question_to_an_offer(
    chromium: Browser, town: Town, address: str
) -> None:
    await offers(town)
    page = await visit(chromium, town, address, PHONE, scripts=False)
    await page.goto(f"{address}/matching/questionnaire")
    for _ in range(4):
        await page.get_by_role("radio", name="とても大切").first.check()
        await page.get_by_role("button", name="保存して次へ").click()
    await page.get_by_role("checkbox", name="平日の夜おそく").check()
    await page.get_by_role("button", name="保存して結果を見る").click()
    await page.get_by_role("button", name="合いそうな仕事を見る").click()
    await page.get_by_role("heading", name="となりの畑の出荷").wait_for()
    await on_offer(page, "となりの畑の出荷", "興味がない").click()
    await on_offer(page, "となりの畑の出荷", "取り消す").click()
    await on_offer(page, "となりの畑の出荷", "興味がある").wait_for()


async def test_a_keyboard_is_enough(chromium: Browser, town: Town, address: str) -> None:
    page = await visit(chromium, town, address, DESKTOP, scripts=True)
    await page.goto(f"{address}/matching/questionnaire?step=1")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert await page.evaluate("document.activeElement.checked && document.activeElement.value") == "5"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**step=2")
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    assert kept["answers"] == {"achievement-1": 5}
