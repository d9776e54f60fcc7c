"""The pages in Chromium, on a phone and a desktop: readable by axe-core, usable by keyboard, with JavaScript off."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize

from services.matching.pages.questionnaire import LAST, STEPS
from services.matching.values import CALLINGS
from tests.browser import DESKTOP, PHONE, accessible, follow, served, sizes, visit
from tests.integration.matching.conftest import SMALL, Town

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    """Matching on a real port, at the municipality's host name."""
    async with served(town.harness.of("matching").service.app) as found:
        yield found


def on_offer(page: Page, title: str, button: str) -> Locator:
    return page.get_by_role("article", name=title).get_by_role("button", name=button)


async def offers(town: Town) -> None:
    company = await town.company()
    await town.offer(
        company["id"], title="となりの畑の出荷", municipality_code=SMALL, values={"growth": 0.9}, description="夜の仕事です。",
        hours=[{"weekdays": [0, 2, 4], "start": "22:00", "end": "26:00"}], hourly_wage_yen=1300,
    )  # fmt: skip
    await town.offer(company["id"], title="まちの店", hourly_wage_yen=1150, values={"growth": 0.1})


@sizes
async def test_every_page_and_state_is_accessible(
    chromium: Browser, town: Town, address: str, viewport: ViewportSize
) -> None:
    await offers(town)
    page = await visit(chromium, address, town.resident(), viewport)

    async def shown(path: str) -> None:
        await page.goto(address + path)
        await accessible(page)

    async def pressed(button: str) -> None:
        await follow(page.get_by_role("button", name=button, exact=True).first)
        await accessible(page)

    for path in (
        "profile",
        "profile/delete",
        "profile/deleted",
        "wishes?first=1",
        "proposals",
        "proposals/said",
    ):
        await shown(f"/matching/{path}")
    for step in range(1, LAST + 1):
        await shown(f"/matching/questionnaire?step={step}")
    await page.goto(f"{address}/matching/wishes")
    await page.get_by_label("希望する時給").fill("たくさん")
    await pressed("保存する")
    assert await page.locator("details").first.get_attribute("open") is not None
    await page.goto(f"{address}/matching/questionnaire?step=1")
    await page.locator("#growth-1").get_by_label("とても大切").check()
    await pressed("ここで休む")
    await town.answers(answers={f"{calling}-1": 4 for calling in CALLINGS})
    await shown("/matching/profile")
    for summary in await page.locator("summary").all():
        await summary.click()
    await accessible(page)
    await pressed("使わないようにする")
    await pressed("合いそうな仕事を見る")
    await follow(on_offer(page, "となりの畑の出荷", "興味がある"))
    await follow(on_offer(page, "まちの店", "興味がない"))
    for summary in await page.locator("summary").all():
        await summary.click()
    await accessible(page)
    await follow(on_offer(page, "となりの畑の出荷", "体験してみたい"))
    await accessible(page)
    await follow(page.get_by_role("link", name="くわしく見る").first)
    await accessible(page)
    await shown("/matching/proposals/said")
    await town.answers(wishes={"wage_floor": 9000})
    await shown("/matching/proposals")
    await pressed("いまの答えで選び直す")
    await page.get_by_text("をはずすと、あと1件").wait_for()
    await shown("/matching/docs")


async def test_a_phone_without_javascript_gets_from_the_first_question_to_an_offer(
    chromium: Browser, town: Town, address: str
) -> None:
    await offers(town)
    page = await visit(chromium, address, town.resident(), PHONE, scripts=False)
    await page.goto(f"{address}/matching/questionnaire")
    await page.get_by_role("radio", name="とても大切").first.check()
    await follow(page.get_by_role("button", name="ここで休む"))
    await follow(page.get_by_role("link", name="続きから答える"))
    for step in range(LAST):
        await page.get_by_role("radio").nth(6 if step == 0 else 0).check()
        await follow(page.get_by_role("button", name="次へ進む" if step < LAST - 1 else "答えおわる"))
    await page.get_by_role("checkbox", name="平日の夜おそく").check()
    await page.get_by_role("checkbox", name="木").check()
    await follow(page.get_by_role("button", name="保存する"))
    await page.get_by_text("月・火・水・金 22:00").wait_for()
    await follow(page.get_by_role("button", name="合いそうな仕事を見る"))
    await page.get_by_role("heading", name="となりの畑の出荷").wait_for()
    await follow(on_offer(page, "となりの畑の出荷", "興味がない"))
    await follow(on_offer(page, "となりの畑の出荷", "取り消す"))
    await on_offer(page, "となりの畑の出荷", "興味がある").wait_for()
    await follow(page.get_by_role("article", name="となりの畑の出荷").get_by_role("link"))
    await follow(page.get_by_role("button", name="聞いてみたい"))
    await page.get_by_text("「聞いてみたい」と、窓口の相談員に伝えました。").wait_for()
    await page.goto(f"{address}/matching/profile/delete")
    await follow(page.get_by_role("button", name="すべて消す"))
    await page.get_by_role("heading", name="答えと希望を消しました").wait_for()


async def test_a_keyboard_is_enough(chromium: Browser, town: Town, address: str) -> None:
    page = await visit(chromium, address, town.resident(), DESKTOP)
    await page.goto(f"{address}/matching/questionnaire?step=1")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert await page.evaluate("document.activeElement.checked && document.activeElement.value") == "5"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**step=2")
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    assert kept["answers"] == {**{item.id: None for item in STEPS[0]}, "achievement-1": 5}
