"""A municipality's staff who carry lists in and out, for the tests of imports."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from shared.secrets import create_missing
from tests.harness import Harness, Started, a_tenant, eventually
from tests.unit.matching.hellowork.samples import data

A, B = "sample-a", "sample-b"
HOME, NEIGHBOUR, FAR = "990019", "990027", "131016"
AREAS = (
    "pref,city,lat,lng,lgcode\n"
    f"見本県,さくら市,35.5,135.5,{HOME}\n"
    f"見本県,となり市,35.6,135.6,{NEIGHBOUR}\n"
    f"見本県,とおい市,36.0,136.0,{FAR}\n"
)


def advert(number: int, **changes: str | None) -> dict[str, str]:
    """An advertisement that stays open for long."""
    return data(**{"kjno": kjno(number), "kjyukoymd": "2099/01/31", **changes})


def kjno(number: int) -> str:
    return f"99010-{number:08d}"


class Desk:
    def __init__(self, harness: Harness, started: Started) -> None:
        self.harness = harness
        self.started = started

    def at(self, moment: datetime) -> None:
        """Set the service's clock."""
        clock = self.started.core.clock
        clock.shift = moment - (clock.now() - clock.shift)

    async def die(self) -> None:
        """Stop everything where it is, as if the process were killed; its lease runs out."""
        for task in self.started.running.tasks:
            task.cancel()
        await asyncio.wait(self.started.running.tasks, timeout=5)
        await self.started.core.db["leases"].delete_many({"_id": f"importing:{A}"})

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {**self.harness.staff(sent.pop("tenant", A)), **sent.pop("headers", {})}
        return await self.started.client.request(method, f"/matching/v1{path}", headers=headers, **sent)

    async def send(self, what: str, body: bytes, **params: Any) -> dict[str, Any]:
        """Carry a list in, to the end of its import."""
        answer = await self.ask("POST", f"/imports/{what}", content=body, params=params)
        assert answer.status_code == 202, answer.text
        return await self.ended(answer.json()["id"])

    async def look(self, import_id: str) -> dict[str, Any]:
        return dict((await self.ask("GET", f"/imports/{import_id}")).json())

    async def ended(self, import_id: str) -> dict[str, Any]:
        return await eventually(lambda: self.look(import_id), until=lambda run: run["state"] != "running")

    async def faults(self, import_id: str) -> list[tuple[int, str, str, bool]]:
        found = (await self.ask("GET", f"/imports/{import_id}/faults")).json()["data"]
        return [(fault["row"], fault["place"], fault["code"], fault["skips"]) for fault in found]

    async def offers(self) -> dict[str, dict[str, Any]]:
        """By the number of their list."""
        found = await self.started.core.db["offers"].find({"tenant_id": A}).to_list(None)
        return {offer["source_id"]: offer for offer in found}

    async def told(self) -> list[str]:
        """The last words of the types of what was published of offers."""
        events = await self.harness.published("matching")
        return [e.type.split(".")[-2] for e in events if e.type.startswith("banso.matching.offer")]


async def open_desk(harness: Harness, folder: Path, *by_hand: str, **settings: Any) -> Desk:
    """Matching for a municipality and its neighbour. The rounds `by_hand` are made by the test (`Harness.keep`)."""
    areas = folder / "areas.csv"
    areas.write_text(AREAS)
    await harness.declare(
        a_tenant(A, municipality_code=HOME, neighbouring_areas=[NEIGHBOUR]),
        a_tenant(B, municipality_code=NEIGHBOUR),
    )
    await harness.keep("matching", *by_hand)
    quick = {"importing_every": 0.05, "spreading_every": 0.05, "fetching_every": 0.05, "hellowork_pause": 0.0}
    return Desk(harness, await harness.launch("matching", municipalities=areas, **{**quick, **settings}))


def let_in(harness: Harness, tenant: str, user: str, password: str) -> None:
    """Give the municipality access to the employment service's lists."""
    create_missing(harness.settings.secrets_dir, tenant)
    folder = harness.settings.secrets_dir / tenant
    (folder / "hellowork_id").write_text(user)
    (folder / "hellowork_password").write_text(password)
