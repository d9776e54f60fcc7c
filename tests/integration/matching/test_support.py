"""Support programmes: staff upload rules and put them in force, residents are guided, and what they say stays theirs."""

import hashlib
import json
from typing import Any

from shared.ids import new_ulid
from tests.integration.matching.conftest import Town
from tests.unit.matching.support.made import FACTS, a_condition, a_programme, amount, plain_rules

RULES, ME = "/matching/v1/support-rules", "/matching/v1/me/support"
LOST = a_condition({"fact": "lost_job"}, valid_from="2020-01-01", valid_until="2099-12-31")


def limit(yen: int) -> dict[str, Any]:
    when = {"compare": {"fact": "income"}, "is": "at_most", "to": amount(yen)}
    return a_condition(when, valid_from="2020-01-01", valid_until="2099-12-31")


def text(*programmes: dict[str, Any], facts: list[dict[str, Any]]) -> bytes:
    return json.dumps(plain_rules(*programmes, facts=facts)).encode()


TWO = text(
    a_programme(LOST, limit(3), id="housing", name="見本の住まいの支援"),
    a_programme(LOST, id="looking", name="見本の求職の支援"),
    facts=[FACTS[0], FACTS[3]],
)


async def uploaded(town: Town, body: bytes = TWO, headers: dict[str, str] | None = None) -> Any:
    return await town.api.post(RULES, content=body, headers={**town.staff, **(headers or {})})


async def in_force(town: Town, body: bytes = TWO) -> str:
    rules_id = (await uploaded(town, body)).json()["id"]
    answer = await town.api.post(f"{RULES}/{rules_id}/activate", headers=town.staff)
    assert answer.json()["active"] is True
    return str(rules_id)


async def says(town: Town, **body: Any) -> Any:
    return await town.api.put(ME, json=body, headers=town.resident())


async def test_faults_are_told_at_their_paths_and_a_good_version_is_numbered_and_never_altered(
    town: Town,
) -> None:
    mixed = a_condition({"compare": {"fact": "income"}, "is": "below", "to": amount(1, per="year")})
    wrong = text(a_programme(mixed), facts=[FACTS[0], FACTS[3]])
    for language, word in (("ja", "種類のちがうもの"), ("en", "different kinds")):
        answer = await uploaded(town, wrong, {"Accept-Language": language})
        assert answer.status_code == 422
        told = {error["field"]: error["message"] for error in answer.json()["errors"]}
        assert set(told) == {"facts.0.id", "programmes.0.conditions.0.when.to"}
        assert word in told["programmes.0.conditions.0.when.to"]
    assert (await town.api.get(RULES, headers=town.staff)).json()["data"] == []

    # a version is numbered, never altered, and made once per request
    key = new_ulid()
    first, again = [(await uploaded(town, headers={"Idempotency-Key": key})).json() for _ in range(2)]
    assert first == again
    assert (first["number"], first["active"], first["programmes"]) == (
        1, False, ["見本の住まいの支援", "見本の求職の支援"]
    )  # fmt: skip
    assert (await uploaded(town)).json()["number"] == 2
    assert (await town.api.put(f"{RULES}/{first['id']}", headers=town.staff)).status_code == 405
    listed = (await town.api.get(RULES, headers=town.staff)).json()["data"]
    assert [version["number"] for version in listed] == [2, 1]


async def test_what_would_change_is_shown_before_a_version_is_put_in_force(town: Town) -> None:
    await in_force(town)
    higher = text(
        a_programme(LOST, limit(4), id="housing", name="見本の住まいの支援"), facts=[FACTS[0], FACTS[3]]
    )
    new = (await uploaded(town, higher)).json()["id"]
    shown = (await town.api.get(f"{RULES}/{new}/changes", headers=town.staff)).json()
    by_id = {one["programme"]: one for one in shown["differences"]}
    assert set(by_id["housing"]["counted"]) == {"no -> yes", "no -> cannot_say"} & set(
        by_id["housing"]["counted"]
    )
    assert by_id["housing"]["changes"] > 0
    assert by_id["looking"]["gone"]
    tried = await town.api.post(
        f"{RULES}/{new}/try", json={"answers": {"lost_job": True, "income": 4}}, headers=town.staff
    )
    assert [one["result"] for one in tried.json()["results"]] == ["yes"]


async def test_a_resident_is_guided_question_by_question_and_can_take_everything_back(town: Town) -> None:
    empty = (await town.api.get(ME, headers=town.resident())).json()
    assert (empty["rules"], empty["results"], empty["question"]) == (None, [], None)
    assert (await says(town, answers={"lost_job": True})).status_code == 409
    await in_force(town)
    begun = (await town.api.get(ME, headers=town.resident())).json()
    assert {one["result"] for one in begun["results"]} == {"cannot_say"}
    assert (begun["question"]["fact"], begun["question"]["settles"]) == ("lost_job", 1.5)
    after = (await says(town, answers={"lost_job": True})).json()
    assert {one["id"]: one["result"] for one in after["results"]} == {
        "housing": "cannot_say",
        "looking": "yes",
    }
    assert after["question"]["fact"] == "income"
    (because,) = after["results"][1]["because"]
    assert because["source"]["checked_on"] == "2026-10-01"
    passed = (await says(town, not_said=["income"])).json()
    assert (passed["question"], passed["answers"]["income"]["said"]) == (None, "not_said")
    changed = (await says(town, answers={"income": 4})).json()
    assert changed["results"][0]["text"] == "条件に合わないようです"
    assert (await says(town, answers={"income": 5})).status_code == 422
    assert (await says(town, answers={"nobody": True})).status_code == 422

    kept = town.harness.of("matching").core.db["support_answers"]
    document = await kept.find_one({"tenant_id": town.tenant})
    assert document is not None
    assert "lost_job" not in str(document)
    # nor can a body be guessed by what is remembered of it
    bodies = [b'{"answers":{"lost_job":true}}', b'{"not_said":["income"]}', b'{"answers":{"income":4}}']
    remembered = {command["fingerprint"] for command in document["commands"]}
    assert remembered
    assert not remembered & {hashlib.sha256(body).hexdigest()[:40] for body in bodies}
    for _ in range(2):
        assert (await town.api.delete(ME, headers=town.resident())).status_code == 204
    assert await kept.count_documents({"tenant_id": town.tenant}) == 0
    assert (await town.api.get(ME, headers=town.resident())).json()["answers"] == {}


async def test_what_is_said_here_changes_no_proposal_and_stays_with_one_municipality(
    towns: tuple[Town, Town],
) -> None:
    town, other = towns
    company = await town.company()
    for wage in (1000, 1100, 1200):
        await town.offer(company["id"], hourly_wage_yen=wage)
    rules_id = await in_force(town)
    before = await town.slate(size=3)
    await says(town, answers={"lost_job": True, "income": 0})
    after = await town.slate(size=3)
    told = [
        {offer["offer_id"]: (offer["score"], offer["reasons"]) for offer in slate["offers"]}
        for slate in (before, after)
    ]
    assert told[0] == told[1]
    assert (await other.api.get(f"{RULES}/{rules_id}", headers=other.staff)).status_code == 404
    assert (await other.api.post(f"{RULES}/{rules_id}/activate", headers=other.staff)).status_code == 404
    assert (await other.api.get(ME, headers=other.resident())).json()["rules"] is None
