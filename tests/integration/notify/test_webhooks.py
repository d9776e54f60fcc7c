"""Webhooks to partners: signed, retried by the schedule, never into our own network."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from services.notify.delivery import delivery_id
from services.notify.posting import Poster
from shared.clock import system_now
from shared.events.envelope import Event
from shared.events.intake import ReferralSent
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World

REFERRAL = ReferralSent.TYPE
CONFIRMED = "banso.booking.appointment.confirmed.v1"
AGENCY = "sample-agency"


class Partner:
    """An endpoint at the sample partner agency, and what its API answers."""

    def __init__(self, world: World, made: dict[str, Any]) -> None:
        self.world = world
        self.id: str = made["id"]
        self.secret: str = made["secret"]

    def referral(self, agency: str = AGENCY) -> Event:
        referral = derived_id("ref", new_ulid())
        payload = ReferralSent(
            resident_id="res_1", referral_id=referral, agency_id=agency, consent_id="cns_1"
        )
        return self.world.event(payload, referral)

    async def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {**self.world.harness.staff("kyoto"), **more.pop("headers", {})}
        return await self.world.http.request(method, f"/notify/v1/{path}", headers=headers, **more)

    async def delivery(self, event: Event) -> dict[str, Any] | None:
        answer = await self.call("GET", f"webhook-deliveries/{delivery_id('kyoto', event.id, self.id)}")
        return answer.json() if answer.status_code == 200 else None

    async def after(self, event: Event, attempts: int) -> dict[str, Any]:
        found = await eventually(
            lambda: self.delivery(event), until=lambda d: bool(d and len(d["attempts"]) == attempts)
        )
        assert found is not None
        return found

    async def endpoint(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call("GET", f"webhook-endpoints/{self.id}")).json()
        return found


def wanted(world: World, **more: Any) -> dict[str, Any]:
    url = f"{world.outside.partner}/webhooks"
    return {"url": url, "events": [REFERRAL], "agency_id": AGENCY, **more}


async def subscribe(world: World, **more: Any) -> Partner:
    answer = await world.http.post(
        "/notify/v1/webhook-endpoints", json=wanted(world, **more), headers=world.harness.staff("kyoto")
    )
    assert answer.status_code == 201, answer.text
    return Partner(world, answer.json())


@pytest.fixture
async def partner(world: World) -> Partner:
    made = await subscribe(world)
    await world.outside.partner_secret(made.secret)
    return made


async def test_a_referral_reaches_its_agency_signed_and_thin(partner: Partner) -> None:
    event = partner.referral().model_copy(
        update={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "correlationid": "journey-of-the-test"}
    )
    await partner.world.publish(event)
    got = await eventually(lambda: partner.world.outside.received(event.id))
    assert got is not None
    assert got["payload"] == {"type": REFERRAL, "timestamp": event.time.isoformat(), "data": event.data}
    assert got["headers"]["x-request-id"] == "journey-of-the-test"
    assert got["headers"]["traceparent"] == event.traceparent
    done = await partner.after(event, 1)
    assert (done["state"], done["attempts"][0]["status"]) == ("delivered", 200)
    told = await eventually(
        lambda: partner.world.told("banso.notify.webhook.delivered.v1", delivery_id=done["id"])
    )
    assert told[0].correlationid == "journey-of-the-test"
    assert told[0].data["event_id"] == event.id


async def test_a_webhook_that_fails_comes_again_under_the_same_id(partner: Partner) -> None:
    world, event = partner.world, partner.referral()
    await world.outside.partner_fault(500, 2)
    await world.publish(event)
    first = await partner.after(event, 1)
    assert (first["state"], first["attempts"][0]["status"]) == ("pending", 500)
    world.notify.core.clock.shift += timedelta(seconds=8)
    await partner.after(event, 2)
    world.notify.core.clock.shift += timedelta(minutes=7)
    done = await partner.after(event, 3)
    assert done["state"] == "delivered"
    got = await world.outside.received(event.id)
    assert got is not None
    assert got["deliveries"] == 1


async def test_death_between_sending_and_recording_repeats_the_same_id(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once, and the receiver knows it by its id: what Standard Webhooks promises."""
    from services.notify import dispatcher

    event, world = partner.referral(), partner.world
    world.notify.service.workers[1].__self__.due.lease = timedelta(seconds=0.5)  # type: ignore[attr-defined]
    record, lost = dispatcher.Dispatcher._record, []

    async def killed(self: Any, delivery: Any, answer: Any) -> Any:
        if delivery.id in lost:
            return await record(self, delivery, answer)
        lost.append(delivery.id)
        return delivery

    monkeypatch.setattr(dispatcher.Dispatcher, "_record", killed)
    await world.publish(event)
    done = await partner.after(event, 1)
    got = await world.outside.received(event.id)
    assert got is not None
    assert (done["state"], got["deliveries"], len(lost)) == ("delivered", 2, 1)


