"""The pages in Chromium, on a phone and a desktop: readable by axe-core, usable by keyboard, streaming, and with JavaScript off."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from shared.web.visiting import WANTED_COOKIE
from tests.browser import DESKTOP, PHONE, accessible, served, sizes, visit
from tests.integration.intake.conftest import Intake

pytestmark = pytest.mark.browser
WORRY = "夜しか時間がなくて、パートを転々としています。家賃もきつい"


@pytest.fixture
async def address(intake: Intake) -> AsyncIterator[str]:
    """Intake on a real port, at the municipality's host name."""
    async with served(intake.harness.of("intake").service.app) as found:
        yield found


async def opened(
    browser: Browser, address: str, viewport: ViewportSize = PHONE, *, scripts: bool = True
) -> Page:
    """A chat page, begun anonymously."""
    page = await visit(browser, address, viewport=viewport, scripts=scripts)
    await page.goto(f"{address}/intake/chat")
    return page


async def begun(page: Page) -> None:
    await page.get_by_role("button", name="名前を言わずに相談をはじめる").click()
    await page.get_by_role("heading", name="相談", exact=True).wait_for()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("相談したいこと").fill(text)
    await page.get_by_role("button", name="送る").click()


@sizes
async def test_every_page_and_state_is_accessible(
    chromium: Browser, intake: Intake, address: str, viewport: ViewportSize
) -> None:
    await intake.bring_in()
    page = await opened(chromium, address, viewport)
    await accessible(page)
    asked = "%2Fintake%2Fchat%3Fwanted"
    await page.context.add_cookies([{"name": WANTED_COOKIE, "value": asked, "url": address}])
    await page.reload()
    await accessible(page)
    await begun(page)
    assert page.url == f"{address}/intake/chat?wanted"
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
