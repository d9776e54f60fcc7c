"""Webhooks to partners: signed, thin, retried by the schedule."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.delivery import delivery_id
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.partner import CONFIRMED, REFERRAL, Partner, subscribe


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
    assert (done["state"], got["deliveries"] >= 2, len(lost)) == ("delivered", True, 1)


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
