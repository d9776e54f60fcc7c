"""A resident's own journey by API: answers, proposals with reasons, interest and taking it back."""

from typing import Any

from services.matching.questionnaire import BY_ID
from tests.harness import eventually
from tests.integration.matching.conftest import FAR, SMALL, Town

ME = "/matching/v1/me/questionnaire"
SLATES, INTERESTS = "/matching/v1/me/slates", "/matching/v1/me/interests"
EVENINGS = [{"weekdays": [0, 1, 2, 3, 4], "start": "19:00", "end": "25:00"}]


async def events(town: Town, kind: str) -> list[dict[str, Any]]:
    return [e.data for e in await town.harness.published("matching", f"banso.matching.{kind}.v1")]


async def test_the_items_are_shown_to_anybody_at_a_municipalitys_address(town: Town) -> None:
    items = (await town.api.get("/matching/v1/questionnaire")).json()["items"]
    assert [item["id"] for item in items] == list(BY_ID)
    elsewhere = {"Host": "nowhere.localhost"}
    assert (await town.api.get("/matching/v1/questionnaire", headers=elsewhere)).status_code == 404
    assert (
        await town.api.get("/matching/v1/questionnaire", headers={**elsewhere, **town.staff})
    ).status_code == 200


async def test_answers_are_kept_and_completed_once(town: Town) -> None:
    empty = await town.api.get(ME, headers=town.resident())
    assert (empty.json()["answered"], empty.headers["etag"]) == (0, '"0"')
    await town.answers(answers={"balance-1": 5, "reward-1": None})
    kept = (await town.api.get(ME, headers=town.resident())).json()
    assert (kept["answered"], kept["skipped"], kept["completed_at"]) == (1, 1, None)
    await town.answers(answers=dict.fromkeys(BY_ID, 3))
    done = await town.answers(answers={"balance-1": 5}, finish=True)
    assert done["completed_at"] is not None
    assert done["profile"]["leading"] == ["balance"]
    marker = await town.company()

    async def announced() -> list[dict[str, Any]]:
        return await events(town, "company.registered")

    await eventually(announced, until=lambda found: {"company_id": marker["id"]} in found)
    assert await events(town, "questionnaire.completed") == [
        {"resident_id": town.resident_id(), "questionnaire_id": done["id"], "answered": 34, "skipped": 0}
    ]


async def test_a_version_that_has_moved_on_is_not_overwritten(town: Town) -> None:
    headers = town.resident()
    first = await town.api.put(ME, json={"answers": {"balance-1": 5}}, headers={**headers, "If-Match": '"0"'})
    assert first.headers["etag"] == '"1"'
    stale = await town.api.put(ME, json={"answers": {"balance-1": 1}}, headers={**headers, "If-Match": '"0"'})
    assert stale.status_code == 412
    odd = await town.api.put(ME, json={}, headers={**headers, "If-Match": "three"})
    assert odd.status_code == 422
    assert (await town.api.get(ME, headers=headers)).json()["answers"] == {"balance-1": 5}


async def test_wishes_beyond_the_declared_areas_are_refused(town: Town) -> None:
    answer = await town.api.put(ME, json={"wishes": {"areas": [town.code, FAR]}}, headers=town.resident())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "wishes.areas.1"
    unknown = await town.api.put(ME, json={"answers": {"family-1": 3}}, headers=town.resident())
    assert unknown.json()["errors"][0]["field"] == "answers.family-1"


async def test_proposals_keep_to_the_wishes_and_say_why(town: Town) -> None:
    company = await town.company()
    night = [{"weekdays": [0, 2, 4], "start": "20:00", "end": "25:00"}]
    near = await town.offer(
        company["id"],
        title="となりの夜",
        municipality_code=SMALL,
        hours=night,
        hourly_wage_yen=1300,
        values={"balance": 0.9},
    )
    home = await town.offer(
        company["id"], title="夜", hours=night, hourly_wage_yen=1150, values={"balance": 0.2}
    )
    day = await town.offer(
        company["id"], hours=[{"weekdays": [0], "start": "09:00", "end": "17:00"}], hourly_wage_yen=1300
    )
    cheap = await town.offer(company["id"], hours=night, hourly_wage_yen=1000)
    far = await town.imported(home, FAR)
    shut = await town.offer(company["id"], hours=night, hourly_wage_yen=1300)
    await town.api.post(
        f"/matching/v1/offers/{shut['id']}/close", json={"reason": "filled"}, headers=town.staff
    )
    await town.answers(answers={"balance-1": 5}, wishes={"hours": EVENINGS, "wage_floor": 1100})

    slate = await town.slate()
    assert [(o["offer_id"], o["area"]) for o in slate["offers"]] == [
        (near["id"], "neighbouring"),
        (home["id"], "home"),
    ]
    for offer in slate["offers"]:
        assert sum(reason["contribution"] for reason in offer["reasons"]) == offer["score"]
    assert "「自分の時間との両立」に合いそう" in slate["offers"][0]["reasons"][0]["text"]
    assert slate["offers"][0]["mismatch"]["term"] == "area.neighbouring"
    assert slate["offers"][1]["mismatch"]["term"] == "values.balance"

    read = await town.api.get(f"{SLATES}/{slate['id']}", headers=town.resident())
    assert read.json() == slate
    staff = (await town.api.get(f"/matching/v1/slates/{slate['id']}", headers=town.staff)).json()
    assert {e["offer_id"]: e["obstacles"] for e in staff["excluded"]} == {
        day["id"]: ["hours"], cheap["id"]: ["wage"], far: ["area"], shut["id"]: ["closed", "places"],
    }  # fmt: skip

    async def proposed() -> list[dict[str, Any]]:
        return await events(town, "slate.proposed")

    (event,) = await eventually(proposed)
    assert event == {
        "resident_id": town.resident_id(), "slate_id": slate["id"], "offers": [near["id"], home["id"]], "test": False,
    }  # fmt: skip


