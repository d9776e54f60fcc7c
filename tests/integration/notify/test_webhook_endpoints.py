"""Webhook endpoints: whose they are, and their secrets."""

from typing import Any

import pytest

from tests.integration.notify.partner import AGENCY, Partner, subscribe, wanted
from tests.integration.notify.world import World


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
