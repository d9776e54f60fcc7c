"""The gateway's own pages in Chromium: a 360 px phone and a desktop, keyboard only, axe-core, no script."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright

from deploy.local.declared import sample_tenants
from deploy.local.gateway import Link, write_gateway
from deploy.local.plan import Plan, gateway_spec
from deploy.local.ports import Ports
from tests.integration.local.conftest import Run

pytestmark = pytest.mark.browser

SIZES = {"phone": (360, 740), "desktop": (1280, 900)}
PAGES = {"start": ("/", 200), "missing": ("/nowhere", 404), "down": ("/intake/chat", 503)}


@pytest.fixture
def address(run: Run, ports: Ports, tmp_path: Path) -> str:
    links = [Link("模擬LINE（届いたメッセージ）", "http://127.0.0.1:8190/")]
    write_gateway(tmp_path / "gateway", ports, sample_tenants(), links)
    run(gateway_spec(Plan(tmp_path, ports)))
    return f"http://localhost:{ports.gateway}"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is missing: install it (Debian: apt install chromium)"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_fits_and_has_no_axe_violation(
    browser: Browser, address: str, name: str, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    path, status = PAGES[name]
    answer = await page.goto(address + path)
    assert answer is not None and answer.status == status
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    results = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()


async def test_every_link_of_the_start_page_can_be_reached_by_keyboard(
    browser: Browser, address: str
) -> None:
    context = await browser.new_context(java_script_enabled=True, viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.goto(address)
    links = await page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    reached = []
    for _ in links:
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == links
    heights = await page.eval_on_selector_all(
        "main a", "all => all.map(a => a.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24
