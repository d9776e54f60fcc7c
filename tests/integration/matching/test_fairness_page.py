"""The staff's page of which company was shown how much."""

import pytest
from playwright.async_api import Browser, ViewportSize

from services.matching.store import slates
from shared.tenancy import Matching
from shared.web.staff import STAFF_COOKIE
from tests.browser import accessible, served, sizes
from tests.harness import a_tenant
from tests.integration.matching.conftest import LARGE, Town
from tests.signing_in import staff_cookie

PAGE = "/matching/staff/fairness"


async def shown(town: Town) -> None:
    """Two companies; one is shown to somebody who looks at its offer, the other to nobody."""
    seen, unseen = [await town.company(name=name) for name in ("見本食堂", "見本工房")]
    offer = await town.offer(seen["id"], hourly_wage_yen=1200, industry_code="P85")
    await town.offer(unseen["id"], hourly_wage_yen=900)
    await town.answers(wishes={"wage_floor": 1100})
    await town.slate()
    await town.api.post(f"/matching/v1/me/offers/{offer['id']}/views", headers=town.resident())
    await town.says(offer["id"], "save")


def signed_in(town: Town, *roles: str) -> dict[str, str]:
    token = staff_cookie(town.harness, town.tenant, *roles)[STAFF_COOKIE]
    return {"Host": f"{town.tenant}.localhost", "Cookie": f"{STAFF_COOKIE}={token}"}


async def test_staff_see_who_was_shown_and_who_never_was(town: Town) -> None:
    headers = signed_in(town)
    empty = await town.api.get(PAGE, headers=headers)
    assert "募集中の仕事は、いまありません。" in empty.text
    await shown(town)
    page = (await town.api.get(PAGE, headers=headers)).text
    assert "まだ一度も出ていない会社は1社" in page
    rows = [part.partition("</tr>")[0] for part in page.split('<tr><th scope="row">')[1:]]
    assert [row.partition("<")[0] for row in rows] == ["見本食堂", "見本工房"]
    figures = [[cell.partition("<")[0] for cell in row.split('class="figure">')[1:]] for row in rows]
    assert figures == [["1", "100.0%", "1", "1", "0"], ["1", "0.0%", "0", "0", str(Matching().exposure)]]
    assert "<strong>0.50</strong>" in page


async def test_what_was_pushed_is_told_without_making_the_terms_of_four_weeks(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = {"name": "見本の仕事", "points": 50, "industries": ["P"], "until": "2030-03-31"}
    spoken_for = {"exploration": 0, "pushes": [push]}
    await town.harness.declare(a_tenant("sample-a", municipality_code=LARGE, matching=spoken_for))
    await shown(town)
    made: list[str] = []
    monkeypatch.setattr(slates, "Term", lambda code, *_: made.append(code))
    page = (await town.api.get(PAGE, headers=signed_in(town))).text
    row = next(part for part in page.split("<tr>") if "3月31日" in part)
    assert [cell.partition("<")[0] for cell in row.split('class="figure">')[1:]] == ["50", "1", "1", "1"]
    assert made == []


async def test_nobody_else_sees_it(towns: tuple[Town, Town]) -> None:
    town, other = towns
    led_away = await town.api.get(PAGE, headers={"Host": "sample-a.localhost"})
    assert led_away.status_code == 303
    assert "/matching/staff/sign-in" in led_away.headers["location"]
    foreign = {**signed_in(other), "Host": "sample-a.localhost"}
    assert (await town.api.get(PAGE, headers=foreign)).status_code == 303
    assert (await town.api.get(PAGE, headers=signed_in(town, "messages:read"))).status_code == 403


@pytest.mark.browser
@sizes
async def test_the_page_is_accessible(chromium: Browser, town: Town, viewport: ViewportSize) -> None:
    push = {"name": "見本の仕事", "points": 50, "industries": ["P"], "until": "2030-03-31"}
    spoken_for = {"exploration": 0, "pushes": [push]}
    await town.harness.declare(a_tenant("sample-a", municipality_code=LARGE, matching=spoken_for))
    async with served(town.harness.of("matching").service.app) as address:
        context = await chromium.new_context(viewport=viewport)
        for name, value in staff_cookie(town.harness, town.tenant).items():
            await context.add_cookies([{"name": name, "value": value, "url": address}])
        page = await context.new_page()
        await page.goto(address + PAGE)
        await accessible(page)
        await shown(town)
        await page.goto(address + PAGE)
        await accessible(page)
        row = page.get_by_role("row").filter(has_text="3月31日")
        assert [await cell.inner_text() for cell in await row.locator(".figure").all()] == [
            "50",
            "1",
            "1",
            "1",
        ]
