"""Companies and staff in Chromium: from registering to posting, and from a search to the reason; readable by axe-core, on phone and desktop."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from shared.auth import COMPANY_COOKIE
from tests.browser import PHONE, accessible, follow, served, sizes, visit
from tests.harness import eventually
from tests.integration.matching.conftest import Town
from tests.integration.matching.test_companies import ADDRESS, HOME, link
from tests.integration.matching.test_company_contact import proofs
from tests.signing_in import staff_cookie

pytestmark = pytest.mark.browser
STAFF = "/matching/staff"


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    """Matching on a real port, at the municipality's host name."""
    async with served(town.harness.of("matching").service.app) as found:
        yield found


async def of_staff(browser: Browser, town: Town, address: str, viewport: ViewportSize = PHONE) -> Page:
    context = await browser.new_context(viewport=viewport)
    for name, value in staff_cookie(town.harness, town.tenant).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    return await context.new_page()


async def of_company(
    browser: Browser, town: Town, address: str, company_id: str, viewport: ViewportSize, epoch: int = 0
) -> Page:
    """Somebody who opened a link of the company, whose sessions were ended `epoch` times before."""
    context = await browser.new_context(viewport=viewport)
    token = town.harness.of("matching").core.authenticator.company_session(
        town.tenant, company_id, epoch=epoch
    )
    await context.add_cookies([{"name": COMPANY_COOKIE, "value": token, "url": address + HOME}])
    return await context.new_page()


async def test_a_company_registers_is_let_in_and_posts_on_a_phone_without_javascript(
    chromium: Browser, town: Town, address: str
) -> None:
    context = await chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}{HOME}/register")
    await page.get_by_label("会社や団体の名前").fill("見本工房")
    await page.get_by_label("担当の人のメールアドレス").fill(ADDRESS)
    await follow(page.get_by_role("button", name="登録を申し込む"))
    await page.get_by_role("heading", name="登録を受け付けました").wait_for()
    desk = await of_staff(chromium, town, address)
    await desk.goto(f"{address}{STAFF}/companies")
    await follow(desk.get_by_role("link", name="見本工房").first)
    await follow(desk.get_by_role("button", name="登録する"))
    await desk.get_by_text("登録されています").wait_for()
    await page.goto(address + await link(town))
    await follow(page.get_by_role("button", name="入る"))
    await follow(page.get_by_role("link", name="職場のようす"))
    await follow(page.get_by_role("link", name="職場を加える"))
    await page.get_by_label("職場の名前").fill("作業場")
    await page.get_by_role("radio", name="とても静か", exact=True).check()
    await follow(page.get_by_role("button", name="保存する"))
    await page.get_by_text("14の質問のうち、1に答えています").wait_for()
    await follow(page.get_by_role("link", name="募集", exact=True))
    await follow(page.get_by_role("link", name="募集を書く"))
    await page.get_by_role("radio", name="支援つきの短い仕事").check()
    await page.get_by_label("仕事の名前").fill("棚みがき")
    await page.get_by_label("職場", exact=True).select_option(label="作業場")
    await page.get_by_role("group", name="時間1の曜日").get_by_role("checkbox", name="月").check()
    await page.get_by_label("始め", exact=True).first.fill("10:00")
    await page.get_by_label("終わり", exact=True).first.fill("12:00")
    await page.get_by_label("時給（円）").fill("1200")
    await follow(page.get_by_role("button", name="保存して、見え方を確かめる"))
    await page.get_by_text("会社の答え：とても静か").wait_for()
    await follow(page.get_by_role("button", name="この内容で募集を始める"))
    await page.get_by_text("募集中").wait_for()
    assert [offer["title"] for offer in (await town.slate())["offers"]] == ["棚みがき"]
    await follow(page.get_by_role("button", name="サインアウト"))
    await page.get_by_role("heading", name="サインアウトしました").wait_for()


