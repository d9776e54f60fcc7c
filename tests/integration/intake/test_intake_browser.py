"""The pages in Chromium, on a phone and a desktop: readable by axe-core, usable by keyboard, streaming, and with JavaScript off."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.harness import eventually
from tests.integration.intake.conftest import Intake

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)
WORRY = "夜しか時間がなくて、パートを転々としています。家賃もきつい"


@pytest.fixture
async def address(intake: Intake) -> AsyncIterator[str]:
    """Intake on a real port, at the municipality's host name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = intake.harness.of("intake").service.app
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


async def opened(
    browser: Browser, address: str, viewport: dict[str, int] = PHONE, *, scripts: bool = True
) -> Page:
    """A chat page, begun anonymously."""
    context = await browser.new_context(viewport=viewport, java_script_enabled=scripts)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{address}/intake/chat")
    return page


async def begun(page: Page) -> None:
    await page.get_by_role("button", name="名前を言わずに相談をはじめる").click()
    await page.get_by_role("heading", name="相談", exact=True).wait_for()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("相談したいこと").fill(text)
    await page.get_by_role("button", name="送る").click()


async def accessible(page: Page) -> None:
    """No finding of axe-core, and nothing that must be scrolled sideways."""
    found = await Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_every_page_and_state_is_accessible(
    chromium: Browser, intake: Intake, address: str, viewport: dict[str, int]
) -> None:
    await intake.bring_in()
    page = await opened(chromium, address, viewport)
    await accessible(page)
    await begun(page)
    await accessible(page)
    for text, heading in (
        (WORRY, "どんな制度か"),
        ("消えたい", "いま電話できるところ"),
        ("カレー", "見つかりませんでした"),
    ):
        await say(page, text)
        await page.get_by_role("heading", name=heading).wait_for()
    await accessible(page)
    await page.reload()
    await accessible(page)
    await page.goto(f"{address}/intake/enter/used-up")
    await accessible(page)
    resident_id, _ = await intake.resident()
    made = await intake.client.post(f"/intake/v1/residents/{resident_id}/session", headers=intake.staff())
    await page.goto(f"{address}/intake/enter/{made.json()['entry_url'].rpartition('/')[2]}")
    await page.get_by_role("button", name="相談ページに入る").wait_for()
    await accessible(page)
    await page.goto(f"{address}/intake/docs")
    await accessible(page)


async def test_the_answer_comes_into_the_page_without_leaving_it(
    chromium: Browser, intake: Intake, address: str
) -> None:
    await intake.bring_in()
    page = await opened(chromium, address)
    await begun(page)
    await page.evaluate("window.stayed = true")
    for number, text in enumerate((WORRY, "資格を取りたい"), start=1):
        await say(page, text)
        await page.get_by_role("heading", name="相談先").nth(number - 1).wait_for()
    assert await page.evaluate("window.stayed") is True
    assert await page.get_by_role("log").get_attribute("aria-live") == "polite"
    assert await page.get_by_label("相談したいこと").input_value() == ""
    await page.reload()
    assert await page.get_by_text(WORRY).count() == 1


async def test_a_phone_without_javascript_is_answered(
    chromium: Browser, intake: Intake, address: str
) -> None:
    await intake.bring_in()
    page = await opened(chromium, address, scripts=False)
    await begun(page)
    await say(page, WORRY)
    await page.get_by_role("heading", name="どんな制度か").wait_for()
    assert page.url.endswith("#latest")
    await page.get_by_role("button", name="人に相談する").click()
    await page.get_by_role("heading", name="担当者に引き継ぎました").wait_for()


async def test_a_keyboard_is_enough(chromium: Browser, intake: Intake, address: str) -> None:
    await intake.bring_in()
    page = await opened(chromium, address, DESKTOP)
    await begun(page)
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name") == "text":
            break
    await page.keyboard.type("家賃がきつい")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="どんな制度か").wait_for()


async def test_what_was_typed_stays_when_sending_fails(
    chromium: Browser, intake: Intake, address: str
) -> None:
    page = await opened(chromium, address)
    await begun(page)
    await page.context.set_offline(True)
    await say(page, "家賃がきつい")
    await page.get_by_text("送れませんでした").wait_for()
    assert await page.get_by_label("相談したいこと").input_value() == "家賃がきつい"
    await page.context.set_offline(False)
    await page.get_by_role("button", name="送る").click()
    await page.get_by_role("heading", name="見つかりませんでした").wait_for()
