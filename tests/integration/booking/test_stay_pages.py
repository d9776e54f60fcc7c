"""A resident's stays at workplaces on the pages: seen, agreed to, stepped back from; each asks once more."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.clock import parse_service_time
from tests.harness import Harness
from tests.integration.booking.centre import Centre, open_centre
from tests.integration.booking.test_experiences import FRIDAY, place, request
from tests.integration.booking.test_pages import Browser


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


async def asked(centre: Centre, name: str) -> str:
    """A stay that waits for its agreements."""
    await centre.desk.registered(name)
    made = await request(centre, name, await place(centre))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def as_kept(centre: Centre, stay: str) -> Any:
    return (await centre.staff("GET", f"/experiences/{stay}")).json()


async def test_a_stay_is_read_and_agreed_to_in_two_steps(centre: Centre) -> None:
    stay = await asked(centre, "aoi")
    aoi = Browser(centre.desk, "aoi")
    await aoi.get("/booking/mine")
    assert f"/booking/stays/{stay}" in aoi.page
    await aoi.get(f"/booking/stays/{stay}")
    assert "月・火・水・木・金 8:00から10:00まで" in aoi.page
    assert "保険に入ること" in aoi.page and "履歴書はいりません" in aoi.page
    assert aoi.page.count("まだです") == 3
    await aoi.get(f"/booking/stays/{stay}/agree")
    assert (await as_kept(centre, stay))["agreed"] == [], "asking is not agreeing"
    form = aoi.page
    for _ in range(2):
        aoi.page = form
        await aoi.post(f"/booking/stays/{stay}/agree")
        assert "あなたの同意は、伝わっています" in aoi.page
    assert (await as_kept(centre, stay))["agreed"] == ["resident"]
    for party in ("workplace", "municipality"):
        await centre.staff("POST", f"/experiences/{stay}/agree", {"party": party})
    back = await aoi.get(f"/booking/stays/{stay}/agree")
    assert (back.status_code, back.headers["Location"]) == (303, f"/booking/stays/{stay}")
    await aoi.get("/booking/stays")
    assert "決まりました" in aoi.page
    centre.desk.at(parse_service_time(f"{FRIDAY}T10:01"))
    await aoi.get(f"/booking/stays/{stay}")
    assert "おつかれさまでした" in aoi.page and "/withdraw" not in aoi.page and "まだです" not in aoi.page


async def test_only_the_resident_answers_and_stepping_back_asks_for_no_reason(centre: Centre) -> None:
    stay = await asked(centre, "aoi")
    ren = Browser(centre.desk, "ren")
    for path in ("", "/agree", "/withdraw", "/dance"):
        assert (await ren.get(f"/booking/stays/{stay}{path}")).status_code == 404
    for act in ("agree", "withdraw", "dance"):
        assert (await ren.post(f"/booking/stays/{stay}/{act}")).status_code == 404
    await ren.get("/booking/stays")
    assert stay not in ren.page and "体験してみたい" in ren.page
    assert "/booking/work/week" not in ren.page, "who works with no centre is led to no page of work"
    assert (await as_kept(centre, stay))["state"] == "requested"
    aoi = Browser(centre.desk, "aoi")
    await aoi.get(f"/booking/stays/{stay}/withdraw")
    assert "理由はいりません" in aoi.page and "<textarea" not in aoi.page
    await aoi.post(f"/booking/stays/{stay}/withdraw")
    assert "ほかの人に空けました" in aoi.page
    assert (await as_kept(centre, stay))["cancelled_by"] == "resident"
    late = await aoi.post(f"/booking/stays/{stay}/agree")
    assert (late.status_code, "いまその操作ができる状態ではありません" in aoi.page) == (409, True)
    await aoi.get("/booking/mine")
    assert stay not in aoi.page
    await aoi.get("/booking/stays")
    assert stay in aoi.page and "予定している体験はありません" in aoi.page
