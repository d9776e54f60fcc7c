"""The staff's pages about imports in Chromium: sending files, how far they are, what was wrong."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser import accessible, follow, served, sizes
from tests.harness import Harness, eventually
from tests.integration.matching.importing import HOME, A, advert, kjno, open_desk
from tests.signing_in import staff_cookie
from tests.unit.matching.hellowork.samples import xml

pytestmark = pytest.mark.browser
PAGE = "/matching/staff/imports"
PROFILES = "職業名,厚生労働省職業分類,現実的\nパンの仕込み（見本）,072-01,5\n"


async def kept(page: Page, link: str) -> list[str]:
    """The lines of the file that a link gives."""
    async with page.expect_download() as download:
        await page.get_by_role("link", name=re.compile(link)).click()
    return (await (await download.value).path()).read_text("utf-8-sig").splitlines()


@sizes
async def test_staff_send_lists_and_read_what_came_of_them(
    chromium: Browser, harness: Harness, tmp_path: Path, viewport: ViewportSize
) -> None:
    desk = await open_desk(harness, tmp_path)
    files = {
        "list.xml": xml(*(advert(n) for n in range(60)), *(advert(n, sksu=None) for n in range(60, 120))),
        "short.xml": xml(advert(0)),
        "companies.csv": f"企業番号,企業名,市区町村コード\nK1,見本商店,{HOME}\nK2,,{HOME}\n".encode("cp932"),
        "occupations.csv": PROFILES.encode("cp932"),
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    async with served(desk.started.service.app) as address:
        context = await chromium.new_context(viewport=viewport)
        for name, value in staff_cookie(harness, A).items():
            await context.add_cookies([{"name": name, "value": value, "url": address}])
        page = await context.new_page()
        await page.goto(f"{address}{PAGE}")
        assert "<script" not in await page.content()
        await accessible(page)
        await page.get_by_label("求人情報提供のXMLファイル").set_input_files(tmp_path / "list.xml")
        await page.get_by_label("すべて入っている").check()
        await follow(page.get_by_role("button", name="送る").first)
        await page.wait_for_url("**/imports/imp_*")

        async def state() -> str:
            await page.reload()
            return await page.locator("main").inner_text()

        text = await eventually(state, until=lambda text: "最後まで取りこみました" in text)
        await accessible(page)
        assert "120件" in text and "新しく加えた" in text and "職種（sksu）" in text
        await follow(page.get_by_role("link", name="つぎを見る"))
        assert kjno(119) in await page.locator("main").inner_text()
        assert len(await kept(page, "表をCSVで受け取る")) == 61
        await page.goto(f"{address}{PAGE}")
        await page.get_by_label("求人情報提供のXMLファイル").set_input_files(tmp_path / "short.xml")
        await page.get_by_label("すべて入っている").check()
        await follow(page.get_by_role("button", name="送る").first)
        await eventually(state, until=lambda text: "60件のうち、59件" in text)
        await accessible(page)
        await follow(page.get_by_role("button", name="59件を終わりにする"))
        await eventually(state, until=lambda text: "職員が確かめました" in text and "終わりにした" in text)
        await page.goto(f"{address}{PAGE}")
        await page.get_by_label("CSVかJSONのファイル").set_input_files(tmp_path / "companies.csv")
        await follow(page.locator("form[action$='/lists']").get_by_role("button", name="送る"))
        text = await eventually(state, until=lambda text: "何も変えていません" in text)
        assert "加えるもの" in text and "企業名" in text
        await accessible(page)
        await page.goto(f"{address}{PAGE}")
        await page.get_by_label("job tagの数値データ").set_input_files(tmp_path / "occupations.csv")
        await page.get_by_label("ダウンロードした日").fill("2026-11-01")
        await follow(page.locator("form[action$='/occupations']").get_by_role("button", name="送る"))
        await eventually(state, until=lambda text: "1の職業" in text and "反映ずみ" in text)
        await accessible(page)
        await page.get_by_label("CSVかJSONのファイル").set_input_files(tmp_path / "occupations.csv")
        await follow(page.locator("form[action$='/lists']").get_by_role("button", name="送る"))
        assert "このファイルは読み取れません" in await page.get_by_role("alert").inner_text()
        assert len(await kept(page, "JSON.*求人を書き出す")) == 62
        assert len(await kept(page, "CSV.*企業")) == 2
        if shots := os.environ.get("SHOTS"):
            await page.goto(f"{address}{PAGE}")
            await page.screenshot(path=f"{shots}/list{viewport['width']}.png", full_page=True)
            await page.get_by_role("link", name="月").last.click()
            await page.screenshot(path=f"{shots}/run{viewport['width']}.png", full_page=True)
        await context.close()
