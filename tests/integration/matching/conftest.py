"""Matching in this process, for a large municipality and its small neighbour."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from services.matching.store import open_store
from shared.events.matching.catalogue import OfferChanged
from shared.idempotency import Command
from shared.ids import derived_id, new_ulid
from tests.harness import Harness, a_tenant

LARGE, SMALL, FAR = "990019", "990027", "131016"


@dataclass
class Town:
    """Requests as one municipality's staff and residents make them."""

    harness: Harness
    api: httpx.AsyncClient
    tenant: str
    code: str

    @property
    def staff(self) -> dict[str, str]:
        return self.harness.staff(self.tenant)

    def resident(self, name: str = "one") -> dict[str, str]:
        return self.harness.resident(self.tenant, self.resident_id(name))

    def resident_id(self, name: str = "one") -> str:
        return derived_id("res", self.tenant, name)

    async def company(self, **changes: Any) -> dict[str, Any]:
        body = {"name": "見本食堂", "municipality_code": self.code, **changes}
        return await self.made("/matching/v1/companies", body)

    async def offer(self, company_id: str, **changes: Any) -> dict[str, Any]:
        body = {
            "company_id": company_id,
            "kind": "job",
            "title": "見本の仕事",
            "municipality_code": self.code,
            **changes,
        }
        return await self.made("/matching/v1/offers", body)

    async def imported(self, offer: dict[str, Any], municipality_code: str) -> str:
        """The same offer somewhere else, as an import may bring it: its id."""
        core = self.harness.of("matching").core
        offers = open_store(core.db, core.outbox, core.sealer).offers
        key = new_ulid()
        copy = replace(
            await offers.get(self.tenant, offer["id"]),
            id=derived_id("ofr", key),
            municipality_code=municipality_code,
        )
        told = OfferChanged(offer_id=copy.id, company_id=copy.company_id)
        await offers.add(self.tenant, copy, [told], Command(key, key))
        return copy.id

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.api.post(path, json=body, headers=self.staff)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def answers(self, **body: Any) -> dict[str, Any]:
        answer = await self.api.put("/matching/v1/me/questionnaire", json=body, headers=self.resident())
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def slate(self, name: str = "one", **body: Any) -> dict[str, Any]:
        answer = await self.api.post("/matching/v1/me/slates", json=body or None, headers=self.resident(name))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def says(self, offer_id: str, kind: str, key: str | None = None) -> httpx.Response:
        headers = {**self.resident(), "Idempotency-Key": key or new_ulid()}
        return await self.api.post(
            "/matching/v1/me/interests", json={"offer_id": offer_id, "kind": kind}, headers=headers
        )


@pytest.fixture
def by_hand() -> tuple[str, ...]:
    """Rounds that a module's tests make themselves (`Harness.keep`)."""
    return ()


@pytest.fixture
async def towns(harness: Harness, by_hand: tuple[str, ...]) -> AsyncIterator[tuple[Town, Town]]:
    """(large, small): neighbours of one another."""
    await harness.declare(
        a_tenant("sample-a", municipality_code=LARGE, neighbouring_areas=[SMALL]),
        a_tenant("sample-b", municipality_code=SMALL, neighbouring_areas=[LARGE]),
    )
    await harness.keep("matching", *by_hand)
    api = await harness.start("matching")
    yield Town(harness, api, "sample-a", LARGE), Town(harness, api, "sample-b", SMALL)


@pytest.fixture
def town(towns: tuple[Town, Town]) -> Town:
    return towns[0]
