"""The pages of work in Chromium: readable by axe-core in every state, one tap without script, by keyboard."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ViewportSize

from shared.clock import parse_service_time
from tests.browser import DESKTOP, PHONE, accessible, served, sizes, visit
from tests.harness import Harness, eventually
from tests.integration.booking.centre import MONDAY, Centre, open_centre
from tests.integration.booking.desk import A
from tests.integration.booking.test_experiences import place, request
from tests.signing_in import staff_cookie

pytestmark = pytest.mark.browser
DAY = "2026-12-03"
THIS_WEEK = "2026-11-30"


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


@pytest.fixture
async def address(centre: Centre) -> AsyncIterator[str]:
    async with served(centre.desk.started.service.app) as found:
        yield found


@sizes
async def test_every_page_and_state_is_accessible(
    chromium: Browser, centre: Centre, address: str, viewport: ViewportSize
) -> None:
    who = await centre.worker("aoi", wishes_more=True)
    await centre.worker("ren")
    await centre.worker("new")
    await centre.planned("aoi", centre.entry(DAY, 1380, 1500), monday=THIS_WEEK)
    await centre.planned("aoi", centre.entry(MONDAY))
    await centre.planned("ren", centre.entry("2026-12-04"), monday=THIS_WEEK)
    await centre.staff("PUT", f"/workers/{who}/commitments", {"weeks": [{"monday": MONDAY, "minutes": 60}]})
    contract = await centre.staff("POST", "/contracts", {"resident_id": who, "starts_on": "2026-12-01"})
    stay = (await request(centre, "aoi", await place(centre), from_date="2026-12-14")).json()["id"]
    centre.desk.at(parse_service_time(f"{DAY}T09:00"))
    await centre.tell("ren", "absent", service_date="2026-12-04")
    await centre.tell("new", "late")

    async def offers() -> int:
        return len((await centre.me("aoi", "GET", "/offers")).json())

    await eventually(offers)
    page = await visit(chromium, address, centre.desk.who("aoi"), viewport)
    for path in ("", "/week", f"/week?monday={MONDAY}&saved=part", "/wishes", "/hours", "/contracts"):
        await page.goto(f"{address}/booking/work{path}")
        await accessible(page)
    await centre.me("aoi", "POST", f"/contracts/{contract.json()['id']}/agree")
    await centre.tell("aoi", "absent")
    for path in ("?told=absent", "/contracts"):
        await page.goto(f"{address}/booking/work{path}")
        await accessible(page)
    await page.goto(f"{address}/booking/work/week?monday={MONDAY}")
    await page.select_option("#start-1", "0")
    await page.select_option("#place-1", index=1)
    await page.get_by_role("button", name="この予定にする").click()
    await page.get_by_role("alert").wait_for()
    await accessible(page)
    await page.goto(f"{address}/booking/stays/{stay}")
    await page.get_by_role("link", name="同意する").click()
    await page.wait_for_url("**/agree")
    await accessible(page)
    await page.get_by_role("button", name="同意します").click()
    await page.wait_for_url(f"**/stays/{stay}")
    await accessible(page)
    empty = await visit(chromium, address, centre.desk.who("new"), viewport)
    for path in ("", "/hours", "/contracts"):
        await empty.goto(f"{address}/booking/work{path}")
        await accessible(empty)
    context = await chromium.new_context(viewport=viewport)
    for name, value in staff_cookie(centre.desk.harness, A).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    desk = await context.new_page()
    for path in ("attendance", f"attendance?day={MONDAY}", f"attendance?day={THIS_WEEK}", "capacity"):
        await desk.goto(f"{address}/booking/staff/{path}")
        await accessible(desk)


async def test_being_off_today_is_one_tap_on_a_phone_without_javascript(
    chromium: Browser, centre: Centre, address: str
) -> None:
    await centre.worker("aoi")
    (mine,) = await centre.planned("aoi", centre.entry(DAY, 1380, 1500), monday=THIS_WEEK)
    centre.desk.at(parse_service_time(f"{DAY}T24:10"))
    page = await visit(chromium, address, centre.desk.who("aoi"), PHONE, scripts=False)
    await page.goto(f"{address}/booking/work")
    await page.get_by_role("button", name="今日は休みます").click()
    await page.get_by_role("status").wait_for()
    assert (await centre.shift(mine))["state"] == "absent"


async def test_a_keyboard_sets_a_week(chromium: Browser, centre: Centre, address: str) -> None:
    await centre.worker("aoi")
    page = await visit(chromium, address, centre.desk.who("aoi"), DESKTOP)
    await page.goto(f"{address}/booking/work/week?monday={MONDAY}")
    await page.locator("#start-0").focus()
    await page.keyboard.type("10:00")
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.innerText") == "この予定にする":
            break
    await page.keyboard.press("Enter")
    await page.get_by_role("status").wait_for()
    week = await centre.me("aoi", "GET", "/week", params={"monday": MONDAY})
    assert [s["label"] for s in week.json()["shifts"]] == ["10:00-12:00"]
