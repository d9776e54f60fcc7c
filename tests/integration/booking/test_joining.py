"""An outside provider says where online sessions are held, and may be slow, wrong or away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from services.booking.joining import Refusal, join_url_of
from tests.harness import Harness, a_tenant, eventually
from tests.integration.booking.desk import DAY, A, B, Desk, open_desk


@dataclass
class Provider:
    """Answers what it is told to, and remembers what it was asked."""

    url: str = ""
    status: int = 200
    asked: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((dict(request.headers), await request.text()))
        number = len({headers["webhook-id"] for headers, _ in self.asked})
        return web.json_response({"join_url": f"https://meet.example/room-{number}"}, status=self.status)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    app = web.Application()
    app.router.add_post("/sessions", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/sessions"
    yield made
    await runner.cleanup()


async def open_with(harness: Harness, provider: Provider) -> Desk:
    desk = await open_desk(harness, joining_every=0.05)
    await harness.declare(a_tenant(A, booking={"join_hook": provider.url}), a_tenant(B))
    return desk


async def shown(desk: Desk, name: str, appointment_id: str) -> Any:
    answer = await desk.client.get(f"/booking/v1/me/appointments/{appointment_id}", headers=desk.who(name))
    return answer.json()["join_url"]


async def test_the_provider_is_asked_once_signed_and_without_a_person(
    harness: Harness, provider: Provider
) -> None:
    desk = await open_with(harness, provider)
    made = await desk.booked("aoi", await desk.counsellor())
    url = await eventually(lambda: shown(desk, "aoi", made))
    assert url == "https://meet.example/room-1"
    (headers, body), *more = provider.asked
    assert more == []
    secret = desk.started.core.secrets.text(A, "join_hook_secret")
    told = Webhook(secret).verify(body, {k.lower(): v for k, v in headers.items()})
    assert told["data"] == {
        "appointment_id": made,
        "starts_at": "2026-12-03T15:30:00+00:00",
        "ends_at": "2026-12-03T16:30:00+00:00",
    }


async def test_a_move_is_another_session_and_neither_telephone_nor_holds_are_any(
    harness: Harness, provider: Provider
) -> None:
    desk = await open_with(harness, provider)
    counsellor = await desk.counsellor()
    await desk.booked("yui", counsellor, 1320, channel="telephone")
    await desk.hold("rin", desk.wish(counsellor, 1560))
    made = await desk.booked("aoi", counsellor)
    await eventually(lambda: shown(desk, "aoi", made))
    there = {"service_date": DAY.isoformat(), "start_minute": 1380}
    moved = await desk.act("aoi", made, "move", there)
    assert moved.json()["join_url"] is None
    assert await eventually(lambda: shown(desk, "aoi", made)) == "https://meet.example/room-2"
    assert {made in body for _, body in provider.asked} == {True}


async def test_a_provider_that_fails_keeps_nobody_from_booking(harness: Harness, provider: Provider) -> None:
    provider.status = 503
    desk = await open_with(harness, provider)
    made = await desk.booked("aoi", await desk.counsellor())

    async def asked() -> bool:
        return bool(provider.asked)

    await eventually(asked)
    assert await shown(desk, "aoi", made) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no", "no_json"),
        (b"[]", "no_https_address"),
        (b'{"join_url": "javascript:alert(1)"}', "no_https_address"),
        (b'{"join_url": "http://meet.example/1"}', "no_https_address"),
        (b'{"join_url": 7}', "no_https_address"),
    ],
)
def test_an_answer_that_people_should_not_follow_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        join_url_of(content)
    assert refused.value.reason == reason
