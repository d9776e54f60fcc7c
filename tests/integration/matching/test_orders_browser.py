"""Orders in Chromium, from the company's wish to its acceptance: staff and a worker, every state readable, without script, by keyboard."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from shared.clock import TOKYO, system_now
from tests.browser import DESKTOP, PHONE, accessible, follow, served, visit
from tests.integration.matching.centre import task_type, with_time
from tests.integration.matching.conftest import Town
from tests.signing_in import staff_cookie

pytestmark = pytest.mark.browser
STAFF, WORK = "/matching/staff", "/matching/work"
TODAY = system_now().astimezone(TOKYO).date()
TOMORROW, DUE = ((TODAY + timedelta(days=n)).isoformat() for n in (1, 20))


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    async with served(town.harness.of("matching").service.app) as found:
        yield found


async def desk(
    chromium: Browser, town: Town, address: str, viewport: ViewportSize = DESKTOP, *, scripts: bool = True
) -> Page:
    context = await chromium.new_context(viewport=viewport, java_script_enabled=scripts)
    for name, value in staff_cookie(town.harness, town.tenant).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    return await context.new_page()


async def ordered(page: Page, address: str, quantity: int = 12) -> str:
    """A draft with one task, made by its forms; returns the address of its page."""
    await page.goto(f"{address}{STAFF}/orders/new")
    await page.get_by_label("会社").select_option(label="見本食堂")
    await page.get_by_label("注文の名前").fill("見本カタログの確認")
    await page.get_by_label("しめきり（この日まで）").fill(DUE)
    await follow(page.get_by_role("button", name="下書きを作る"))
    await page.get_by_label("数", exact=True).fill(str(quantity))
    await page.get_by_label("1回分の数").fill("6")
    await page.get_by_label("しめきり", exact=True).fill(DUE)
    await follow(page.get_by_role("button", name="仕事を足す"))
    await page.get_by_role("heading", name=f"文字の確認 {quantity}頁").wait_for()
    return page.url.partition("#")[0]


async def test_every_page_and_state_is_accessible_on_a_phone_and_the_wide_ones_on_a_desktop(
    chromium: Browser, town: Town, address: str
) -> None:
    staff = await desk(chromium, town, address, PHONE)

    async def fine(page: Page, *paths: str) -> None:
        for path in paths:
            await page.goto(address + path)
            await accessible(page)

    nothing = ("orders", "orders/new", "results", "plans", "task-types", "abilities")
    await fine(staff, *(f"{STAFF}/{path}" for path in nothing))
    me, other = await with_time(town, "one", "two")
    await town.company()
    await task_type(town)
    worker = await visit(chromium, address, town.resident(), PHONE)
    await fine(worker, WORK)
    await staff.goto(f"{address}{STAFF}/orders/new")
    await follow(staff.get_by_role("button", name="下書きを作る"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    order = await ordered(staff, address)
    await accessible(staff)
    await follow(staff.get_by_role("button", name="仕事を足す"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    await follow(staff.get_by_role("button", name="受ける"))
    await staff.get_by_text("計画での決めごと").click()
    await staff.locator("select[id^=who-]").select_option(me)
    await follow(staff.get_by_role("button", name="決める"))
    await staff.get_by_role("alert").wait_for()
    await staff.get_by_text("計画での決めごと").click()
    await staff.locator("select[id^=who-]").select_option(me)
    await staff.get_by_label("理由（職員だけが読みます）").first.fill("見本の理由")
    await follow(staff.get_by_role("button", name="決める"))
    await staff.get_by_text("お願いしたい人（見本の理由）").wait_for()
    await accessible(staff)

    await staff.goto(f"{address}{STAFF}/plans")
    await follow(staff.get_by_role("button", name="新しい計画を作る"))
    await staff.get_by_role("heading", name="ひとりずつの時間").wait_for()
    await accessible(staff)
    await follow(staff.get_by_role("button", name="選んだ人にお願いする"))
    await staff.get_by_text("お願いしました").first.wait_for()
    await accessible(staff)
    plan = staff.url
    await fine(staff, f"{STAFF}/plans", f"{STAFF}/results", order.removeprefix(address))

    await fine(worker, WORK)
    await follow(worker.get_by_role("button", name="引き受けます").first)
    await follow(worker.get_by_role("button", name="今回は見送ります"))
    await worker.get_by_text("理由はいりません。また合いそうなときに").wait_for()
    await accessible(worker)
    await follow(worker.get_by_role("button", name="できたことを書く"))
    await worker.get_by_role("alert").wait_for()
    await accessible(worker)
    await worker.get_by_label("かかった時間（分）").fill("６５")
    await follow(worker.get_by_role("button", name="できたことを書く"))
    await worker.get_by_text("確認を待っているもの").wait_for()
    await accessible(worker)

    await staff.goto(f"{address}{STAFF}/results")
    await follow(staff.get_by_role("link", name="文字の確認 6頁").first)
    await accessible(staff)
    await staff.get_by_label("見た数").fill("2")
    await follow(staff.get_by_role("button", name="確認を記録する"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    await follow(staff.get_by_role("button", name="確認を記録する"))
    await staff.get_by_role("heading", name="確認待ち（0件）").wait_for()
    await fine(staff, f"{STAFF}/abilities")
    await staff.get_by_text("まだ少ない記録です（1件）").wait_for()
    assert other[-6:].upper() in await staff.content()
    await worker.goto(address + WORK)
    await accessible(worker)
    wide = await desk(chromium, town, address)
    await fine(wide, *(url.removeprefix(address) for url in (order, plan)), f"{STAFF}/abilities")


async def test_a_phone_without_javascript_takes_an_order_to_its_acceptance_and_back(
    chromium: Browser, town: Town, address: str
) -> None:
    me, _ = await with_time(town, "one", "two")
    await town.company()
    await task_type(town, check={"kind": "none"})
    staff = await desk(chromium, town, address, PHONE, scripts=False)
    order = await ordered(staff, address, 6)
    await follow(staff.get_by_role("button", name="受ける"))
    await staff.get_by_text("手でお願いする").click()
    await staff.locator("select[id^=ask-]").select_option(me)
    await follow(staff.get_by_role("button", name="お願いする"))
    worker = await visit(chromium, address, town.resident(), PHONE, scripts=False)
    await worker.goto(address + WORK)
    await follow(worker.get_by_role("button", name="引き受けます"))
    await worker.get_by_text("やっぱり返す").click()
    await follow(worker.get_by_role("button", name="この仕事を返します"))
    await staff.goto(order)
    await staff.get_by_text("残り 6頁").wait_for()
    await follow(staff.get_by_role("button", name="納品した"))
    await staff.get_by_role("alert").wait_for()  # not done yet
    await staff.get_by_text("手でお願いする").click()
    await staff.locator("select[id^=ask-]").select_option(index=1)
    if await staff.locator("select[id^=ask-]").input_value() == me:
        await staff.locator("select[id^=ask-]").select_option(index=2)
    await follow(staff.get_by_role("button", name="お願いする"))
    second = await visit(chromium, address, town.resident("two"), PHONE, scripts=False)
    await second.goto(address + WORK)
    await follow(second.get_by_role("button", name="引き受けます"))
    await second.get_by_label("かかった時間（分）").fill("60")
    await follow(second.get_by_role("button", name="できたことを書く"))
    await second.get_by_role("heading", name="おわったもの").wait_for()
    await staff.goto(order)
    await follow(staff.get_by_role("button", name="納品した"))
    await staff.get_by_text("会社から戻ってきた").click()
    await staff.get_by_label("戻ってきた数").fill("2")
    await staff.get_by_label("やり直しのしめきり").fill(DUE)
    await follow(staff.get_by_role("button", name="やり直しの仕事を作る"))
    await staff.get_by_role("heading", name="文字の確認 2頁").wait_for()
    await staff.goto(f"{address}{STAFF}/orders?state=returned")
    await staff.get_by_role("link", name="見本カタログの確認").wait_for()


async def test_a_keyboard_is_enough_to_accept(chromium: Browser, town: Town, address: str) -> None:
    await with_time(town, "one")
    await town.company()
    await task_type(town)
    staff = await desk(chromium, town, address)
    await ordered(staff, address, 6)
    await follow(staff.get_by_role("button", name="受ける"))
    await staff.goto(f"{address}{STAFF}/plans")
    await staff.get_by_role("button", name="新しい計画を作る").press("Enter")
    await staff.get_by_role("button", name="選んだ人にお願いする").press("Enter")
    await staff.get_by_text("お願いしました").wait_for()
    worker = await visit(chromium, address, town.resident(), DESKTOP)
    await worker.goto(address + WORK)
    for _ in range(20):
        await worker.keyboard.press("Tab")
        if "引き受けます" in await worker.evaluate("document.activeElement.textContent"):
            break
    await worker.keyboard.press("Enter")
    await worker.get_by_text("引き受けてくれて、ありがとうございます。").wait_for()


async def test_staff_declare_a_kind_change_what_was_ordered_and_ask_somebody_else(
    chromium: Browser, town: Town, address: str
) -> None:
    me, other = await with_time(town, "one", "two", skills=("excel",))
    await town.company()
    staff = await desk(chromium, town, address, PHONE)
    await staff.goto(f"{address}{STAFF}/abilities")
    await follow(staff.get_by_role("link", name="仕事の種類を登録する"))
    await staff.get_by_label("数え方").fill("頁")
    await follow(staff.get_by_role("button", name="種類を足す"))
    await staff.get_by_role("alert").wait_for()
    assert await staff.get_by_label("数え方").input_value() == "頁"
    await accessible(staff)
    await staff.get_by_label("種類の名前").fill("文字の確認")
    await staff.get_by_label("1つの分数").fill("２．５")
    await follow(staff.get_by_role("button", name="種類を足す"))
    await staff.get_by_text("1頁 2.5分・すべて確認・目安 80%").wait_for()
    await accessible(staff)
    await follow(staff.get_by_role("link", name="文字の確認"))
    await staff.get_by_label("お願いするときの目安（%）").fill("50")
    await follow(staff.get_by_role("button", name="保存する"))
    await staff.get_by_text("目安 50%").wait_for()

    order = await ordered(staff, address)
    late = await staff.context.new_page()
    for page in (staff, late):
        await page.goto(order)
        await follow(page.get_by_role("link", name="注文を変える"))
        await accessible(page)
    await staff.get_by_label("注文の名前").fill("見本カタログ、2回目")
    await follow(staff.get_by_role("button", name="保存する"))
    await staff.get_by_role("heading", name="見本カタログ、2回目").wait_for()
    await late.get_by_label("大事な注文").check()
    await follow(late.get_by_role("button", name="保存する"))
    await late.get_by_text("いまの内容：見本カタログ、2回目").wait_for()
    assert await late.get_by_label("大事な注文").is_checked()
    assert await late.get_by_label("注文の名前").input_value() == "見本カタログの確認"
    await accessible(late)

    for page in (staff, late):
        await page.goto(order)
        await follow(page.get_by_role("link", name="仕事を変える"))
        await page.get_by_label("数", exact=True).fill("10")
    await staff.get_by_label("確認", exact=True).select_option("sample")
    await follow(staff.get_by_role("button", name="保存する"))
    await staff.get_by_role("alert").wait_for()
    await accessible(staff)
    await staff.get_by_label("いくつ確認するか").fill("2")
    await staff.get_by_label("始められる日").fill(TOMORROW)
    await staff.get_by_label("excel").check()
    await follow(staff.get_by_role("button", name="保存する"))
    await staff.get_by_text("2件ずつ確認").wait_for()
    await staff.get_by_text("必要な技能 excel").wait_for()
    await follow(late.get_by_role("button", name="保存する"))
    await late.get_by_text("いまの内容：10頁（6ずつ）").wait_for()
    assert await late.get_by_label("数", exact=True).input_value() == "10"
    await accessible(late)

    await follow(staff.get_by_role("button", name="受ける"))
    await staff.get_by_text("手でお願いする").click()
    await staff.locator("select[id^=ask-]").select_option(me)
    await follow(staff.get_by_role("button", name="お願いする"))
    await follow(staff.locator("article li a[href$='/replace']"))
    await follow(staff.get_by_role("button", name="お願いを変える"))
    await staff.get_by_role("alert").wait_for()  # the same again
    await accessible(staff)
    await staff.get_by_label("だれ").select_option(other)
    await staff.get_by_label("数", exact=True).fill("11")
    await follow(staff.get_by_role("button", name="お願いを変える"))
    await staff.get_by_text("ほかの人にお願いずみです").wait_for()
    await staff.get_by_label("数", exact=True).fill("4")
    await follow(staff.get_by_role("button", name="お願いを変える"))
    await staff.get_by_text("終わった 0頁・お願いしている 4頁・残り 6頁").wait_for()
    listed = await staff.locator("article li").all_inner_texts()
    assert [text.partition(" 変える")[0] for text in listed] == [
        f"利用者 {me[-6:].upper()}：6頁、取り下げ",
        f"利用者 {other[-6:].upper()}：4頁、お願い中",
    ]
