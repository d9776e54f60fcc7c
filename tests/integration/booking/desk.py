"""A booking service to test against: one counsellor, who works in the evening and past midnight, and short ways to ask."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx

from services.booking.audit import Finding, audit
from shared.events.envelope import envelop
from shared.events.intake import ResidentRegistered
from shared.ids import derived_id
from tests.harness import Harness, Started, a_tenant, eventually

A, B = "sample-a", "sample-b"
NOW = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)
"""24:40 of 1 December in Tokyo."""
DAY = date(2026, 12, 3)
EVERY_NIGHT = [{"weekday": n, "start_minute": 1320, "end_minute": 1620} for n in range(7)]
"""22:00-27:00"""


def resident_id(name: str) -> str:
    return derived_id("res", name)


@dataclass
class Desk:
    harness: Harness
    started: Started

    @property
    def client(self) -> httpx.AsyncClient:
        return self.started.client

    def at(self, moment: datetime) -> None:
        """Set the service's clock."""
        clock = self.started.core.clock
        clock.shift = moment - (clock.now() - clock.shift)

    async def counsellor(self, tenant: str = A, **more: Any) -> str:
        body = {
            "display_name": "見本 相談員",
            "channels": ["online", "telephone"],
            "weekly_hours": EVERY_NIGHT,
            **more,
        }
        answer = await self.client.post(
            "/booking/v1/counsellors", headers=self.harness.staff(tenant), json=body
        )
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    def wish(self, counsellor_id: str | None, start_minute: int = 1470, **more: Any) -> dict[str, Any]:
        wish = {
            "counsellor_id": counsellor_id,
            "service_date": DAY.isoformat(),
            "start_minute": start_minute,
            "channel": "online",
        }
        return {**wish, **more}

    def who(self, name: str, tenant: str = A) -> dict[str, str]:
        return self.harness.resident(tenant, resident_id(name))

    async def hold(
        self, name: str, wish: dict[str, Any], *, key: str | None = None, tenant: str = A
    ) -> httpx.Response:
        headers = self.who(name, tenant) | ({"Idempotency-Key": key} if key else {})
        return await self.client.post("/booking/v1/me/appointments", headers=headers, json=wish)

    async def act(
        self, name: str, appointment_id: str, action: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """A resident's confirm, move or cancel."""
        headers = self.who(name) | ({"Idempotency-Key": key} if key else {})
        path = f"/booking/v1/me/appointments/{appointment_id}/{action}"
        return await self.client.post(path, headers=headers, json=body)

    async def registered(self, name: str, tenant: str = A) -> str:
        """A resident whom booking has heard of from intake; returns the id."""
        made = resident_id(name)
        payload = ResidentRegistered(
            resident_id=made, channel="web", anonymous=True, municipality_code="990019"
        )
        events = envelop([payload], source="/intake", tenant=tenant, subject=made, sequence=1, now=NOW)
        await self.harness.publish(*events)
        known = self.started.core.db["residents"]
        await eventually(lambda: known.count_documents({"_id": made, "tenant_id": tenant}))
        return made

    async def staff(self, method: str, path: str, body: Any = None, tenant: str = A) -> httpx.Response:
        return await self.client.request(
            method, f"/booking/v1{path}", headers=self.harness.staff(tenant), json=body
        )

    async def booked(self, name: str, counsellor_id: str, start_minute: int = 1470, **more: Any) -> str:
        """A confirmed appointment's id."""
        held = await self.hold(name, self.wish(counsellor_id, start_minute, **more))
        assert held.status_code == 201, held.text
        made: str = held.json()["id"]
        confirmed = await self.act(name, made, "confirm")
        assert confirmed.status_code == 200, confirmed.text
        return made

    async def findings(self) -> list[Finding]:
        return (await audit(self.started.core.db)).findings

    async def free(self, name: str, **query: Any) -> list[str]:
        """Labels of the day's free slots."""
        answer = await self.client.get(
            "/booking/v1/me/availability",
            headers=self.who(name),
            params={"from": DAY.isoformat(), "days": 1, **query},
        )
        assert answer.status_code == 200, answer.text
        return [slot["label"] for slot in answer.json()["slots"]]


async def open_desk(harness: Harness, *by_hand: str, **settings: Any) -> Desk:
    """A started service at `NOW`, for two municipalities. The rounds `by_hand` are made by the test (`Harness.keep`)."""
    await harness.declare(a_tenant(A), a_tenant(B))
    await harness.keep("booking", *by_hand)
    desk = Desk(harness, await harness.launch("booking", **settings))
    desk.at(NOW)
    return desk
