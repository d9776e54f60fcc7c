"""Lists that are carried in: the employment service's advertisements, companies and offers, profiles of occupations."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.matching.settings import Settings
from shared.clock import TOKYO
from tests.harness import Harness, Started, a_tenant, eventually
from tests.unit.matching.hellowork.samples import data, xml

A, B = "sample-a", "sample-b"
HOME, NEIGHBOUR, FAR = "990019", "990027", "131016"
AREAS = (
    "pref,city,lat,lng,lgcode\n"
    f"見本県,さくら市,35.5,135.5,{HOME}\n"
    f"見本県,となり市,35.6,135.6,{NEIGHBOUR}\n"
    f"見本県,とおい市,36.0,136.0,{FAR}\n"
)
TOMORROW = "2099/01/31"


def advert(number: int, **changes: str | None) -> dict[str, str]:
    return data(**{"kjno": f"99010-{number:08d}", "kjyukoymd": TOMORROW, **changes})


class Desk:
    """A municipality's staff who carry lists in and out."""

    def __init__(self, harness: Harness, started: Started, areas: Path) -> None:
        self.harness = harness
        self.started = started
        self.areas = areas

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {**self.harness.staff(A), **sent.pop("headers", {})}
        return await self.started.client.request(method, f"/matching/v1{path}", headers=headers, **sent)

    async def send(self, what: str, body: bytes, **params: Any) -> dict[str, Any]:
        """Carry a list in, to the end of its import."""
        answer = await self.ask("POST", f"/imports/{what}", content=body, params=params)
        assert answer.status_code == 202, answer.text
        return await self.ended(answer.json()["id"])

    async def ended(self, import_id: str) -> dict[str, Any]:
        async def look() -> dict[str, Any]:
            return dict((await self.ask("GET", f"/imports/{import_id}")).json())

        return await eventually(look, until=lambda run: run["state"] != "running")

    async def offers(self) -> dict[str, dict[str, Any]]:
        """By number of their list."""
        found = await self.started.core.db["offers"].find({"tenant_id": A}).to_list(None)
        return {offer["source_id"]: offer for offer in found}

    async def versions(self) -> dict[str, int]:
        return {number: offer["version"] for number, offer in (await self.offers()).items()}

    async def told(self) -> list[tuple[str, str]]:
        """What was published of offers and companies: the last words of its type, and of whom."""
        events = await self.harness.published("matching")
        return [
            (e.type.split(".")[-2], e.data["offer_id"])
            for e in events
            if e.type.startswith("banso.matching.offer")
        ]


@pytest.fixture
async def desk(harness: Harness, tmp_path: Path) -> Desk:
    areas = tmp_path / "areas.csv"
    areas.write_text(AREAS)
    await harness.declare(
        a_tenant(A, municipality_code=HOME, neighbouring_areas=[NEIGHBOUR]),
        a_tenant(B, municipality_code=NEIGHBOUR),
    )
    started = await harness.launch(
        "matching", municipalities=areas, importing_every=0.05, spreading_every=0.05
    )
    return Desk(harness, started, areas)


async def test_advertisements_become_offers_of_companies_that_are_let_in(desk: Desk) -> None:
    body = xml(
        advert(1),
        advert(2, shgbsjusho1_n="見本県となり市みどり町1", sksu="配達（見本）"),
        advert(3, shgbsjusho1_n="見本県とおい市"),
        advert(4, kjyukoymd="いつか"),
        advert(5, jgshmei="有限会社 見本青果", chgnkeitai_kagen="9円"),
    )
    run = await desk.send("hellowork", body)
    assert (run["state"], run["read"], run["faulty"]) == ("finished", 5, 2)
    assert run["counts"] == {"new": 3, "elsewhere": 1, "refused": 1}
    offers = await desk.offers()
    assert set(offers) == {"99010-00000001", "99010-00000002", "99010-00000005"}
    first = offers["99010-00000001"]
    assert (first["state"], first["lat"], first["lng"]) == ("published", 35.5, 135.5)
    assert first["company_id"] == offers["99010-00000002"]["company_id"]
    companies = (await desk.ask("GET", "/companies")).json()["data"]
    assert {c["name"] for c in companies} == {"サンプル製パン（見本）", "有限会社 見本青果"}
    faults = (await desk.ask("GET", f"/imports/{run['id']}/faults", headers={"Accept-Language": "ja"})).json()
    assert [(f["row"], f["key"], f["place"], f["code"], f["skips"]) for f in faults["data"]] == [
        (4, "99010-00000004", "kjyukoymd", "unreadable", True),
        (5, "99010-00000005", "chgnkeitai_kagen", "implausible", False),
    ]


async def test_an_import_that_is_repeated_changes_nothing_and_tells_nothing(desk: Desk) -> None:
    body = xml(*(advert(n) for n in range(1, 6)))
    await desk.send("hellowork", body, whole=True)
    before = await desk.versions()
    run = await desk.send("hellowork", body, whole=True)
    assert run["counts"] == {"unchanged": 5}
    assert await desk.versions() == before
    run = await desk.send("hellowork", xml(*(advert(n, sksu="別の仕事（見本）") for n in (1, 2))), whole=True)
    assert run["counts"] == {"changed": 2, "gone": 3}
    told = await eventually(desk.told, until=lambda told: len(told) == 10)
    assert [kind for kind, _ in told] == ["published"] * 5 + ["changed"] * 2 + ["closed"] * 3
    run = await desk.send("hellowork", body, whole=True)
    assert run["counts"] == {"changed": 5}
    assert {o["state"] for o in (await desk.offers()).values()} == {"published"}
