"""The contract clock, with a clock that can be moved."""

from typing import Any

import pytest

from shared.clock import parse_service_time
from shared.events.envelope import Event
from tests.harness import Harness, eventually
from tests.integration.booking.centre import Centre, open_centre, slug

CONTRACT = "banso.booking.contract"


def at(centre: Centre, text: str) -> None:
    centre.desk.at(parse_service_time(text))


async def published(centre: Centre, what: str, count: int) -> list[Event]:
    async def found() -> list[Event]:
        return await centre.desk.harness.published("booking", f"{CONTRACT}.{what}.v1")

    return await eventually(found, until=lambda events: len(events) >= count)


async def running(centre: Centre, name: str = "aoi", starts_on: str = "2026-12-01") -> Any:
    who = await centre.worker(name)
    made = await centre.staff("POST", "/contracts", {"resident_id": who, "starts_on": starts_on})
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    agreed = await centre.me(name, "POST", f"/contracts/{made.json()['id']}/agree")
    assert agreed.json()["state"] == "active"
    return agreed.json()


async def test_half_a_year_then_three_months_with_notices_ahead(harness: Harness) -> None:
    centre = await open_centre(harness)
    contract = await running(centre)
    assert contract["ends_on"] == "2027-05-31"
    at(centre, "2027-05-01T10:00")
    (expiring,) = await published(centre, "expiring", 1)
    assert expiring.data["ends_on"] == "2027-05-31"
    at(centre, "2027-05-24T10:00")
    await published(centre, "expiring", 2)
    at(centre, "2027-05-31T29:00")  # still the service day of the 31st
    assert await harness.published("booking", f"{CONTRACT}.renewed.v1") == []
    at(centre, "2027-06-01T07:00")
    (renewed,) = await published(centre, "renewed", 1)
    assert renewed.data["ends_on"] == "2027-08-31"
    found = (await centre.me("aoi", "GET", f"/contracts/{contract['id']}")).json()
    assert {e["by"] for e in found["history"]} == {None}
    assert [e["step"] for e in found["history"]] == [
        "proposed",
        "agreed",
        "started",
        "notice",
        "notice",
        "renewed",
    ]


async def test_whoever_ends_it_is_not_asked_why(harness: Harness) -> None:
    centre = await open_centre(harness)
    contract = await running(centre)
    ended = await centre.me("aoi", "POST", f"/contracts/{contract['id']}/end", {"on": "2027-01-31"})
    assert (ended.json()["ending"], ended.json()["ends_on"]) == (True, "2027-01-31")
    at(centre, "2027-02-01T07:00")
    await published(centre, "ended", 1)
    again = await centre.staff("POST", f"/contracts/{contract['id']}/agree")
    assert (again.status_code, slug(again)) == (409, "contract-state")


async def test_a_press_that_found_nothing_to_do_undoes_nothing_when_it_comes_again(harness: Harness) -> None:
    centre = await open_centre(harness)
    path = f"/contracts/{(await running(centre))['id']}"
    for key in ("first", "second"):
        assert (await centre.me("aoi", "POST", f"{path}/agree", key=key)).status_code == 200
    assert (await centre.me("aoi", "POST", f"{path}/end", {})).json()["ending"] is True
    again = await centre.me("aoi", "POST", f"{path}/agree", key="second")
    assert (again.status_code, again.json()["ending"]) == (200, True)
    anew = await centre.me("aoi", "POST", f"{path}/agree", key="third")
    assert anew.json()["ending"] is False


async def test_where_both_must_agree_to_a_renewal_it_lapses_when_one_does_not(harness: Harness) -> None:
    centre = await open_centre(harness, renewal="agreed")
    kept, lapsed = await running(centre), await running(centre, "ren")
    for contract, who in ((kept, "aoi"), (lapsed, None)):
        await centre.staff("POST", f"/contracts/{contract['id']}/agree")
        if who:
            await centre.me(who, "POST", f"/contracts/{contract['id']}/agree")
    at(centre, "2027-06-01T07:00")
    (renewed,) = await published(centre, "renewed", 1)
    (ended,) = await published(centre, "ended", 1)
    assert (renewed.data["contract_id"], ended.data["contract_id"]) == (kept["id"], lapsed["id"])


async def test_a_contract_is_seen_by_its_worker_alone(harness: Harness) -> None:
    centre = await open_centre(harness)
    contract = await running(centre)
    await centre.worker("ren")
    for path in ("", "/agree", "/end"):
        method = "POST" if path else "GET"
        answer = await centre.me("ren", method, f"/contracts/{contract['id']}{path}")
        assert answer.status_code == 404
    assert (await centre.me("ren", "GET", "/contracts")).json()["data"] == []


@pytest.mark.parametrize("starts_on", ["2026-02-30", "2029-01-01"])
async def test_a_day_that_cannot_be_is_refused(harness: Harness, starts_on: str) -> None:
    centre = await open_centre(harness)
    who = await centre.worker("aoi")
    answer = await centre.staff("POST", "/contracts", {"resident_id": who, "starts_on": starts_on})
    assert answer.status_code == 422