@sizes
async def test_every_page_and_state_of_companies_is_accessible(
    chromium: Browser, town: Town, address: str, viewport: ViewportSize
) -> None:
    waiting = await town.company(name="見本工房", waiting=True, contact_email=ADDRESS)
    company = await town.company()
    place = await town.made(
        "/matching/v1/workplaces",
        {
            "company_id": company["id"],
            "name": "厨房",
            "about": "6人で働いています。",
            "answers": {"noise": 2},
        },
    )
    offer = await town.offer(company["id"], workplace_id=place["id"], hourly_wage_yen=900)
    filled = await town.offer(company["id"], title="決まった仕事")
    await town.api.post(
        f"/matching/v1/offers/{filled['id']}/close", json={"reason": "filled"}, headers=town.staff
    )
    page = await of_company(chromium, town, address, company["id"], viewport)
    wide = ("", "/offers/new", f"/offers/{offer['id']}", f"/workplaces/{place['id']}")
    narrow = (
        *wide, "/register", "/registered", "/sign-in", "/link-sent", "/enter/unknown", "/signed-out", "/workplaces",
        f"/offers/{offer['id']}/edit", f"/offers/{filled['id']}", "/workplaces/new", "/offers/unknown",
        "/contact", "/address/unknown",
    )  # fmt: skip
    for path in narrow if viewport == PHONE else wide:
        await page.goto(f"{address}{HOME}{path}")
        await accessible(page)
    if viewport != PHONE:
        return
    await page.goto(address + await link(town))
    await page.get_by_role("button", name="入る").wait_for()
    await accessible(page)
    await page.goto(f"{address}{HOME}/register")
    await follow(page.get_by_role("button", name="登録を申し込む"))
    await accessible(page)
    await page.goto(f"{address}{HOME}/sign-in")
    await follow(page.get_by_role("button", name="リンクを送る"))
    await accessible(page)
    await page.goto(f"{address}{HOME}/offers/new")
    await page.get_by_label("時給（円）").fill("たくさん")
    await page.get_by_label("始め", exact=True).first.fill("あさ")
    await follow(page.get_by_role("button", name="保存して、見え方を確かめる"))
    await accessible(page)
    await page.goto(f"{address}{HOME}/workplaces/new")
    await follow(page.get_by_role("button", name="保存する"))
    await accessible(page)
    await page.goto(f"{address}{HOME}/contact")
    await follow(page.get_by_role("button", name="保存する"))
    await page.get_by_role("link", name="メールアドレスを").wait_for()
    await accessible(page)
    await page.get_by_label("メールアドレス").fill("new@sample.example")
    await follow(page.get_by_role("button", name="保存する"))
    await page.wait_for_url("**/contact?done=sent")
    await accessible(page)
    ((_, proof),) = await eventually(lambda: proofs(town))
    await page.goto(address + proof)
    await accessible(page)
    newcomer = await of_company(chromium, town, address, waiting["id"], viewport)
    await newcomer.goto(f"{address}{HOME}")
    await accessible(newcomer)
    await follow(newcomer.get_by_role("link", name="直せます"))
    await newcomer.get_by_label("会社や団体の名前").fill("")
    await follow(newcomer.get_by_role("button", name="保存する"))
    await newcomer.locator(".error-summary").wait_for()
    await accessible(newcomer)
    for decided, how, reason, told in (
        (waiting, "decline", "duplicate", "今回は、登録を見送りました"),
        (company, "pause", "own_wish", "いま、お休み中です"),
    ):
        path = f"/matching/v1/companies/{decided['id']}/{how}"
        assert (await town.api.post(path, json={"reason": reason}, headers=town.staff)).is_success
        theirs = await of_company(chromium, town, address, decided["id"], viewport, epoch=1)
        await theirs.goto(f"{address}{HOME}")
        await theirs.get_by_text(told).wait_for()
        await accessible(theirs)


@sizes
async def test_every_page_and_state_of_staff_is_accessible(
    chromium: Browser, town: Town, address: str, viewport: ViewportSize
) -> None:
    waiting = await town.company(name="見本工房", waiting=True, contact_email=ADDRESS)
    company = await town.company(contact_email=ADDRESS)
    place = await town.made("/matching/v1/workplaces", {"company_id": company["id"], "name": "厨房"})
    shown = await town.offer(company["id"], title="出た仕事", workplace_id=place["id"], hourly_wage_yen=1300)
    cheap = await town.offer(company["id"], title="安い仕事", hourly_wage_yen=1000)
    await town.answers(answers={"balance-1": 5}, wishes={"wage_floor": 1100})
    slate = await town.slate()
    await town.says(shown["id"], "experience")
    await town.api.put(
        f"/matching/v1/me/workplaces/{place['id']}/experience",
        json={"answers": {"noise": 2}, "note": "見本の感想"},
        headers=town.resident(),
    )
    if viewport == PHONE:
        mine = await visit(chromium, address, town.resident(), viewport)
        for path in (f"offers/{shown['id']}", f"workplaces/{place['id']}/experience?told=true"):
            await mine.goto(f"{address}/matching/{path}")
            await accessible(mine)
    page = await of_staff(chromium, town, address, viewport)
    narrow = (
        f"/companies/{company['id']}", "/offers", f"/offers/{shown['id']}",
        f"/slates/{slate['id']}?offer={cheap['id']}&again=true",
    )  # fmt: skip
    wide = (
        *narrow, "/companies", "/companies?words=ない", f"/companies/{waiting['id']}", "/offers?words=ない",
        "/offers/compare", "/why", f"/slates/{slate['id']}?offer=安い", f"/why?who={town.resident_id()[-6:]}",
    )  # fmt: skip
    for path in narrow if viewport == PHONE else wide:
        await page.goto(f"{address}{STAFF}{path}")
        await accessible(page)
    await page.goto(f"{address}{STAFF}/offers")
    for title in ("出た仕事", "安い仕事"):
        await page.get_by_role("checkbox", name=f"{title}を比べる").check()
    await follow(page.get_by_role("button", name="えらんだ募集を比べる"))
    await page.get_by_role("table", name="2つの募集").wait_for()
    await accessible(page)
    await page.goto(f"{address}{STAFF}/companies/{waiting['id']}")
    await page.get_by_text("登録を見送る").click()
    await follow(page.get_by_role("button", name="見送る"))
    await page.get_by_text("理由を選んでください").wait_for()
    await accessible(page)
