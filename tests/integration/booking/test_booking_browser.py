"""The pages in Chromium, on a phone and a desktop: readable by axe-core, usable by keyboard, with JavaScript off."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.browser import DESKTOP, PHONE, accessible, served, sizes, visit
from tests.harness import a_pool, eventually
from tests.integration.booking.desk import DAY, NOW, A, Desk
from tests.integration.booking.test_pool import POOL, add_counsellor

pytestmark = pytest.mark.browser
PAST_MIDNIGHT = "24:30（日付が変わって0:30）から"


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    """Booking on a real port, at the municipality's host name."""
    async with served(desk.started.service.app) as found:
        yield found


@sizes
async def test_every_page_and_state_is_accessible(
    chromium: Browser, desk: Desk, address: str, viewport: ViewportSize
) -> None:
    counsellor = await desk.counsellor()
    booked = await desk.booked("aoi", counsellor)
    held = (await desk.hold("aoi", desk.wish(counsellor, 1320))).json()["id"]
    gone = await desk.booked("aoi", counsellor, 1560)
    await desk.act("aoi", gone, "cancel")
    await desk.counsellor(channels=["face_to_face"], weekly_hours=[])
    await desk.harness.declare(a_pool(POOL, {"tenant": A, "quota_hours": 2}))
    pooled = (await desk.hold("aoi", desk.wish(await add_counsellor(desk), 1380))).json()["id"]
    page = await visit(chromium, address, desk.who("aoi"), viewport)
    for path in (
        "times",
        f"times?day={DAY.isoformat()}",
        "times?channel=online&language=en",
        "times?channel=face_to_face",
        f"times?move={booked}&day={DAY.isoformat()}",
        f"appointments/{held}",
        f"appointments/{booked}",
        f"appointments/{booked}/done",
        f"appointments/{booked}/cancel",
        f"appointments/{booked}/move?slot={DAY.isoformat()}|1500",
        f"appointments/{pooled}",
        f"appointments/{gone}",
        "appointments/unknown",
        "mine",
        "waiting",
        "waiting/new",
        f"waiting/new?earlier_than={booked}",
        "docs",
    ):
        await page.goto(f"{address}/booking/{path}")
        await accessible(page)
        assert path != "times?channel=face_to_face" or await page.get_by_role("heading", name="理由").count()
    await page.goto(f"{address}/booking/calendar")
    await page.get_by_role("button", name="アドレスを作る").click()
    await page.get_by_label("カレンダーのアドレス").wait_for()
    await accessible(page)


async def test_what_is_over_and_what_is_offered_are_accessible_too(
    chromium: Browser, desk: Desk, address: str
) -> None:
    counsellor = await desk.counsellor()
    missed, gone = [await desk.booked("aoi", counsellor, start) for start in (1470, 1560)]
    run_out = (await desk.hold("aoi", desk.wish(counsellor, 1320))).json()["id"]
    assert (await desk.staff("POST", f"/appointments/{gone}/cancel", {})).status_code == 200
    page = await visit(chromium, address, desk.who("aoi"), PHONE)
    await desk.client.post("/booking/v1/me/waiting", headers=desk.who("aoi"), json={})

    async def entry() -> dict[str, Any]:
        found = await desk.client.get("/booking/v1/me/waiting", headers=desk.who("aoi"))
        return dict(found.json()[0])

    await eventually(entry, until=lambda found: found["state"] == "offered")
    await page.goto(f"{address}/booking/waiting")
    await accessible(page)
    left = f"/booking/v1/me/waiting/{(await entry())['id']}"
    assert (await desk.client.delete(left, headers=desk.who("aoi"))).status_code < 300
    await page.get_by_role("button", name="この時間を受ける").click()
    await page.get_by_role("alert").wait_for()
    await accessible(page)
    desk.at(NOW + timedelta(days=3))
    marked = await desk.staff("POST", f"/appointments/{missed}/missed", {"by": "resident"})
    assert marked.status_code == 200
    for appointment in (missed, gone, run_out):
        await page.goto(f"{address}/booking/appointments/{appointment}")
        await accessible(page)


async def test_three_presses_on_a_phone_without_javascript_make_a_booking(
    chromium: Browser, desk: Desk, address: str
) -> None:
    await desk.counsellor()
    page = await visit(chromium, address, desk.who("aoi"), PHONE, scripts=False)
    await page.goto(f"{address}/booking/times")
    await page.get_by_role("link", name="12月3日").click()
    await page.get_by_role("button", name=PAST_MIDNIGHT).click()
    await page.get_by_role("button", name="この時間で予約する").click()
    await page.get_by_role("heading", name="予約しました").wait_for()
    await page.get_by_role("link", name="予約を見る").click()
    await page.get_by_role("link", name="予約を取り消す").click()
    await page.get_by_role("button", name="予約を取り消す").click()
    await page.get_by_role("heading", name="取り消されています").wait_for()


async def test_a_keyboard_is_enough(chromium: Browser, desk: Desk, address: str) -> None:
    await desk.counsellor()
    page = await visit(chromium, address, desk.who("aoi"), DESKTOP)
    await page.goto(f"{address}/booking/times?day={DAY.isoformat()}")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.innerText") == PAST_MIDNIGHT:
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/booking/appointments/apt_*")
    await page.get_by_role("button", name="この時間で予約する").press("Enter")
    await page.wait_for_url("**/done")


async def test_being_too_late_is_accessible_too(chromium: Browser, desk: Desk, address: str) -> None:
    counsellor = await desk.counsellor()
    page = await visit(chromium, address, desk.who("aoi"), PHONE)
    await page.goto(f"{address}/booking/times?day={DAY.isoformat()}")
    await desk.booked("ren", counsellor)
    await page.get_by_role("button", name=PAST_MIDNIGHT).click()
    await page.get_by_role("heading", name="近い時間なら空いています").wait_for()
    await accessible(page)
