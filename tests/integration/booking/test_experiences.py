"""Stays at workplaces: a seat and a person's time for every session, three agreements, and nothing held for ever."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.clock import parse_service_time
from tests.harness import Harness, eventually
from tests.integration.booking.centre import MONDAY, Centre, open_centre, slug
from tests.integration.booking.desk import A, resident_id

FRIDAY = "2026-12-18"
PLACE = {
    "name": "見本の体験",
    "workplace": "見本商店",
    "kind": "supported_short_job",
    "from_date": "2026-12-01",
    "to_date": "2027-03-31",
    # 8:00-10:00 in Tokyo crosses the edge of two calendar documents, every day of the week
    "sessions": [{"weekday": n, "start_minute": 480, "end_minute": 600} for n in range(5)],
    "seats": 2,
    "prerequisites": ["insurance"],
}


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


async def place(centre: Centre, **more: Any) -> str:
    made = await centre.staff("POST", "/places", {**PLACE, **more})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def request(centre: Centre, name: str, place_id: str, **more: Any) -> httpx.Response:
    body = {
        "resident_id": resident_id(name),
        "place_id": place_id,
        "from_date": MONDAY,
        "to_date": FRIDAY,
        "met": ["insurance"],
        **more,
    }
    return await centre.staff("POST", "/experiences", body)


async def test_a_stay_takes_all_its_sessions_and_three_agreements_confirm_it(centre: Centre) -> None:
    await centre.desk.registered("aoi")
    made = await request(centre, "aoi", await place(centre))
    stay = made.json()
    assert (made.status_code, stay["state"], len(stay["sessions"])) == (201, "requested", 10)
    path = f"/experiences/{stay['id']}"
    await centre.staff("POST", f"{path}/agree", {"party": "municipality"})
    half = await centre.me("aoi", "POST", f"{path}/agree")
    assert half.json()["missing"] == ["workplace"]
    whole = await centre.staff("POST", f"{path}/agree", {"party": "workplace"})
    assert (whole.json()["state"], whole.json()["missing"]) == ("confirmed", [])
    early = await centre.staff("POST", f"{path}/complete")
    assert slug(early) == "experience-not-over"
    centre.desk.at(parse_service_time(f"{FRIDAY}T10:00"))
    assert (await centre.staff("POST", f"{path}/complete")).json()["state"] == "completed"


async def test_a_resident_is_not_in_two_places_and_a_shift_not_in_a_stay(centre: Centre) -> None:
    await centre.worker("aoi")
    there, elsewhere = await place(centre), await place(centre)
    made = await request(centre, "aoi", there)
    again = await request(centre, "aoi", elsewhere)
    assert (again.status_code, slug(again)) == (409, "time-taken")
    refused = await centre.set_week("aoi", centre.entry(MONDAY, 540, 660))
    assert slug(refused) == "time-taken"
    gone = await centre.me("aoi", "POST", f"/experiences/{made.json()['id']}/withdraw")
    assert gone.json()["cancelled_by"] == "resident"
    assert (await centre.set_week("aoi", centre.entry(MONDAY, 540, 660))).status_code == 200


async def test_two_seats_go_to_two_of_eight_who_ask_at_once(centre: Centre) -> None:
    names = [f"r{n}" for n in range(8)]
    for name in names:
        await centre.desk.registered(name)
    there = await place(centre)
    answers = await asyncio.gather(*(request(centre, name, there) for name in names))
    assert Counter(a.status_code for a in answers) == {201: 2, 409: 6}
    assert {slug(a) for a in answers if a.status_code == 409} == {"place-full"}


async def test_a_seat_that_not_all_agreed_to_is_free_again(centre: Centre) -> None:
    for name in ("aoi", "ren"):
        await centre.desk.registered(name)
    there = await place(centre, seats=1, agree_days=2)
    await request(centre, "aoi", there)
    assert slug(await request(centre, "ren", there)) == "place-full"
    centre.desk.at(parse_service_time("2026-12-04T10:00"))
    stays = centre.desk.started.core.db["experiences"]
    await eventually(lambda: stays.count_documents({"tenant_id": A, "state": "cancelled"}))
    assert (await request(centre, "ren", there)).status_code == 201
    (event,) = await centre.desk.harness.published("booking", "banso.booking.experience.cancelled.v1")
    assert event.data["by"] == "system"


async def test_what_is_missing_is_named_and_a_short_job_asks_for_no_cv(centre: Centre) -> None:
    await centre.desk.registered("aoi")
    there = await place(centre)
    refused = await request(centre, "aoi", there, met=[])
    assert (refused.status_code, slug(refused), refused.json()["missing"]) == (
        409,
        "prerequisites-missing",
        ["insurance"],
    )
    asks = await centre.staff("POST", "/places", {**PLACE, "needs_cv": True})
    assert (asks.status_code, asks.json()["errors"][0]["field"]) == (422, "needs_cv")
    days = await request(centre, "aoi", there, weekdays=[2])
    assert [s["service_date"] for s in days.json()["sessions"]] == ["2026-12-09", "2026-12-16"]


async def test_a_request_sent_twice_is_one_stay(centre: Centre) -> None:
    await centre.desk.registered("aoi")
    there = await place(centre)
    key = {"headers": {"Idempotency-Key": "e1"}}
    body = {
        "resident_id": resident_id("aoi"),
        "place_id": there,
        "from_date": MONDAY,
        "to_date": MONDAY,
        "met": ["insurance"],
    }
    first, second = [await centre.staff("POST", "/experiences", body, **key) for _ in range(2)]
    assert first.json() == second.json()
    other = await centre.staff("POST", "/experiences", {**body, "to_date": FRIDAY}, **key)
    assert slug(other) == "idempotency-conflict"
