"""Lists of companies and offers, carried in and out; profiles of occupations that offers inherit."""

from pathlib import Path
from typing import Any

import pytest

from tests.harness import Harness, eventually
from tests.integration.matching.importing import HOME, NEIGHBOUR, A, B, Desk, advert, kjno, open_desk
from tests.unit.matching.hellowork.samples import xml

COMPANIES = f"企業番号,企業名,市区町村コード,連絡先メール\nK1,見本製作所,{HOME},jobs@sample.example\nK2,見本商店,{HOME},\n"
OFFERS = (
    "source_id,company_key,kind,title,municipality_code,values,occupation_code,hours\n"
    f"A-1,K1,job,見本の組み立て,{HOME},balance=1,072-01,月火 9:00-12:00\n"
    f"A-2,K2,trial_work,見本の店番,{NEIGHBOUR},,,\n"
    f"A-3,K9,job,見本,{HOME},,,\n"
    f"A-4,K1,job,,{HOME},,,\n"
)
PROFILES = (
    "職業名,厚生労働省職業分類,現実的,達成感,私生活との両立\n"
    "パンの仕込み（見本）,12_072-01,5,3,1\n配達（見本）,075-02,x,,\n"
)


@pytest.fixture
async def desk(harness: Harness, tmp_path: Path) -> Desk:
    return await open_desk(harness, tmp_path)


async def test_lists_are_carried_in_and_what_is_carried_out_changes_nothing_when_it_comes_back(
    desk: Desk,
) -> None:
    assert (await desk.send("companies", COMPANIES.encode("cp932")))["counts"] == {"new": 2}
    dry = await desk.send("offers", OFFERS.encode(), dry_run=True)
    assert (dry["counts"], await desk.offers()) == ({"refused": 2, "new": 2}, {})
    run = await desk.send("offers", OFFERS.encode())
    assert (run["counts"], run["read"], run["faulty"]) == (dry["counts"], 4, 2)
    assert await desk.faults(run["id"]) == [
        (4, "企業番号", "unknown_company", True),
        (5, "仕事の名前", "missing", True),
    ]
    offers = await desk.offers()
    assert {number: offer["state"] for number, offer in offers.items()} == {
        "A-1": "published",
        "A-2": "published",
    }
    assert (offers["A-2"]["lat"], offers["A-1"]["own"]["count"]) == (35.6, 1)
    await desk.send("hellowork", xml(advert(1, mihon_ran="見本の欄")))
    rows = (await desk.ask("GET", "/exports/offers", params={"format": "json"})).json()
    assert [("mihon_ran=見本の欄" in row["unread"], row["unread"] == "") for row in rows].count(
        (True, False)
    ) == 1
    for what, kind in (("companies", "csv"), ("companies", "json"), ("offers", "csv"), ("offers", "json")):
        out = await desk.ask("GET", f"/exports/{what}", params={"format": kind})
        assert out.headers["content-disposition"] == f'attachment; filename="{what}.{kind}"'
        media = {"Content-Type": "application/json" if kind == "json" else "text/csv"}
        answer = await desk.ask("POST", f"/imports/{what}", content=out.content, headers=media)
        assert (await desk.ended(answer.json()["id"]))["counts"] == {"unchanged": 3}
    renamed = COMPANIES.replace("見本商店", "見本商店（新）").encode()
    assert (await desk.send("companies", renamed))["counts"] == {"unchanged": 1, "changed": 1}
    moved = OFFERS.replace(f"見本の店番,{NEIGHBOUR}", f"見本の店番,{HOME}").encode()
    assert (await desk.send("offers", moved))["counts"] == {"refused": 2, "unchanged": 1, "changed": 1}
    assert (await desk.offers())["A-2"]["lat"] == 35.5