async def test_a_repeated_request_gives_the_same_slate_although_offers_have_changed(town: Town) -> None:
    company = await town.company()
    await town.offer(company["id"])
    headers = {**town.resident(), "Idempotency-Key": "s1"}
    first = await town.api.post(SLATES, headers=headers)
    await town.offer(company["id"])
    again = await town.api.post(SLATES, headers=headers)
    assert first.json() == again.json()
    assert len((await town.slate(size=20))["offers"]) == 2


async def test_a_slate_is_its_residents_own(towns: tuple[Town, Town]) -> None:
    large, small = towns
    slate = await large.slate()
    own = f"{SLATES}/{slate['id']}"
    assert (await large.api.get(own, headers=large.resident("two"))).status_code == 404
    assert (await large.api.get(own, headers=large.staff)).status_code == 403
    assert (await small.api.get(own, headers=small.resident())).status_code == 404
    assert (await small.api.get(f"/matching/v1/slates/{slate['id']}", headers=small.staff)).status_code == 404
    assert (
        await large.api.get(f"/matching/v1/slates/{slate['id']}", headers=large.resident())
    ).status_code == 403


async def test_what_is_put_aside_is_proposed_no_more_until_it_is_taken_back(town: Town) -> None:
    company = await town.company()
    kept, aside = [await town.offer(company["id"]) for _ in range(2)]
    said = await town.says(aside["id"], "not_interested")
    assert said.status_code == 201
    assert [o["offer_id"] for o in (await town.slate())["offers"]] == [kept["id"]]
    path = f"{INTERESTS}/{said.json()['id']}"
    assert (await town.api.delete(path, headers=town.resident("two"))).status_code == 404
    for _ in range(2):
        assert (await town.api.delete(path, headers=town.resident())).status_code == 204
    assert {o["offer_id"] for o in (await town.slate())["offers"]} == {kept["id"], aside["id"]}
    assert await events(town, "interest.expressed") == []


async def test_the_same_interest_stands_once_and_may_be_said_again_after_it_was_taken_back(
    town: Town,
) -> None:
    offer = await town.offer((await town.company())["id"])
    first = await town.says(offer["id"], "save", "k1")
    again = await town.says(offer["id"], "save", "k2")
    repeated = await town.says(offer["id"], "save", "k1")
    assert first.json() == again.json() == repeated.json()
    await town.api.delete(f"{INTERESTS}/{first.json()['id']}", headers=town.resident())
    anew = await town.says(offer["id"], "save", "k3")
    assert anew.json()["id"] != first.json()["id"]
    standing = (await town.api.get(INTERESTS, headers=town.resident())).json()["data"]
    assert [interest["id"] for interest in standing] == [anew.json()["id"]]

    async def told() -> tuple[int, int]:
        return len(await events(town, "interest.expressed")), len(await events(town, "interest.withdrawn"))

    assert await eventually(told, until=lambda n: n == (2, 1)) == (2, 1)


async def test_interest_in_a_closed_offer_is_refused_unless_it_was_there_before(town: Town) -> None:
    offer = await town.offer((await town.company())["id"])
    first = await town.says(offer["id"], "apply", "k1")
    await town.api.post(
        f"/matching/v1/offers/{offer['id']}/close", json={"reason": "filled"}, headers=town.staff
    )
    assert (await town.says(offer["id"], "apply", "k1")).json() == first.json()
    late = await town.says(offer["id"], "ask")
    assert late.status_code == 409
    assert late.json()["type"].endswith("/offer-closed")


async def test_another_municipalitys_offer_cannot_be_spoken_to(towns: tuple[Town, Town]) -> None:
    large, small = towns
    offer = await large.offer((await large.company())["id"])
    assert (await small.says(offer["id"], "save")).status_code == 404