async def test_an_endpoint_that_is_gone_is_disabled_and_can_be_enabled_again(partner: Partner) -> None:
    world, event = partner.world, partner.referral()
    await world.outside.partner_fault(410)
    await world.publish(event)
    assert (await partner.after(event, 1))["state"] == "failed"
    off = await eventually(partner.endpoint, until=lambda e: not e["enabled"])
    assert off["disabled_reason"] == "gone"
    await eventually(lambda: world.told("banso.notify.webhook.endpoint_disabled.v1", endpoint_id=partner.id))
    later = partner.referral()
    await world.publish(later)
    key = delivery_id("kyoto", event.id, partner.id)
    refused = await partner.call("POST", f"webhook-deliveries/{key}/redeliver")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "endpoint-disabled")
    assert (await partner.call("POST", f"webhook-endpoints/{partner.id}/enable")).json()["enabled"]
    again = await partner.call("POST", f"webhook-deliveries/{key}/redeliver")
    assert again.status_code == 200
    assert (await partner.after(event, 2))["state"] == "delivered"
    assert await world.outside.received(event.id)
    assert await partner.delivery(later) is None


async def test_after_the_last_attempt_it_has_failed_and_the_endpoint_is_stopped(partner: Partner) -> None:
    world, event = partner.world, partner.referral()
    await world.outside.partner_fault(503, 8)
    await world.publish(event)
    for attempt in range(1, 8):
        await partner.after(event, attempt)
        world.notify.core.clock.shift += timedelta(hours=13)
    assert (await partner.after(event, 8))["state"] == "failed"
    await eventually(lambda: world.told("banso.notify.webhook.failed.v1", endpoint_id=partner.id))
    off = await eventually(partner.endpoint, until=lambda e: not e["enabled"])
    assert off["disabled_reason"] == "failing"


async def test_after_a_rotation_both_secrets_are_good(partner: Partner) -> None:
    world, before = partner.world, await partner.world.outside.rejected()
    rotated = await partner.call("POST", f"webhook-endpoints/{partner.id}/rotate")
    secret = rotated.json()["secret"]
    assert secret.startswith("whsec_")
    assert secret != partner.secret
    for key in (partner.secret, secret):
        await world.outside.partner_secret(key)
        event = partner.referral()
        await world.publish(event)
        assert (await partner.after(event, 1))["state"] == "delivered"
    assert await world.outside.rejected() == before


async def test_only_the_agency_that_is_named_hears_of_a_referral(partner: Partner) -> None:
    world = partner.world
    own = await subscribe(world, agency_id=None, events=[REFERRAL, CONFIRMED])
    elsewhere, mine = partner.referral("another-agency"), partner.referral()
    booked = world.booked("confirmed", "res_1", derived_id("apt", new_ulid()), "2026-12-03T15:00")
    await world.publish(elsewhere, mine, booked)
    await partner.after(mine, 1)
    for event in (elsewhere, mine, booked):
        await own.after(event, 1)
    assert await partner.delivery(elsewhere) is None
    assert await partner.delivery(booked) is None


async def test_the_secret_is_shown_once_and_never_stored_open(partner: Partner) -> None:
    world = partner.world
    assert "secret" not in await partner.endpoint()
    listed = (await partner.call("GET", "webhook-endpoints")).json()["data"]
    assert [(e["id"], "secret" in e) for e in listed] == [(partner.id, False)]
    stored = await world.notify.core.db["webhook_endpoints"].find_one({"tenant_id": "kyoto"})
    assert partner.secret.removeprefix("whsec_") not in str(stored)