async def test_in_another_municipality_all_stands_as_it_stood_and_nothing_opens_that_was_not_open(
    desk: Desk,
) -> None:
    waiting = (
        f"企業番号,企業名,市区町村コード,会社の説明,登録の状態\nK2,見本商店,{HOME},見本を売ります,waiting\n"
    )
    await desk.send("companies", waiting.encode())
    await desk.send("companies", "".join(COMPANIES.splitlines(keepends=True)[:2]).encode())
    states = {"A-1": "published", "A-2": "draft", "A-3": "closed", "A-4": "paused"}
    head = "source_id,company_key,kind,title,municipality_code,industry_code,state,closed_on,workplace_id\n"
    rows = (
        f"{n},K1,job,見本,{HOME},E09,{s},{'2026-11-01' * (s == 'closed')},wpl_elsewhere\n"
        for n, s in states.items()
    )
    await desk.send("offers", (head + "".join(rows) + f"B-1,K2,job,見本,{HOME},,,,\n").encode())
    assert {offer["workplace_id"] for offer in (await desk.offers()).values()} == {None}
    for what in ("companies", "offers"):
        out = (await desk.ask("GET", f"/exports/{what}")).content
        begun = (await desk.ask("POST", f"/imports/{what}", content=out, tenant=B)).json()

        async def look(path: str = f"/imports/{begun['id']}") -> dict[str, Any]:
            return dict((await desk.ask("GET", path, tenant=B)).json())

        ended = await eventually(look, until=lambda run: run["state"] != "running")
        assert ended["counts"] == {"new": 2 if what == "companies" else 5}
    db = desk.started.core.db
    found = {o["source_id"]: o for o in await db["offers"].find({"tenant_id": B}).to_list(None)}
    assert {number: offer["state"] for number, offer in found.items()} == {**states, "B-1": "draft"}
    assert {found[number]["industry_code"] for number in states} == {"E09"}
    companies = (await desk.ask("GET", "/companies", tenant=B)).json()["data"]
    assert {(c["name"], c["about"], c["standing"]) for c in companies} == {
        ("見本製作所", "", "approved"),
        ("見本商店", "見本を売ります", "waiting"),
    }


async def test_two_rows_that_mean_the_same_by_number_and_by_id_are_taken_once(desk: Desk) -> None:
    await desk.send("companies", COMPANIES.encode())
    await desk.send("offers", OFFERS.encode())
    (first,) = [c for c in (await desk.ask("GET", "/companies")).json()["data"] if c["name"] == "見本製作所"]
    again = COMPANIES.replace("見本製作所", "見本製作所（新）") + f"{first['id']},見本工業,{HOME},\n"
    run = await desk.send("companies", again.encode())
    assert (run["state"], run["counts"]) == ("finished", {"changed": 1, "unchanged": 1, "refused": 1})
    assert await desk.faults(run["id"]) == [(4, "企業番号", "twice", True)]
    offer = (await desk.offers())["A-1"]["_id"]
    said = OFFERS.splitlines()[1].replace("見本の組み立て", "見本の検査")
    rows = [OFFERS.splitlines()[0], said, said.replace("A-1", offer).replace("検査", "梱包")]
    run = await desk.send("offers", "\n".join(rows).encode())
    assert (run["state"], run["counts"]) == ("finished", {"changed": 1, "refused": 1})
    assert (await desk.offers())["A-1"]["title"] == "見本の検査"


