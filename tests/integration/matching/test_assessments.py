"""How work goes, from both sides, over the API; and what comes of it: a reason to talk, and nothing else."""

import asyncio
from datetime import timedelta
from typing import Any

from services.matching.store import KEPT
from shared.clock import Clock
from shared.retention import Forgetting
from tests.harness import a_tenant
from tests.integration.matching.centre import ASSESSMENTS, HIGH, enrolled, look, wish
from tests.integration.matching.conftest import LARGE, SMALL, Town

SUGGESTIONS = "/matching/v1/step-up-suggestions"


async def suggested(town: Town) -> list[dict[str, Any]]:
    answer = await town.api.get(SUGGESTIONS, headers=town.staff)
    return list(answer.json()["data"])


async def of_worker(town: Town, name: str = "one") -> dict[str, Any]:
    return dict((await town.api.get(ASSESSMENTS, headers=town.resident(name))).json())


async def of_staff(town: Town, name: str = "one") -> dict[str, Any]:
    path = f"/matching/v1/workers/{town.resident_id(name)}/assessments"
    return dict((await town.api.get(path, headers=town.staff)).json())


async def stored(town: Town) -> str:
    db = town.harness.of("matching").core.db
    found = []
    for name in ("assessments", "growths", "step_ups"):
        found += await db[name].find({"tenant_id": town.tenant}).to_list(None)
    return repr(found)


async def test_each_side_says_its_own_and_the_worker_reads_all_but_the_notes(town: Town) -> None:
    await enrolled(town, "one")
    lower = {**HIGH, "habits-1": 1, "habits-2": 1, "habits-3": 1}
    own = (await look(town, "self", answers=lower, message="チャットが助かっています")).json()
    seen = (await look(town, "staff", message="見直しがていねいです", note="内部の記録")).json()
    assert [(await look(town, who)).status_code for who in ("self", "staff")] == [409, 409]

    at_staff = f"/matching/v1/workers/{town.resident_id()}/assessments"
    path = f"{at_staff}/{seen['id']}/corrections"
    again = {"answers": HIGH, "message": "ことばを直しました"}
    assert (await town.api.post(path, json=again, headers=town.staff)).status_code == 422
    body = {**again, "why": "別の月とまちがえました"}
    assert (await town.api.post(path, json=body, headers=town.staff)).status_code == 201
    for where, headers in (
        (f"{at_staff}/{own['id']}/corrections", town.staff),
        (f"{ASSESSMENTS}/{seen['id']}/corrections", town.resident()),
    ):
        sent = body if headers == town.staff else again
        answer = await town.api.post(where, json=sent, headers=headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "own-words")

    read = await of_worker(town)
    said = {one["kind"]: one["said"] for one in read["assessments"]}
    assert [s["message"] for s in said["staff"]] == ["見直しがていねいです", "ことばを直しました"]
    assert [s["why"] for s in said["staff"]] == [None, "別の月とまちがえました"]
    assert not {"by", "note"} & said["staff"][0].keys()
    assert read["differences"] == [{**read["differences"][0], "axis": "habits", "own": 1.0, "staff": 4.0}]
    full = {one["kind"]: one["said"] for one in (await of_staff(town))["assessments"]}
    assert full["staff"][0]["note"] == "内部の記録"
    assert full["staff"][0]["by"].startswith("staff:")
    kept = await stored(town)
    assert not any(text in kept for text in ("チャット", "ていねい", "内部", "別の月"))


async def test_a_next_step_is_suggested_to_staff_first_and_changes_nothing_else(town: Town) -> None:
    await enrolled(town, "one")
    db = town.harness.of("matching").core.db
    before = await db["workers"].find({"tenant_id": town.tenant}).to_list(None)
    for ago in (1, 0):
        for who in ("self", "staff"):
            assert (await look(town, who, ago)).status_code == 201
    assert await suggested(town) == [], "nobody has wished for it"
    assert (await wish(town, True))["talk"] is None, "staff hear of it first"
    (found,) = await suggested(town)
    assert (found["resident_id"], found["state"]) == (town.resident_id(), "open")

    one = f"{SUGGESTIONS}/{found['id']}"
    told = await town.api.post(f"{one}/pass-on", json={"message": "よければ話しましょう"}, headers=town.staff)
    assert told.json()["state"] == "passed_on"
    assert (await of_worker(town))["talk"]["message"] == "よければ話しましょう"
    assert (await wish(town, False))["talk"] is None
    assert await suggested(town) == []
    aside = await town.api.post(f"{one}/set-aside", json={"note": "記録"}, headers=town.staff)
    assert aside.json()["type"].rpartition("/")[2] == "suggestion-closed"
    await wish(town, True)
    assert await suggested(town) == [], "once for a month"

    assert await db["workers"].find({"tenant_id": town.tenant}).to_list(None) == before
    published = await town.harness.published("matching")
    ids = {"resident_id", "assessment_id", "kind", "suggestion_id"}
    assert all(event.data.keys() <= ids for event in published)
    kinds = [event.type for event in published]
    assert kinds.count("banso.matching.step_up.suggested.v1") == 1
    assert set(kinds) == {"banso.matching.step_up.suggested.v1", "banso.matching.assessment.recorded.v1"}


async def test_two_who_look_at_once_miss_nothing_of_each_other(town: Town) -> None:
    names = [f"w{n}" for n in range(4)]
    await enrolled(town, *names)
    for name in names:
        await wish(town, True, name)
        await look(town, "self", 1, name)
        await look(town, "staff", 1, name)
    await asyncio.gather(*(look(town, who, 0, name) for name in names for who in ("self", "staff")))
    assert sorted(s["resident_id"] for s in await suggested(town)) == sorted(map(town.resident_id, names))


async def test_a_municipality_may_want_no_suggestions_and_nobody_else_gets_in(
    towns: tuple[Town, Town],
) -> None:
    town, other = towns
    matching = {"exploration": 0, "step_up": None}
    await town.harness.declare(
        a_tenant("sample-a", municipality_code=LARGE, neighbouring_areas=[SMALL], matching=matching)
    )
    await enrolled(town, "one")
    await wish(town, True)
    for ago in (1, 0):
        for who in ("self", "staff"):
            await look(town, who, ago)
    assert await suggested(town) == []
    path = f"/matching/v1/workers/{town.resident_id()}/assessments"
    assert (await town.api.get(path, headers=other.staff)).status_code == 404
    assert (await town.api.get(path, headers=town.resident())).status_code == 403
    assert (await town.api.get(ASSESSMENTS, headers=town.resident("stranger"))).status_code == 404


async def test_what_is_long_past_is_forgotten(town: Town) -> None:
    await enrolled(town, "one")
    await wish(town, True)
    for ago in (1, 0):
        for who in ("self", "staff"):
            await look(town, who, ago)
    (standing,) = await suggested(town)
    core = town.harness.of("matching").core

    later = Clock()
    later.shift = timedelta(days=1096)
    forgetting = Forgetting(core.db, core.registry, later, KEPT)
    await forgetting.once()
    full = await of_staff(town)
    assert full["assessments"] == []
    assert [s["id"] for s in full["suggestions"]] == [standing["id"]], "what stands is still in use"
    await wish(town, False)
    await forgetting.once()
    assert (await of_staff(town))["suggestions"] == []
