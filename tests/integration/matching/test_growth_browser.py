"""How work goes, in Chromium: the worker's pages and staff's, in every state, without script, by keyboard."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser import DESKTOP, PHONE, accessible, follow, served, visit
from tests.integration.matching.centre import HIGH, enrolled, look, month, wish
from tests.integration.matching.conftest import Town
from tests.signing_in import staff_cookie

pytestmark = pytest.mark.browser
GROWTH, STAFF = "/matching/work/growth", "/matching/staff/assessments"


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    await enrolled(town, "one", "new")
    async with served(town.harness.of("matching").service.app) as found:
        yield found


async def desk(
    chromium: Browser, town: Town, address: str, viewport: ViewportSize, *, scripts: bool = True
) -> Page:
    """A page of somebody of staff."""
    context = await chromium.new_context(viewport=viewport, java_script_enabled=scripts)
    for name, value in staff_cookie(town.harness, town.tenant).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    return await context.new_page()


async def two_months(town: Town) -> None:
    """Both sides see everything high, but staff one thing of this month."""
    await look(town, "self", 1)
    await look(town, "staff", 1, message="見直しがていねいでした", note="見本の記録")
    await look(town, "self", message="チャットが助かりました")


async def test_every_page_and_state_is_accessible_on_a_phone_and_the_wide_ones_on_a_desktop(
    chromium: Browser, town: Town, address: str
) -> None:
    worker = await visit(chromium, address, town.resident(), PHONE)
    staff = await desk(chromium, town, address, PHONE)
    person = f"{STAFF}/{town.resident_id()}"

    async def fine(page: Page, *paths: str) -> None:
        for path in paths:
            await page.goto(address + path)
            await accessible(page)

    await fine(worker, GROWTH, f"{GROWTH}/assess")
    await fine(staff, STAFF, person, f"{person}/new?month={month(1)}")
    await follow(worker.get_by_role("button", name="保存する"))
    await worker.get_by_role("alert").wait_for()
    await accessible(worker)
    stranger = await visit(chromium, address, town.resident("nobody"), PHONE)
    await fine(stranger, GROWTH)

    await two_months(town)
    lower = {**HIGH, "habits-1": 3, "habits-2": 2, "habits-3": 2}
    seen = (await look(town, "staff", answers=lower)).json()
    await wish(town, True)
    await fine(worker, GROWTH)
    await worker.get_by_text("どちらが正しいということはありません").wait_for()
    await fine(staff, person, f"{person}/{seen['id']}")
    await follow(staff.get_by_role("button", name="直して保存する"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    await staff.get_by_role("group", name="休みや遅れを、ひとことで知らせる").get_by_label("4（3と5").check()
    for text in ("始めるときと終わるときを知らせる", "道具や預かった情報を、決めたとおりにあつかう"):
        await staff.get_by_role("group", name=text).get_by_label("5：").check()
    await staff.get_by_label("直す理由").fill("別の日の記録でした")
    await follow(staff.get_by_role("button", name="直して保存する"))
    await accessible(staff)
    await fine(staff, STAFF)
    await staff.get_by_text("見送る").first.click()
    await follow(staff.get_by_role("button", name="見送る"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    await follow(staff.get_by_role("button", name="話してみる"))
    await accessible(staff)
    await fine(worker, GROWTH)
    await worker.get_by_role("heading", name="次の一歩について、話してみませんか").wait_for()
    for summary in await worker.locator("summary").all():
        await summary.click()
    await accessible(worker)
    await fine(await visit(chromium, address, town.resident(), DESKTOP), GROWTH)
    await fine(await desk(chromium, town, address, DESKTOP), STAFF, person)


async def test_a_phone_without_javascript_looks_at_a_month_corrects_it_and_takes_the_wish_back(
    chromium: Browser, town: Town, address: str
) -> None:
    page = await visit(chromium, address, town.resident("new"), PHONE, scripts=False)
    await page.goto(address + GROWTH)
    await follow(page.get_by_role("link", name="今月をふりかえる"))
    first = page.get_by_role("group", name="予定した日や時間に、仕事を始める")
    await first.get_by_label("3：半分くらいは予定どおり").check()
    await page.get_by_label("職員に伝えたいこと").fill("ゆっくりが合っています")
    await follow(page.get_by_role("button", name="保存する"))
    await page.get_by_text("ふりかえりを保存しました").wait_for()
    await follow(page.get_by_role("link", name="今月のふりかえりを直す"))
    await first.get_by_label("5：").check()
    await follow(page.get_by_role("button", name="直して保存する"))
    said = (await town.api.get("/matching/v1/me/assessments", headers=town.resident("new"))).json()
    (own,) = said["assessments"]
    assert [one["answers"] for one in own["said"]] == [{"stability-1": 3}, {"stability-1": 5}]
    await follow(page.get_by_role("button", name="話してみたい、と伝える"))
    await follow(page.get_by_role("button", name="取り消す"))
    await page.get_by_text("取り消しました。いまのままで大丈夫です。").wait_for()


async def test_a_keyboard_is_enough_for_staff(chromium: Browser, town: Town, address: str) -> None:
    await two_months(town)
    page = await desk(chromium, town, address, DESKTOP)
    await page.goto(f"{address}{STAFF}/{town.resident_id()}/new")
    await page.locator("input[name=stability-1]").first.focus()
    await page.keyboard.press("ArrowUp")  # from 1 around to no answer
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{STAFF}/{town.resident_id()}")
    said = (
        await town.api.get(f"/matching/v1/workers/{town.resident_id()}/assessments", headers=town.staff)
    ).json()
    assert said["assessments"][-1]["said"][0]["answers"] == {"stability-1": 5}
