"""What residents ask of offers reaches the desk, and that it was seen to reaches the residents; the way to work is kept to."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.browser import accessible, follow, served, sizes
from tests.harness import Harness, a_tenant
from tests.integration.matching.conftest import LARGE, SMALL, Town
from tests.integration.matching.test_fairness_page import signed_in
from tests.integration.matching.test_matching_pages import PROPOSALS, WISHES, Forms, browser, seen, sends
from tests.signing_in import staff_cookie

PAGE = "/matching/staff/requests"
PLACES = f"pref,city,lat,lng,lgcode\n見本県,見本市,35.0,135.0,{LARGE}\n見本県,見本町,35.3,135.0,{SMALL}\n"


async def test_the_desk_sees_what_waits_and_the_resident_that_it_was_seen_to(town: Town) -> None:
    offer = await town.offer((await town.company())["id"], title="見本の仕事")
    asked, saved = await town.says(offer["id"], "ask"), await town.says(offer["id"], "save")
    taken_back = await town.says(offer["id"], "apply")
    await town.api.delete(f"/matching/v1/me/interests/{taken_back.json()['id']}", headers=town.resident())
    headers = {**signed_in(town), "Sec-Fetch-Site": "same-origin"}
    page = (await town.api.get(PAGE, headers=headers)).text
    assert page.count('class="entry look"') == 1
    assert "聞いてみたい</span>" in page
    assert f'href="/matching/staff/why?who={town.resident_id()[-6:].upper()}"' in page
    action = f"{PAGE}/{asked.json()['id']}/answered"
    assert [to for to, _ in Forms(page).found if to.startswith(PAGE)] == [action]
    assert (await town.api.post(action, headers=signed_in(town, "slates:read"))).status_code == 403
    assert (await town.api.post(action, headers=headers)).status_code == 303
    assert "問い合わせは、ありません" in (await town.api.get(PAGE, headers=headers)).text
    # what was only put by waits for nobody
    await town.api.post(f"{PAGE}/{saved.json()['id']}/answered", headers=headers)
    with browser(town):
        mine = await seen(town, f"{PROPOSALS}/said")
    assert mine.count("相談員が受け取り、返事をしました。") == 1


async def test_nobody_further_than_they_wish_to_go(harness: Harness, tmp_path: Path) -> None:
    """With a list of places set up, a municipality can be chosen to set out from; offers lie where theirs is."""
    await harness.declare(a_tenant("sample-a", municipality_code=LARGE, neighbouring_areas=[SMALL]))
    places = tmp_path / "places.csv"
    places.write_text(PLACES, "utf-8")
    town = Town(harness, await harness.start("matching", municipalities=places), "sample-a", LARGE)
    company = await town.company()
    for code in (LARGE, SMALL):
        await town.offer(company["id"], title=f"仕事{code}", municipality_code=code)
    far = await town.offer(company["id"], title="家でもできる仕事", municipality_code=SMALL, remote=True)
    with browser(town):
        page = await seen(town, WISHES)
        assert "見本町" in page
        slip = await sends(town, page, WISHES, {"max_km": "10"})
        assert slip.status_code == 422
        assert "どこから出かけるかも" in slip.text
        assert (await sends(town, slip.text, WISHES, {"start": LARGE})).status_code == 303
    slate = await town.slate()
    assert {o["title"] for o in slate["offers"]} == {f"仕事{LARGE}", far["title"]}
    assert slate["hidden"] == {"max_km": 1}
    replay = await town.api.get(f"/matching/v1/slates/{slate['id']}/replay", headers=town.staff)
    assert replay.json()["identical"]


@pytest.mark.browser
@sizes
async def test_the_page_is_accessible(chromium: Browser, town: Town, viewport: ViewportSize) -> None:
    offer = await town.offer((await town.company())["id"])
    await town.says(offer["id"], "experience")
    async with served(town.harness.of("matching").service.app) as address:
        context = await chromium.new_context(viewport=viewport)
        for name, value in staff_cookie(town.harness, town.tenant).items():
            await context.add_cookies([{"name": name, "value": value, "url": address}])
        page = await context.new_page()
        await page.goto(address + PAGE)
        await accessible(page)
        await follow(page.get_by_role("button", name="返事をした"))
        await page.get_by_text("問い合わせは、ありません").wait_for()
        await accessible(page)
