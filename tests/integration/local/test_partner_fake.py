"""The sample partner agency against the `standardwebhooks` library, and its calls back to Banso."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from deploy.local.ports import Ports
from deploy.local.supervisor import Supervisor
from tests.harness import eventually
from tests.integration.local.conftest import Run, json_ready, module_spec

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
SENT = {
    "type": "banso.intake.referral.sent.v1",
    "timestamp": "2026-04-01T00:00:00Z",
    "data": {"referral_id": "r1"},
}


class Banso:
    """The referral API as the agency sees it; answers the given statuses in turn, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.calls: list[tuple[str, str | None, str | None]] = []

    async def answer(self, request: web.Request) -> web.Response:
        headers = request.headers
        self.calls.append((request.path, headers.get("Authorization"), headers.get("Idempotency-Key")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def banso(ports: Ports) -> AsyncIterator[Banso]:
    banso = Banso()
    app = web.Application()
    app.add_routes([web.post("/intake/v1/referrals/{id}/{verb}", banso.answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ports.gateway).start()
    yield banso
    await runner.cleanup()


@pytest.fixture
def agency(ports: Ports, run: Run, tmp_path: Path) -> Supervisor:
    (tmp_path / "key").write_text("banso_live_sample_key\n")
    (tmp_path / "secret").write_text(SECRET)
    base = f"http://127.0.0.1:{ports.gateway}"
    arguments = ["--port", str(ports.partner), "--secret-file", str(tmp_path / "secret")]
    arguments += ["--base-url", base, "--api-key-file", str(tmp_path / "key")]
    ready = json_ready(ports.partner, "/_fake/ready")
    return run(module_spec("partner", "tests.fakes.partner", *arguments, port=ports.partner, ready=ready))


@pytest.fixture
def partner(agency: Supervisor, ports: Ports) -> str:
    return f"http://127.0.0.1:{ports.partner}"


async def deliver(
    partner: str,
    payload: dict[str, Any] = SENT,
    *,
    secret: str = SECRET,
    webhook_id: str = "msg_1",
    age: int = 0,
) -> int:
    body = json.dumps(payload)
    at = datetime.now(UTC) - timedelta(seconds=age)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }
    async with (
        aiohttp.ClientSession() as http,
        http.post(partner + "/webhooks", data=body, headers=headers) as answer,
    ):
        return answer.status


async def post(partner: str, path: str, body: dict[str, Any]) -> Any:
    async with aiohttp.ClientSession() as http, http.post(f"{partner}/_fake/{path}", json=body) as answer:
        return await answer.json()


async def received(partner: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(partner + "/_fake/received") as answer:
        return await answer.json()


async def answered(partner: str, status: int) -> Any:
    async def look() -> Any:
        answers = (await received(partner))["answers"]
        return answers if answers.get("r1", {}).get("status") == status else None

    return await eventually(look)


async def test_a_signed_webhook_is_kept_and_acknowledged_with_the_agencys_key(
    partner: str, banso: Banso
) -> None:
    assert await deliver(partner) == 200
    await answered(partner, 200)
    path = "/intake/v1/referrals/r1/acknowledge"
    assert banso.calls == [(path, "Bearer banso_live_sample_key", "acknowledge-r1")]
    assert [webhook["payload"] for webhook in (await received(partner))["webhooks"]] == [SENT]


@pytest.mark.parametrize("wrong", [{"secret": OTHER}, {"age": 3600}])
async def test_a_bad_or_stale_signature_is_401_and_nothing_follows(
    partner: str, banso: Banso, wrong: dict[str, Any]
) -> None:
    assert await deliver(partner, **wrong) == 401
    assert await received(partner) == {"webhooks": [], "rejected": 1, "answers": {}}
    assert banso.calls == []


async def test_a_repeated_webhook_is_counted_not_acted_on_again(partner: str, banso: Banso) -> None:
    await deliver(partner)
    await answered(partner, 200)
    assert await deliver(partner) == 200
    kept = (await received(partner))["webhooks"]
    assert [(webhook["webhook_id"], webhook["deliveries"]) for webhook in kept] == [("msg_1", 2)]
    assert len(banso.calls) == 1


async def test_an_unavailable_banso_is_asked_again_with_the_same_key(partner: str, banso: Banso) -> None:
    banso.statuses = [503, 429]
    await deliver(partner)
    await answered(partner, 200)
    assert [call[2] for call in banso.calls] == ["acknowledge-r1"] * 3


async def test_on_demand_it_declines(partner: str, banso: Banso) -> None:
    await post(partner, "settings", {"acknowledges": False})
    await deliver(partner)
    assert (await post(partner, "decline/r1", {"reason_code": "full"}))["status"] == 200
    assert [call[0] for call in banso.calls] == ["/intake/v1/referrals/r1/decline"]


async def test_other_events_are_only_kept(partner: str, banso: Banso) -> None:
    await deliver(partner, {"type": "banso.booking.appointment.confirmed.v1", "data": {"referral_id": "r1"}})
    assert (await received(partner))["answers"] == {}


async def test_during_a_rotation_both_secrets_are_good(partner: str, banso: Banso) -> None:
    await post(partner, "secret", {"secret": OTHER, "keep": True})
    assert await deliver(partner, secret=SECRET, webhook_id="msg_1") == 200
    assert await deliver(partner, secret=OTHER, webhook_id="msg_2") == 200
    await post(partner, "secret", {"secret": OTHER})
    assert await deliver(partner, secret=SECRET, webhook_id="msg_3") == 401


async def test_a_secret_it_was_given_survives_a_restart(
    partner: str, banso: Banso, agency: Supervisor
) -> None:
    await post(partner, "secret", {"secret": OTHER})
    agency.restart("partner")
    assert await deliver(partner, secret=OTHER) == 200


async def test_injected_faults_come_in_order(partner: str, banso: Banso) -> None:
    await post(partner, "faults", {"status": 500, "count": 2})
    await post(partner, "faults", {"status": 410})
    await post(partner, "faults", {"slow_seconds": 0.05})
    statuses = [await deliver(partner) for _ in range(4)]
    assert statuses == [500, 500, 410, 200]
