"""The pages of support programmes and of offers that are sent, in Chromium, without JavaScript: one walk each for residents and staff."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page

from services.matching.sending.stopping import stop_token
from tests.browser import DESKTOP, PHONE, accessible, follow, served, visit
from tests.harness import eventually
from tests.integration.matching.conftest import Town
from tests.integration.matching.test_support import RULES
from tests.signing_in import staff_cookie
from tests.unit.matching.support.made import FACTS, a_condition, a_programme, amount, plain_rules

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).parents[3] / "deploy/local/sample/support-rules.yaml"


async def press(page: Page, name: str) -> None:
    await follow(page.get_by_role("button", name=name, exact=True))


async def test_a_resident_finds_programmes_one_question_at_a_time(chromium: Browser, town: Town) -> None:
    async with served(town.harness.of("matching").service.app) as address:
        page = await visit(chromium, address, town.resident(), PHONE, scripts=False)
        await page.goto(f"{address}/matching/support")
        await page.get_by_text("いまは、ここで制度をさがせません").wait_for()
        await accessible_without_scripts(chromium, town, address)
        made = await town.api.post(RULES, content=SAMPLE.read_bytes(), headers=town.staff)
        await town.api.post(f"{RULES}/{made.json()['id']}/activate", headers=town.staff)
        await page.goto(f"{address}/matching/support")
        await page.get_by_text("これは見本です").wait_for()
        await page.get_by_label("はい").check()
        await press(page, "答える")
        await page.get_by_label("仕事をさがしている").check()
        await press(page, "答える")
        await press(page, "言いたくない")
        await page.get_by_label("世帯の収入は").fill("たくさん")
        await press(page, "答える")
        await page.get_by_text("もう一度、答えを確かめてください").first.wait_for()
        await accessible_without_scripts(chromium, town, address, await page.content())
        await page.get_by_label("世帯の収入は").fill("１５万")
        await press(page, "答える")
        fitting = page.get_by_role("region", name="合いそうな制度")
        await fitting.get_by_role("heading", name="就労準備支援（見本）").wait_for()
        await fitting.get_by_text("見本の要綱 働く準備").first.wait_for()
        while await page.get_by_role("button", name="わからない").count():
            await press(page, "わからない")
        await page.get_by_text("聞きたいことは、これで終わりです").wait_for()
        await page.get_by_text("あなたの答えを見る").click()
        await page.get_by_text("言いたくない", exact=True).wait_for()
        await accessible_without_scripts(chromium, town, address)
        await page.get_by_text("答えを全部消す").click()
        await press(page, "全部消す")
        assert not await page.get_by_text("あなたの答えを見る").count()


async def accessible_without_scripts(
    chromium: Browser, town: Town, address: str, shown: str | None = None
) -> None:
    """Axe needs scripts: the same page in a context that has them. `shown` is a page that cannot be fetched again."""
    page = await visit(chromium, address, town.resident(), PHONE)
    await page.goto(f"{address}/matching/support")
    if shown:
        await page.set_content(shown)
    await accessible(page)
    await page.context.close()


async def test_staff_upload_look_try_and_put_in_force(chromium: Browser, town: Town) -> None:
    async with served(town.harness.of("matching").service.app) as address:
        page = await staff_page(chromium, town, address)
        await page.goto(f"{address}/matching/staff/support")
        mixed = a_condition(
            {"compare": {"fact": "income"}, "is": "below", "to": amount(1, per="year")},
            valid_from="2020-01-01", valid_until="2099-01-01",
        )  # fmt: skip
        text = json.dumps(plain_rules(a_programme(mixed), facts=[FACTS[3]]), indent=1)
        file = FilePayload(name="rules.json", mimeType="application/json", buffer=text.encode())
        await page.get_by_label("のファイル").set_input_files(file)
        await press(page, "確かめてアップロードする")
        await page.get_by_text("programmes.0.conditions.0.when.to").wait_for()
        await page.get_by_text("種類のちがうものは、比べたり足したりできません").wait_for()
        line = text[: text.index('"to"')].count("\n") + 1
        assert f"（{line}行目）" in await page.get_by_role("alert").inner_text()
        assert await page.get_by_label("決まり").input_value() == text
        await accessible(page)
        old = a_condition({"fact": "lost_job"}, valid_until="2026-05-01")
        await page.get_by_label("決まり").fill(json.dumps(plain_rules(a_programme(old), facts=FACTS[:1])))
        await press(page, "確かめてアップロードする")
        await page.get_by_role("heading", name="第1版 見本の制度").wait_for()
        await page.get_by_text("新しい制度").wait_for()
        await page.get_by_label("はい").check()
        await press(page, "ためす")
        await page.get_by_text("もう聞くことはありません").wait_for()
        await accessible(page)
        await press(page, "この版を使う")
        await page.get_by_text("使っています").wait_for()
        await page.goto(f"{address}/matching/staff/support")
        await accessible(page)


async def test_offers_by_message_are_switched_on_and_looked_at_before_they_go_out(
    chromium: Browser, town: Town
) -> None:
    company = await town.company()
    offer = await town.offer(company["id"], title="まちの店", hourly_wage_yen=1150)
    async with served(town.harness.of("matching").service.app) as address:
        mine = await visit(chromium, address, town.resident(), PHONE)
        await mine.goto(f"{address}/matching/subscriptions")
        await accessible(mine)
        await press(mine, "お知らせを受け取る")
        await mine.get_by_text("受け取る", exact=True).wait_for()
        await accessible(mine)
        page = await staff_page(chromium, town, address)
        await page.goto(f"{address}/matching/staff/send-lists")
        await accessible(page)
        await press(page, "いまの下書きを作る")
        await page.get_by_text("まだ何も送っていません").wait_for()
        await page.get_by_role("cell", name="まちの店").wait_for()
        await page.get_by_text("確かめておきたいこと").wait_for()
        await accessible(page)
        await press(page, "1人に送る")

        async def sent() -> bool:
            await page.reload()
            return "1人に送りました" in await page.locator("main").inner_text()

        await eventually(sent)
        await accessible(page)
        await mine.goto(f"{address}/matching/recommended")
        await mine.get_by_role("heading", name="まちの店").wait_for()
        await mine.get_by_role("heading", name="確かめておきたいこと").wait_for()
        await accessible(mine)
        paused = await town.api.post(f"/matching/v1/offers/{offer['id']}/pause", headers=town.staff)
        assert paused.status_code == 200
        await mine.reload()
        await mine.get_by_text("いまは募集を休んでいます").wait_for()
        await mine.goto(f"{address}/matching/subscriptions")
        await press(mine, "お知らせを止める")
        await mine.get_by_text("受け取らない", exact=True).wait_for()
        key = town.harness.of("matching").core.secrets.text(town.tenant, "session_key")
        stopping = stop_token(key, town.tenant, town.resident_id())
        await mine.goto(f"{address}/matching/unsubscribe/{stopping}")
        await accessible(mine)
        await press(mine, "お知らせを止める")
        await mine.get_by_role("link", name="仕事のお知らせのページ").wait_for()
        await accessible(mine)


async def staff_page(chromium: Browser, town: Town, address: str) -> Page:
    context = await chromium.new_context(viewport=DESKTOP)
    for name, value in staff_cookie(town.harness, town.tenant).items():
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    return await context.new_page()
