"""The staff's pages in Chromium: signing in, days, hours and leave; readable by axe-core, by keyboard alone, with JavaScript off."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser import DESKTOP, PHONE, accessible, free_port, served, sizes
from tests.fakes.issuer.people import Person
from tests.harness import Harness, a_pool
from tests.integration.booking.desk import DAY, EVERY_NIGHT, A, Desk, open_desk
from tests.signing_in import issuing, staff_cookie

pytestmark = pytest.mark.browser
AFTER = datetime(2026, 12, 3, 17, 0, tzinfo=UTC)


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    """Booking on a real port, at the municipality's host name."""
    async with served(desk.started.service.app) as found:
        yield found


async def enter(
    browser: Browser,
    desk: Desk,
    address: str,
    viewport: ViewportSize,
    *roles: str,
    counsellor_id: str | None = None,
    tenant: str = A,
    scripts: bool = True,
) -> Page:
    """An empty page of somebody who has signed in."""
    context = await browser.new_context(viewport=viewport, java_script_enabled=scripts)
    for name, value in staff_cookie(desk.harness, tenant, *roles, counsellor_id=counsellor_id).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    return await context.new_page()


async def tab_to(page: Page, text: str) -> None:
    """Press Tab until what is focused says `text`."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        said = await page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText")
        if said.strip().startswith(text):
            return
    raise AssertionError(f"the keyboard does not reach {text}")


@sizes
async def test_every_page_and_state_is_accessible(
    chromium: Browser, desk: Desk, address: str, viewport: ViewportSize
) -> None:
    counsellor = await desk.counsellor()
    await desk.counsellor(display_name="見本 同僚", channels=["online", "telephone", "face_to_face"])
    made = await desk.booked("aoi", counsellor)
    await desk.booked("ren", counsellor, 1320)
    gone = await desk.booked("mio", counsellor, 1560)
    await desk.act("mio", gone, "cancel")
    leave = {"from_date": DAY.isoformat(), "to_date": DAY.isoformat(), "from_minute": 1440}
    await desk.staff("POST", f"/counsellors/{counsellor}/leaves", leave)
    (away,) = (await desk.staff("GET", f"/counsellors/{counsellor}/leaves")).json()
    room = {"name": "見本 相談室1", "kind": "room", "channels": ["face_to_face"]}
    await desk.staff("POST", "/rooms", room)
    await desk.client.post("/booking/v1/me/waiting", headers=desk.who("yui"), json={"channel": "online"})
    resident = f"/residents/{await desk.registered('aoi')}"
    page = await enter(chromium, desk, address, viewport)

    async def all_of(*paths: str) -> None:
        for path in paths:
            await page.goto(f"{address}/booking/staff{path}")
            await accessible(page)

    await all_of(
        "",
        f"/day?day={DAY}",
        f"/day?day={DAY}&counsellor={counsellor}",
        f"/week?from={DAY}",
        f"/week?from={DAY}&counsellor={counsellor}",
        f"/appointments/{made}",
        f"/appointments/{gone}",
        f"/appointments/{made}/move?who=all",
        f"/appointments/{made}/move?slot={counsellor}|{DAY}|1500",
        "/counsellors",
        "/counsellors/new",
        f"/counsellors/{counsellor}/profile",
        f"/counsellors/{counsellor}/hours",
        f"/counsellors/{counsellor}/hours?saved=true",
        f"/counsellors/{counsellor}/leaves",
        f"/counsellors/{counsellor}/leaves/{away['id']}",
        f"/counsellors/{counsellor}/calendar",
        f"{resident}/book?channel=face_to_face&counsellor={counsellor}&day={DAY}",
        f"{resident}/book?day={DAY}&start=1500",
        f"{resident}/series?counsellor={counsellor}&first_date={DAY}&time=24:30&count=3",
        "/rooms",
        "/waiting",
        "/pools",
        "/appointments/unknown",
        "/sessions",
        "/sign-in",
        "/signed-in",
        "/signed-out",
    )
    await page.goto(f"{address}/booking/staff/counsellors/{counsellor}/profile")
    await page.get_by_label("予約を受ける").uncheck()
    await page.get_by_role("button", name="保存する").click()
    await page.get_by_role("heading", name="担当の時間の外になります").wait_for()
    await accessible(page)
    await page.get_by_role("button", name="それでも保存する").click()
    await page.wait_for_url("**/outside")
    await accessible(page)
    await all_of("")
    desk.at(AFTER)
    await all_of("", f"/day?day={DAY}", f"/appointments/{made}")
    await page.get_by_text("相談しました").click()
    await page.get_by_role("button", name="記録する").click()
    await page.wait_for_url("**/day?*")
    await accessible(page)


async def test_the_menu_of_a_phone_unfolds_and_a_resident_is_booked_for_by_keyboard_without_script(
    chromium: Browser, desk: Desk, address: str
) -> None:
    await desk.counsellor()
    aoi = await desk.registered("aoi")
    page = await enter(chromium, desk, address, PHONE, scripts=False)
    await page.goto(f"{address}/booking/staff")
    menu = page.get_by_role("navigation", name="職員のメニュー")
    assert await menu.get_by_role("link", name="住民の予約").count() == 0
    await menu.get_by_text("メニュー").press("Enter")
    await menu.get_by_role("link", name="住民の予約").press("Enter")
    await page.wait_for_url("**/staff/residents")
    await page.get_by_label("住民の番号").fill(aoi)
    await page.get_by_role("button", name="ひらく").press("Enter")
    await page.wait_for_url(f"**/residents/{aoi}")
    await page.get_by_role("link", name="予約を入れる", exact=True).press("Enter")
    await page.get_by_label("日にち（空なら").fill(DAY.isoformat())
    await page.get_by_role("button", name="空いている時間を見る").press("Enter")
    await page.wait_for_url("**/book?*")
    await page.get_by_role("link", name=re.compile("^24:30")).press("Enter")
    await page.wait_for_url("**start=1470")
    await page.get_by_role("button", name="予約する").press("Enter")
    await page.wait_for_url("**?booked=true")
    assert await page.get_by_role("status").inner_text() == "予約しました。住民に知らせます。"


@sizes
async def test_the_pages_of_a_pools_people_are_accessible(
    chromium: Browser, desk: Desk, address: str, viewport: ViewportSize
) -> None:
    pool = a_pool()
    await desk.harness.declare(pool)
    person = {"display_name": "見本 プール相談員", "channels": ["online"], "weekly_hours": EVERY_NIGHT}
    token = desk.harness.staff(pool.id, "pool_staff")
    counsellor = (await desk.client.post("/booking/v1/pool/counsellors", headers=token, json=person)).json()[
        "id"
    ]
    await desk.booked("aoi", counsellor)
    desk.at(AFTER)
    mine = await enter(
        chromium, desk, address, viewport, "pool_counsellor", counsellor_id=counsellor, tenant=pool.id
    )
    await mine.goto(f"{address}/booking/staff/sessions?from={DAY}")
    await accessible(mine)
    await mine.goto(f"{address}/booking/staff/pool/counsellors/{counsellor}/hours")
    await accessible(mine)
    operator = await enter(chromium, desk, address, viewport, "pool_staff", tenant=pool.id)
    await operator.goto(f"{address}/booking/staff/pool/counsellors")
    await accessible(operator)
    await operator.goto(f"{address}/booking/staff")
    await operator.get_by_role("heading", name="の利用").wait_for()
    await accessible(operator)
    staff = await enter(chromium, desk, address, viewport)
    await staff.goto(f"{address}/booking/staff/pools")
    await accessible(staff)


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
async def test_staff_sign_in_come_back_to_the_page_and_sign_out(
    chromium: Browser, harness: Harness, scripts: bool
) -> None:
    port = free_port()
    people = [
        Person("sample-staff", "見本 職員", A, ("staff",)),
        Person("x", "見本 よその職員", "sample-b", ()),
    ]
    async with issuing(harness, *people):
        harness.settings = harness.settings.model_copy(update={"public_url": f"http://localhost:{port}"})
        desk = await open_desk(harness)
        async with served(desk.started.service.app, port) as address:
            context = await chromium.new_context(viewport=PHONE, java_script_enabled=scripts)
            page = await context.new_page()
            await page.goto(f"{address}/booking/staff/week?from={DAY}")
            await page.get_by_role("heading", name="だれとしてサインインしますか").wait_for()
            if scripts:
                await accessible(page)
            await page.get_by_role("button", name="見本 よその職員").press("Enter")
            await page.get_by_role("heading", name="この自治体の職員として登録されていません").wait_for()
            await page.goto(f"{address}/booking/staff/week?from={DAY}")
            await page.get_by_role("button", name="見本 職員").press("Enter")
            await page.wait_for_url(f"**/booking/staff/week?from={DAY}")
            await page.get_by_role("heading", name="11月30日（月）からの1週間").wait_for()
            await page.get_by_role("button", name="サインアウト").press("Enter")
            await page.get_by_role("heading", name="サインアウトしました").wait_for()
            await page.goto(f"{address}/booking/staff")
            await page.get_by_role("heading", name="だれとしてサインインしますか").wait_for()


async def test_a_keyboard_is_enough_to_record_what_became_of_an_appointment(
    chromium: Browser, desk: Desk, address: str
) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    desk.at(AFTER)
    page = await enter(chromium, desk, address, DESKTOP, "counsellor", counsellor_id=counsellor)
    await page.goto(f"{address}/booking/staff")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await tab_to(page, "12月3日（木） 24:30-25:30")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/appointments/{made}")
    await tab_to(page, "相談しました")
    await page.keyboard.press("Space")
    await tab_to(page, "記録する")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/day?*")
    assert await page.get_by_text("相談ずみ").count() == 1
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["state"] == "attended"


async def test_hours_are_changed_on_a_phone_by_keyboard_without_script(
    chromium: Browser, desk: Desk, address: str
) -> None:
    counsellor = await desk.counsellor()
    page = await enter(chromium, desk, address, PHONE, "counsellor", counsellor_id=counsellor, scripts=False)
    await page.goto(f"{address}/booking/staff/counsellors/{counsellor}/hours")
    await page.get_by_label("木曜日").fill("夕方から")
    await page.get_by_role("button", name="保存する").press("Enter")
    await page.get_by_role("alert").wait_for()
    await page.get_by_role("link", name="9:00-12:00 のように").press("Enter")
    assert await page.get_by_label("木曜日").input_value() == "夕方から"
    await page.get_by_label("木曜日").fill("18:00-25:00")
    await page.get_by_role("button", name="保存する").press("Enter")
    await page.get_by_text("保存しました").wait_for()
    assert await page.get_by_label("木曜日").input_value() == "18:00-25:00"


@sizes
async def test_a_leave_with_its_preview_and_reassignment(
    chromium: Browser, desk: Desk, address: str, viewport: ViewportSize
) -> None:
    counsellor = await desk.counsellor()
    for name, start in (("aoi", 1320), ("ren", 1470)):
        await desk.booked(name, counsellor, start)
    colleague = await desk.counsellor(display_name="見本 同僚")
    await desk.booked("mio", colleague, 1320)
    page = await enter(chromium, desk, address, viewport, "counsellor", counsellor_id=counsellor)
    await page.goto(f"{address}/booking/staff/counsellors")
    await page.get_by_role("link", name=re.compile("休み.*見本 相談員")).press("Enter")
    await page.get_by_label("始めの日", exact=True).fill((DAY + timedelta(days=2)).isoformat())
    await page.get_by_label("終わりの日（1日だけなら空）").fill(DAY.isoformat())
    await page.get_by_role("button", name="重なる予約を見る").press("Enter")
    await page.get_by_role("alert").wait_for()
    await accessible(page)
    await page.get_by_label("始めの日", exact=True).fill(DAY.isoformat())
    await page.get_by_role("button", name="重なる予約を見る").press("Enter")
    await page.get_by_role("heading", name="この休みは2件の予約に関わります").wait_for()
    await accessible(page)
    await page.get_by_role("button", name="休みを入れる").press("Enter")
    await page.get_by_role("button", name="2件をほかの相談員に引きつぐ").press("Enter")
    await page.get_by_text("1件を引きつぎました。1件は、引きつげませんでした。").wait_for()
    await accessible(page)
