"""The service as the machine sees it: hypothesis is synchronous and runs in a thread, the service lives in the fixtures' event loop."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.booking.audit import Finding, audit, differences, overlaps
from services.booking.parts import Parts, parts_of
from services.booking.store.snapshot import snapshot
from shared.events.envelope import envelop
from shared.events.intake import ResidentRegistered
from shared.ids import derived_id
from shared.tenancy import Booking, Tenant
from tests.harness import Harness, Started, a_tenant, check_digit, eventually
from tests.integration.booking.life.model import Town

T = TypeVar("T")
Json = Any
PATIENCE = 60.0
QUOTAS = {"requests_per_minute": 600_000, "requests_per_minute_per_caller": 600_000}
RESIDENTS = ("aoi", "ren", "yui")


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json

    @property
    def slug(self) -> str:
        """Of the problem."""
        return str(self.body["type"]).rpartition("/")[2]


@dataclass(frozen=True)
class Asked:
    """One request of a resident, or of staff when `resident` is None."""

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.body} by {self.resident or 'staff'} of {self.town.id}"

    town: Town
    resident: str | None
    method: str
    path: str
    body: Json
    key: str


class World:
    def __init__(self, loop: asyncio.AbstractEventLoop, harness: Harness, started: Started) -> None:
        self.loop, self.harness, self.started = loop, harness, started
        core = started.core
        self.parts: Parts = parts_of(core.outbox, core.sealer, core.clock, core.registry)
        self._headers: dict[tuple[str, str | None], dict[str, str]] = {}
        self._towns = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work` in the service's event loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def new_towns(self, now: datetime, terms: Booking) -> list[Town]:
        """Two municipalities that nobody has seen before, with residents."""
        return self.run(self._new_towns(now, terms))

    def declare(self, town: Town, terms: Booking) -> None:
        """Declare other terms of booking; returns when the service knows them."""
        self.run(self._declare([town], terms))

    def ask(self, asked: Asked, now: datetime) -> Answer:
        return self.run(self.asking(asked, now))

    def at(self, now: datetime) -> None:
        """Set the service's clock."""
        clock = self.started.core.clock
        clock.shift = now - (clock.now() - clock.shift)

    async def asking(self, asked: Asked, now: datetime) -> Answer:
        self.at(now)
        headers = self._of(asked.town.id, asked.resident) | {"Idempotency-Key": asked.key}
        path = f"/booking/v1{asked.path}"
        got = await self.started.client.request(asked.method, path, headers=headers, json=asked.body)
        assert got.status_code < 500, f"{asked}: {got.text}"
        return Answer(got.status_code, got.json() if got.content else None)

    async def appointments(self, town: Town) -> dict[str, Json]:
        """Every appointment as staff see it, by id."""
        found: dict[str, Json] = {}
        cursor: str | None = ""
        while cursor is not None:
            query = f"&cursor={cursor}" if cursor else ""
            page = await self.get(town, None, f"/appointments?limit=100{query}")
            found |= {row["id"]: row for row in page["data"]}
            cursor = page["next"]
        return found

    async def get(self, town: Town, resident: str | None, path: str) -> Json:
        headers = self._of(town.id, resident)
        answer = await self.started.client.get(f"/booking/v1{path}", headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def findings(self, town: Town) -> list[Finding]:
        """What an audit of this municipality alone finds."""
        claims, calendars = await snapshot(self.started.core.db, town.id, [town.id])
        return [*overlaps(town.id, claims), *differences(town.id, claims, calendars)]

    def audit(self) -> list[Finding]:
        return self.run(audit(self.started.core.db)).findings

    def _of(self, tenant: str, resident: str | None) -> dict[str, str]:
        made = self._headers.get((tenant, resident))
        if made is None:
            staff = resident is None
            made = self.harness.staff(tenant) if staff else self.harness.resident(tenant, str(resident))
            self._headers[tenant, resident] = made
        return made

    async def _new_towns(self, now: datetime, terms: Booking) -> list[Town]:
        self._towns += 1
        towns = [Town(f"sample-{self._towns:03d}{letter}", terms) for letter in "ab"]
        await self._declare(towns, terms)
        events = []
        for town in towns:
            town.residents = [derived_id("res", town.id, name) for name in RESIDENTS]
            for made in town.residents:
                payload = ResidentRegistered(
                    resident_id=made, channel="web", anonymous=True, municipality_code="990019"
                )
                events += envelop(
                    [payload], source="/intake", tenant=town.id, subject=made, sequence=1, now=now
                )
        await self.harness.publish(*events)
        known, wanted = self.started.core.db["residents"], [r for town in towns for r in town.residents]
        query = {"_id": {"$in": wanted}, "tenant_id": {"$exists": True}}
        await eventually(lambda: known.count_documents(query), until=lambda n: n == len(wanted))
        return towns

    async def _declare(self, towns: Sequence[Town], terms: Booking) -> None:
        wanted = [_tenant(town.id, terms) for town in towns]
        await self.harness.declare(*wanted)
        for town in towns:
            town.terms = terms


def _tenant(name: str, terms: Booking) -> Tenant:
    number = f"{99000 + int(name[-4:-1]) % 900:05d}"
    return a_tenant(
        name, municipality_code=check_digit(number), quotas=QUOTAS, booking=terms.model_dump(mode="json")
    )
