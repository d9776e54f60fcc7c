"""Two hundred residents want the same hour of the same counsellor, over real HTTP through the gateway."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import httpx

from deploy.local.demo.expecting import answered
from deploy.local.demo.world import World
from shared.clock import TOKYO
from shared.ids import new_ulid
from tests.e2e.residents import register, session
from tests.e2e.stacks import Running

WANT_IT = 200
EVERY_NIGHT = [{"weekday": day, "start_minute": 1320, "end_minute": 1560} for day in range(7)]


async def test_of_two_hundred_attempts_at_one_slot_one_wins(world: World, banso: Running) -> None:
    day = (datetime.now(TOKYO) + timedelta(days=3)).date().isoformat()
    async with world.staff("sample-a") as staff:
        counsellor = answered(
            await staff.post(
                "/booking/v1/counsellors",
                json={
                    "display_name": f"見本 相談員 {new_ulid()[-4:]}",
                    "languages": ["ja"],
                    "channels": ["online"],
                    "weekly_hours": EVERY_NIGHT,
                    "works_holidays": True,
                },
            ),
            "counsellor",
        )
        residents = await asyncio.gather(*(register(staff) for _ in range(WANT_IT)))
        tokens = await asyncio.gather(*(session(staff, resident) for resident in residents))
        wanted = {
            "counsellor_id": counsellor["id"],
            "service_date": day,
            "start_minute": 1470,
            "minutes": 60,
            "channel": "online",
        }
        answers = await asyncio.gather(*(_book(staff, token, wanted) for token in tokens))

        statuses = Counter(answer.status_code for answer in answers)
        assert statuses == {201: 1, 409: WANT_IT - 1}, statuses
        losers = [answer.json() for answer in answers if answer.status_code == 409]
        assert {loser["type"].rpartition("/")[2] for loser in losers} == {"slot-taken"}
        assert all(len(loser["alternatives"]) == 3 for loser in losers)
        winner = next(answer.json() for answer in answers if answer.status_code == 201)
        listed = answered(
            await staff.get(
                "/booking/v1/appointments", params={"counsellor_id": counsellor["id"], "service_date": day}
            ),
            "list",
        )
        assert [appointment["id"] for appointment in listed["data"]] == [winner["id"]]
    await banso.commanded("services.booking.audit")


async def _book(client: httpx.AsyncClient, token: str, wanted: dict[str, object]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_ulid()}
    return await client.post("/booking/v1/me/appointments", json=wanted, headers=headers)