async def test_a_repeated_request_makes_one_endpoint_and_one_rotation(world: World) -> None:
    headers = {**world.harness.staff("kyoto"), "Idempotency-Key": "one"}
    path = "/notify/v1/webhook-endpoints"
    first, second = [await world.http.post(path, json=wanted(world), headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    rotate = f"{path}/{first.json()['id']}/rotate"
    secrets = [(await world.http.post(rotate, headers=headers)).json()["secret"] for _ in range(2)]
    assert secrets[0] == secrets[1] != first.json()["secret"]


async def test_a_deleted_endpoint_is_gone(partner: Partner) -> None:
    assert (await partner.call("DELETE", f"webhook-endpoints/{partner.id}")).status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/enable")):
        gone = await partner.call(method, f"webhook-endpoints/{partner.id}{path}")
        assert gone.status_code == 404
    assert (await partner.call("GET", "webhook-endpoints")).json()["data"] == []


async def test_an_agencys_key_sees_only_its_own(partner: Partner) -> None:
    world = partner.world
    theirs = await subscribe(world, agency_id=None)
    event = partner.referral()
    await world.publish(event)
    await partner.after(event, 1)
    delivered = (await theirs.after(event, 1))["id"]
    key = await world.harness.key("kyoto", "webhooks:read", "webhooks:write", agency=AGENCY)
    listed = await world.http.get("/notify/v1/webhook-endpoints", headers=key)
    assert [e["id"] for e in listed.json()["data"]] == [partner.id]
    seen = await world.http.get("/notify/v1/webhook-deliveries", headers=key)
    assert {d["endpoint_id"] for d in seen.json()["data"]} == {partner.id}
    for path in (f"webhook-endpoints/{theirs.id}", f"webhook-deliveries/{delivered}"):
        assert (await world.http.get(f"/notify/v1/{path}", headers=key)).status_code == 404
    mine = await world.http.post(
        "/notify/v1/webhook-endpoints", json=wanted(world, agency_id=None), headers=key
    )
    assert mine.json()["agency_id"] == AGENCY
    other = await world.http.post(
        "/notify/v1/webhook-endpoints", json=wanted(world, agency_id="another"), headers=key
    )
    assert other.status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "gopher://partner.example/"}, "url"),
        ({"events": ["banso.intake.resident.registered.v1"]}, "events.0"),
        ({"events": []}, "events"),
        ({"agency_id": "nobody"}, "agency_id"),
    ],
)
async def test_an_endpoint_that_makes_no_sense_is_refused_by_field(
    world: World, change: dict[str, Any], field: str
) -> None:
    answer = await world.http.post(
        "/notify/v1/webhook-endpoints", json=wanted(world, **change), headers=world.harness.staff("kyoto")
    )
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [field]


async def test_a_name_that_leads_inside_is_not_connected_to(aiohttp_calls: tuple[str, list[str]]) -> None:
    """The resolver is asked at connection time, so that the DNS cannot lead us astray after a check."""
    url, calls = aiohttp_calls
    closed, opened = Poster(2.0, allow_private=False), Poster(2.0, allow_private=True)
    try:
        for address in (url.replace("127.0.0.1", "localhost"), url, url.replace("127.0.0.1", "0x7f000001")):
            assert (await closed.post(address, "{}", {})).error == "forbidden_address"
        assert calls == []
        assert (await opened.post(url, "{}", {})).status == 302
        assert calls == ["/"]
    finally:
        await closed.close()
        await opened.close()


async def test_an_answer_with_retry_after_is_heard(aiohttp_calls: tuple[str, list[str]]) -> None:
    url, _ = aiohttp_calls
    poster = Poster(2.0, allow_private=True)
    try:
        answer = await poster.post(f"{url}busy", "{}", {})
        assert (answer.status, answer.retry_after) == (429, timedelta(minutes=2))
        slow = Poster(0.2, allow_private=True)
        assert (await slow.post(f"{url}never", "{}", {})).error == "timeout"
        await slow.close()
    finally:
        await poster.close()


@pytest.fixture
async def aiohttp_calls() -> Any:
    """A server on loopback that redirects, asks for patience, or never answers."""
    calls: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        calls.append(request.path)
        if request.path == "/busy":
            return web.Response(status=429, headers={"Retry-After": "120"})
        if request.path == "/never":
            await eventually(lambda: _after(), within=30)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    until = system_now() + timedelta(seconds=1)

    async def _after() -> bool:
        return system_now() > until

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/", calls
    await runner.cleanup()