async def test_a_companys_new_name_reaches_its_offers_and_not_those_of_the_employment_service(
    desk: Desk,
) -> None:
    await desk.send("companies", COMPANIES.encode())
    await desk.send("offers", OFFERS.encode())
    await desk.send("hellowork", xml(advert(1)))

    async def name() -> str:
        return str((await desk.offers())["A-1"]["company_name"])

    await desk.send("companies", COMPANIES.replace("見本製作所", "見本製作所（新）").encode())
    await eventually(name, until=lambda now: now == "見本製作所（新）")
    for company in (await desk.ask("GET", "/companies")).json()["data"]:
        said = {"name": f"新しい{company['name']}", "municipality_code": HOME}
        assert (await desk.ask("PUT", f"/companies/{company['id']}", json=said)).is_success
    await eventually(name, until=lambda now: now == "新しい見本製作所（新）")
    due = {"tenant_id": A, "renamed": True}
    await eventually(lambda: desk.started.core.db["companies"].count_documents(due), until=lambda n: n == 0)
    offers = await desk.offers()
    assert offers["A-2"]["company_name"] == "新しい見本商店"
    assert (offers[kjno(1)]["company_name"], offers[kjno(1)]["version"]) == ("サンプル製パン（見本）", 1)
    told = await eventually(desk.told, until=lambda told: told.count("changed") >= 3)
    assert (told.count("published"), told.count("changed")) == (3, 3)


async def test_workplaces_are_carried_out_with_the_companys_own_answers(desk: Desk) -> None:
    await desk.send("companies", COMPANIES.encode())
    company = (await desk.ask("GET", "/companies")).json()["data"][0]
    wanted = {"company_id": company["id"], "name": "見本工場"}
    made = await desk.ask("POST", "/workplaces", json=wanted)
    assert made.status_code == 201, made.text
    (row,) = (await desk.ask("GET", "/exports/workplaces", params={"format": "json"})).json()
    assert (row["name"], row["workplace_id"], row["company_key"] in ("K1", "K2")) == (
        "見本工場",
        made.json()["id"],
        True,
    )


async def test_offers_inherit_from_their_occupation_and_follow_it_when_other_profiles_come(
    desk: Desk,
) -> None:
    await desk.send("companies", COMPANIES.encode())
    await desk.send("offers", OFFERS.encode())
    await desk.send("hellowork", xml(advert(1)))
    assert (await desk.ask("GET", "/occupations")).status_code == 404
    params = {"downloaded_on": "2026-11-01", "version": "見本"}
    put = await desk.ask("PUT", "/occupations", content=PROFILES.encode("cp932"), params=params)
    taken = put.json()
    assert (taken["count"], taken["faults"]) == (2, [])
    assert "job tag" in taken["attribution"] and "2026年11月01日" in taken["attribution"]

    async def inherited() -> dict[str, Any]:
        offers = await desk.offers()
        return {number: (offer["values"], offer["interests"]) for number, offer in offers.items()}

    own = {"balance": 1 / 6, "achievement": 0.5}
    wanted = {
        "A-1": (own, {"realistic": 1.0}),
        "A-2": ({}, {}),
        "99010-00000001": ({"achievement": 0.5, "balance": 0.0}, {"realistic": 1.0}),
    }
    found = await eventually(inherited, until=lambda now: now["A-1"][0] != {"balance": 1.0})
    assert found["A-1"][0] == pytest.approx(own)
    await eventually(inherited, until=lambda now: now["99010-00000001"] == wanted["99010-00000001"])
    await eventually(desk.told, until=lambda told: told.count("changed") == 2)
    one = (await desk.ask("GET", "/occupations/072-01")).json()
    assert (one["title"], one["values"]) == ("パンの仕込み（見本）", {"achievement": 0.5, "balance": 0.0})
    assert (await desk.ask("GET", "/occupations/075-02")).json()["values"] == {}
    other = PROFILES.replace(",5,3,1", ",5,5,1").encode()
    await desk.ask("PUT", "/occupations", content=other)
    await eventually(inherited, until=lambda now: now["99010-00000001"][0]["achievement"] == 1.0)

    async def spread() -> Any:
        return (await desk.ask("GET", "/occupations")).json()["spread_at"]

    await eventually(spread)
    before = {number: offer["version"] for number, offer in (await desk.offers()).items()}
    await desk.ask("PUT", "/occupations", content=other)
    await eventually(spread)
    assert {number: offer["version"] for number, offer in (await desk.offers()).items()} == before
    assert (await desk.ask("PUT", "/occupations", content=b"a,b\n1,2\n")).status_code == 422
