"""Looking, learning, making a slate again, and asking why an offer is missing: over HTTP, with real servers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.matching.engine.off_policy import Logged
from services.matching.estimating import log_of
from services.matching.refitting import Refitting
from services.matching.store import Store, open_store
from shared.ids import derived_id
from tests.harness import a_tenant, eventually
from tests.integration.matching.conftest import LARGE, SMALL, Town

SLATES = "/matching/v1/slates"
RESIDENTS = [f"person-{n}" for n in range(6)]


@pytest.fixture
def by_hand() -> tuple[str, ...]:
    return ("refitting",)


def store_of(town: Town) -> Store:
    core = town.harness.of("matching").core
    return open_store(core.db, core.outbox, core.sealer)


async def looks(town: Town, offer_id: str, name: str = "one") -> int:
    answer = await town.api.post(f"/matching/v1/me/offers/{offer_id}/views", headers=town.resident(name))
    return answer.status_code


async def refit(town: Town) -> int:
    """What the worker does at its next look."""
    core = town.harness.of("matching").core
    return await Refitting(core.db, core.registry, store_of(town), core.clock, 60, 0).once()


async def noted(town: Town, name: str) -> list[tuple[str, str]]:
    done = await store_of(town).interactions.of_resident(town.tenant, town.resident_id(name))
    return sorted((one.offer_id, one.deed) for one in done)


async def a_town_with_tastes(town: Town) -> list[str]:
    """Six residents who look at, and some of whom ask for, the same two of four offers. Returns the offers."""
    company = await town.company()
    offers = [(await town.offer(company["id"], title=f"見本{n}"))["id"] for n in range(4)]
    for number, name in enumerate(RESIDENTS):
        for offer in offers[:2] if number % 2 else offers[2:]:
            assert await looks(town, offer, name) == 204
    return offers


async def test_a_look_counts_once_a_day_and_only_for_who_allows_it(towns: tuple[Town, Town]) -> None:
    town, other = towns
    offer = (await town.offer((await town.company())["id"]))["id"]
    assert [await looks(town, offer), await looks(town, offer)] == [204, 204]
    assert await noted(town, "one") == [(offer, "view")]
    assert await looks(other, offer) == 404
    assert (
        await town.api.post(f"/matching/v1/me/offers/{offer}/views", headers=town.staff)
    ).status_code == 403
    await town.answers(wishes={"learning": False})
    second = (await town.offer((await town.company())["id"]))["id"]
    assert await looks(town, second) == 204
    assert await noted(town, "one") == []  # nor is what was looked at before kept


async def test_proposals_from_looks_go_with_the_looks_and_a_save_beside_the_switch_is_not_lost(
    town: Town,
) -> None:
    offers = await a_town_with_tastes(town)
    await refit(town)
    await looks(town, offers[0])

    async def behind() -> Any:
        slate = await town.slate()
        kept = (
            await town.harness.of("matching")
            .core.db["slates"]
            .find_one({"_id": slate["id"], "tenant_id": town.tenant})
        )
        return kept["seeker"]["history"] if kept else {}

    assert offers[0] in await eventually(behind)
    plain = (await town.slate("nobody"))["id"]
    answers = {"answers": {"balance-1": 5}}
    path, me = "/matching/v1/me/questionnaire", town.resident()
    saved, off = await asyncio.gather(
        town.api.put(path, headers=me, json=answers),
        town.api.put(path, headers=me, json={"wishes": {"learning": False}}),
    )
    assert (saved.status_code, off.status_code) == (200, 200)
    assert await noted(town, "one") == []
    theirs = {"tenant_id": town.tenant, "resident_id": town.resident_id("one")}
    left = town.harness.of("matching").core.db["slates"].find(theirs)
    assert [
        s["seeker"].get("history", {}) for s in await left.to_list(None) if s["seeker"].get("history")
    ] == []
    assert (await town.api.get(f"{SLATES}/{plain}", headers=town.staff)).status_code == 200


async def test_what_is_said_to_an_offer_is_noted_and_what_is_taken_back_is_not(town: Town) -> None:
    offer = (await town.offer((await town.company())["id"]))["id"]
    said = (await town.says(offer, "experience")).json()

    async def known() -> list[tuple[str, str]]:
        return await noted(town, "one")

    assert await eventually(known) == [(offer, "book")]
    await town.api.delete(f"/matching/v1/me/interests/{said['id']}", headers=town.resident())
    await eventually(known, until=lambda found: found == [])


async def test_a_municipality_learns_from_its_own_residents_and_no_other(towns: tuple[Town, Town]) -> None:
    town, other = towns
    offers = await a_town_with_tastes(town)
    await other.offer((await other.company())["id"])
    assert await refit(town) == 1
    assert await refit(town) == 0
    published = await town.harness.published("matching", "banso.matching.model.published.v1")
    store = store_of(town)
    latest = await store.models.latest(town.tenant)
    assert latest is not None
    assert await store.models.latest(other.tenant) is None
    model = await store.models.of_hash(town.tenant, latest.hash)
    assert model.offers == tuple(sorted(offers))
    assert {event.tenantid for event in published} <= {town.tenant}

    await looks(town, offers[0], "new")

    async def proposed() -> list[str]:
        return [offer["offer_id"] for offer in (await town.slate("new"))["offers"]]

    # the announcement travels to the process that proposes
    assert (await eventually(proposed, until=lambda found: set(found[:1]) == {offers[1]}))[0] == offers[1]


async def test_a_slate_is_made_again_to_the_bit_although_everything_has_changed(town: Town) -> None:
    offers = await a_town_with_tastes(town)
    await refit(town)
    await town.answers(answers={"balance-1": 5}, wishes={"wage_floor": None, "skills": ["食品"]})
    await looks(town, offers[0])
    slate = await town.slate()
    await town.api.post(
        f"/matching/v1/offers/{offers[0]}/close", json={"reason": "filled"}, headers=town.staff
    )
    await town.offer((await town.company())["id"], values={"balance": 1.0})
    for name in RESIDENTS:
        await looks(town, offers[3], name)
    await refit(town)
    answer = await town.api.get(f"{SLATES}/{slate['id']}/replay", headers=town.staff)
    assert answer.json() == {"slate_id": slate["id"], "identical": True, "whole": True, "differences": []}
    later = await town.slate()
    assert (await town.api.get(f"{SLATES}/{later['id']}/replay", headers=town.staff)).json()["identical"]
    staff = (await town.api.get(f"{SLATES}/{later['id']}", headers=town.staff)).json()
    assert [place["propensity"] for place in staff["places"]] == [1.0] * len(staff["offers"])
    core = town.harness.of("matching").core
    await core.db["slates"].update_one(
        {"_id": slate["id"], "tenant_id": town.tenant}, {"$set": {"proposals.0.score": 1}}
    )
    forged = (await town.api.get(f"{SLATES}/{slate['id']}/replay", headers=town.staff)).json()
    assert forged["identical"] is False
    assert forged["differences"][0].startswith("score of ")


async def test_why_not_this_one_is_answered_for_any_offer(towns: tuple[Town, Town]) -> None:
    town, other = towns
    company = (await town.company())["id"]
    good = (await town.offer(company, values={"balance": 0.9}))["id"]
    less = (await town.offer(company, values={"balance": 0.2}))["id"]
    cheap = (await town.offer(company, hourly_wage_yen=900, values={"balance": 1.0}))["id"]
    await town.answers(answers={"balance-1": 5})
    slate = await town.slate(size=1)
    assert [o["offer_id"] for o in slate["offers"]] in ([good], [cheap])
    path = f"{SLATES}/{slate['id']}/why-not"
    missed = (await town.api.get(f"{path}/{less}", headers=town.staff)).json()
    assert missed["last_offer_id"] == slate["offers"][0]["offer_id"]
    assert missed["terms"][0]["term"] == "values.balance"
    assert missed["terms"][0]["contribution"] < missed["terms"][0]["last_contribution"]
    shown = (await town.api.get(f"{path}/{slate['offers'][0]['offer_id']}", headers=town.staff)).json()
    assert shown["rank"] == 1
    await town.answers(wishes={"wage_floor": 1000})
    barred = (await town.slate())["id"]
    found = (await town.api.get(f"{SLATES}/{barred}/why-not/{cheap}", headers=town.staff)).json()
    assert (found["obstacles"], found["texts"]) == (["wage"], ["希望の時給に届きません"])
    unknown = derived_id("ofr", "nobody")
    assert (await town.api.get(f"{path}/{unknown}", headers=town.staff)).status_code == 404
    assert (await other.api.get(f"{path}/{less}", headers=other.staff)).status_code == 404
    assert (await town.api.get(f"{path}/{less}", headers=town.resident())).status_code == 403


async def test_a_municipality_that_turns_learning_off_keeps_no_looks_and_uses_no_model(town: Town) -> None:
    offers = await a_town_with_tastes(town)
    await refit(town)
    off = a_tenant(
        "sample-a", municipality_code=LARGE, neighbouring_areas=[SMALL],
        matching={"learning": False, "exploration": 0, "exposure": 0, "reciprocal": False},
    )  # fmt: skip
    await town.harness.declare(off)
    assert await looks(town, offers[0], "late") == 204
    assert await noted(town, "late") == []
    assert await refit(town) == 0
    slate = await town.slate(RESIDENTS[0])
    terms = {reason["term"] for offer in slate["offers"] for reason in offer["reasons"]}
    assert terms == {"area.home"}
    staff = (await town.api.get(f"{SLATES}/{slate['id']}", headers=town.staff)).json()
    assert staff["model_hash"] is None


async def test_exploration_is_written_down_with_its_probability(town: Town) -> None:
    await town.harness.declare(
        a_tenant(
            "sample-a", municipality_code=LARGE, neighbouring_areas=[SMALL], matching={"exploration": 0.1}
        )
    )
    company = (await town.company())["id"]
    for number in range(4):
        await town.offer(company, values={"balance": number / 4})
    await town.answers(answers={"balance-1": 5})
    slate = await town.slate(size=2)
    staff = (await town.api.get(f"{SLATES}/{slate['id']}", headers=town.staff)).json()
    likely = {False: [0.9 + 0.1 / 4, 0.9 + 0.1 / 3], True: [0.1 / 4, 0.1 / 3]}
    for number, place in enumerate(staff["places"]):
        assert abs(place["propensity"] - likely[place["drawn"]][number]) < 1e-9
    replayed = (await town.api.get(f"{SLATES}/{slate['id']}/replay", headers=town.staff)).json()
    assert replayed["identical"]


async def test_a_policy_is_judged_by_the_slates_that_were_shown(town: Town) -> None:
    company = (await town.company())["id"]
    offer = (await town.offer(company))["id"]
    await town.slate()
    await town.says(offer, "save")
    core = town.harness.of("matching").core
    now = core.clock.now()

    async def log() -> list[list[Logged]]:
        until = core.clock.now()
        return await log_of(store_of(town), town.tenant, lambda p: p, now - timedelta(days=1), until)

    found = await eventually(
        log, until=lambda slates: [[one.reward for one in slate] for slate in slates] == [[1.0]]
    )
    assert (found[0][0].logged, found[0][0].new) == (1.0, 1.0)
