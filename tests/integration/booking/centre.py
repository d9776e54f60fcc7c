"""A digital employment centre to test against: two stations, and short ways to work there."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.harness import Harness
from tests.integration.booking.desk import A, Desk, open_desk

SOON = 0.05
OPEN = [{"weekday": n, "start_minute": 540, "end_minute": 1620} for n in range(7)]
"""9:00-27:00"""
MONDAY = "2026-12-07"


@dataclass
class Centre:
    desk: Desk
    id: str
    station: str
    """Two seats, for everybody."""
    skilled: str
    """One seat, for those who can proofread."""

    async def staff(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.desk.client.request(
            method,
            f"/booking/v1{path}",
            headers=self.desk.harness.staff(A) | more.pop("headers", {}),
            json=body,
            **more,
        )

    async def me(
        self, name: str, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = self.desk.who(name) | ({"Idempotency-Key": key} if key else {}) | more.pop("headers", {})
        return await self.desk.client.request(
            method, f"/booking/v1/me{path}", headers=headers, json=body, **more
        )

    async def worker(self, name: str, **terms: Any) -> str:
        """Enrol somebody; returns their id."""
        resident_id = await self.desk.registered(name)
        body = {"resident_id": resident_id, "centre_id": self.id, **terms}
        made = await self.staff("POST", "/workers", body)
        assert made.status_code == 201, made.text
        return resident_id

    def entry(
        self, service_date: str, start: int = 600, end: int = 720, station: str | None = "here"
    ) -> dict[str, Any]:
        at = self.station if station == "here" else station
        return {
            "service_date": service_date,
            "start_minute": start,
            "end_minute": end,
            "station_id": at,
        }

    async def set_week(
        self, name: str, *entries: dict[str, Any], monday: str = MONDAY, **more: Any
    ) -> httpx.Response:
        return await self.me(name, "PUT", "/week", {"monday": monday, "entries": list(entries)}, **more)

    async def planned(self, name: str, *entries: dict[str, Any], monday: str = MONDAY) -> list[str]:
        """Ids of the week's shifts."""
        answer = await self.set_week(name, *entries, monday=monday)
        assert answer.status_code == 200, answer.text
        return [shift["id"] for shift in answer.json()["shifts"]]

    async def tell(self, name: str, status: str, **more: Any) -> Any:
        answer = await self.me(name, "POST", "/attendance", {"status": status, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shift(self, shift_id: str) -> Any:
        return (await self.staff("GET", f"/shifts/{shift_id}")).json()


async def open_centre(harness: Harness, **terms: Any) -> Centre:
    """A started service at `NOW`, whose rounds come by often."""
    desk = await open_desk(harness, rounds_every=SOON)
    body = {
        "name": "見本就労支援センター",
        "stations": [
            {"name": "見本の席", "seats": 2, "open_hours": OPEN},
            {"name": "見本の校正席", "seats": 1, "open_hours": OPEN, "skill": "proofreading"},
        ],
        "rates": [{"valid_from": "2026-10-01", "yen": 1200}],
        **terms,
    }
    made = await desk.staff("POST", "/centres", body)
    assert made.status_code == 201, made.text
    stations = [station["id"] for station in made.json()["stations"]]
    return Centre(desk, made.json()["id"], *stations)


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rpartition("/")[2])
