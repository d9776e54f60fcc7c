"""The gateway's own pages in Chromium: a 360 px phone and a desktop, keyboard only, axe-core, no script."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, ViewportSize

from deploy.local.declared import sample_tenants
from deploy.local.gateway import Link, write_gateway
from deploy.local.plan import Plan, gateway_spec
from deploy.local.ports import Ports
from tests.browser import accessible, sizes, visit
from tests.integration.local.conftest import Run

pytestmark = pytest.mark.browser

WCAG = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
PAGES = {"start": ("/", 200), "missing": ("/nowhere", 404), "down": ("/intake/chat", 503)}


@pytest.fixture
def address(run: Run, ports: Ports, tmp_path: Path) -> str:
    links = [Link("模擬LINE（届いたメッセージ）", "http://127.0.0.1:8190/")]
    write_gateway(tmp_path / "gateway", ports, sample_tenants(), links)
    run(gateway_spec(Plan(tmp_path, ports)))
    return f"http://localhost:{ports.gateway}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@sizes
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_fits_and_has_no_axe_violation(
    chromium: Browser, address: str, name: str, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page = await chromium.new_page(viewport=viewport, color_scheme=scheme)
    path, status = PAGES[name]
    answer = await page.goto(address + path)
    assert answer is not None and answer.status == status
    await accessible(page, *WCAG)


async def test_every_link_of_the_start_page_can_be_reached_by_keyboard(
    chromium: Browser, address: str
) -> None:
    page = await visit(chromium, address)
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
