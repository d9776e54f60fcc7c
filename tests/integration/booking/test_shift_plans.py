"""A plan is computed, explained, and becomes shifts when it is published."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.clock import parse_service_time
from tests.harness import Harness
from tests.integration.booking.centre import MONDAY, OPEN, Centre, open_centre, slug
from tests.integration.booking.desk import resident_id


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


def band(centre: Centre, weekday: int, minimum: int = 1, station: str | None = None) -> dict[str, Any]:
    return {
        "station_id": station or centre.station,
        "weekday": weekday,
        "start_minute": 600,
        "end_minute": 720,
        "minimum": minimum,
    }


async def make(centre: Centre, *bands: dict[str, Any], weeks: int = 2, **more: Any) -> Any:
    body = {"centre_id": centre.id, "monday": MONDAY, "weeks": weeks, "bands": list(bands), **more}
    answer = await centre.staff("POST", "/shift-plans", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_plan_is_explained_and_plans_nothing_until_it_is_published(centre: Centre) -> None:
    for name in ("aoi", "ren"):
        await centre.worker(name, available=OPEN, max_days=2)
    plan = await make(centre, *(band(centre, n, 2) for n in range(3)), band(centre, 0, 1, centre.skilled))
    assert (plan["optimal"], plan["gap"], len(plan["assignments"])) == (True, 0.0, 8)
    reasons = {(u["station_id"] == centre.skilled, u["why"]) for u in plan["unmet"]}
    assert reasons == {(True, "nobody_eligible"), (False, "day_limit")}
    listed = await centre.staff("GET", "/shifts", params={"centre_id": centre.id, "from": MONDAY, "days": 14})
    assert listed.json()["data"] == []
    published = (await centre.staff("POST", f"/shift-plans/{plan['id']}/publish")).json()
    assert (published["published"], published["placed"], published["refused"]) == (True, 8, [])
    again = (await centre.staff("POST", f"/shift-plans/{plan['id']}/publish")).json()
    assert again == published
    listed = await centre.staff("GET", "/shifts", params={"centre_id": centre.id, "from": MONDAY, "days": 14})
    assert {s["origin"] for s in listed.json()["data"]} == {"plan"}
    assert len(listed.json()["data"]) == 8
    told = await centre.desk.harness.published("booking", "banso.booking.shift.planned.v1")
    first = {(e.data["resident_id"], e.data["service_date"]) for e in told if e.data["tell"]}
    earliest = {s["resident_id"]: s["service_date"] for s in reversed(listed.json()["data"])}
    assert (len(told), sum(e.data["tell"] for e in told), first) == (8, 2, set(earliest.items()))
    one = listed.json()["data"][0]["id"]
    assert (await centre.staff("POST", f"/shifts/{one}/withdraw")).status_code == 200
    (gone,) = await centre.desk.harness.published("booking", "banso.booking.shift.changed.v1")
    assert (gone.data["withdrawn"], gone.data["tell"]) == (True, True)


async def test_what_stands_already_counts_and_whose_week_changed_keeps_it(centre: Centre) -> None:
    for name in ("aoi", "ren"):
        await centre.worker(name, available=OPEN, max_days=1)
    await centre.planned("aoi", centre.entry(MONDAY))
    plan = await make(centre, band(centre, 0, 2), weeks=1)
    assert [a["resident_id"] for a in plan["assignments"]] == [resident_id("ren")]
    assert plan["unmet"] == []
    await centre.planned("ren", centre.entry("2026-12-11"))
    published = (await centre.staff("POST", f"/shift-plans/{plan['id']}/publish")).json()
    assert published["placed"] == 0
    assert [(r["resident_id"], r["why"]) for r in published["refused"]] == [(resident_id("ren"), "invalid")]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"monday": "2026-12-08"}, "monday"),
        ({"monday": "2026-11-30"}, "monday"),
        ({"bands": [{"weekday": 0, "start_minute": 300, "end_minute": 420}]}, "bands.0.start_minute"),
        ({"bands": [{"minimum": 3}]}, "bands.0.minimum"),
        ({"bands": [{}, {"start_minute": 660, "end_minute": 780}]}, "needs"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused(centre: Centre, more: dict[str, Any], field: str) -> None:
    bands = [{**band(centre, 0), **b} for b in more.get("bands", [{}])]
    body = {"centre_id": centre.id, "monday": MONDAY, "weeks": 1, **more, "bands": bands}
    answer = await centre.staff("POST", "/shift-plans", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_plan_that_has_begun_is_not_published(centre: Centre) -> None:
    plan = await make(centre, band(centre, 0))
    centre.desk.at(parse_service_time(f"{MONDAY}T09:00"))
    refused = await centre.staff("POST", f"/shift-plans/{plan['id']}/publish")
    assert (refused.status_code, slug(refused)) == (409, "plan-over")
