"""Offers that are sent: to whom asked, outside the quiet hours, and not once they have stopped it."""

import json

from services.notify.reactions.recommending import TEMPLATE
from shared.events.envelope import Event
from shared.events.matching import sending
from tests.harness import eventually
from tests.integration.notify.world import World

WORDS = {"offers": "・見本の仕事（見本食堂）", "stop_token": "res_x.token"}


def recommended(world: World, resident_id: str, sequence: int = 2) -> Event:
    sealed = world.notify.core.sealer.seal("kyoto", sending.WORDS_FIELD, json.dumps(WORDS))
    payload = sending.OffersRecommended(
        resident_id=resident_id, send_list_id="snd_1", offers=("ofr_1",), words=sealed
    )
    return world.event(payload, f"sbs_{resident_id}", sequence=sequence)


def ended(world: World, resident_id: str, sequence: int = 3) -> Event:
    payload = sending.SubscriptionEnded(resident_id=resident_id)
    return world.event(payload, f"sbs_{resident_id}", sequence=sequence)


async def test_a_letter_names_the_offers_and_leads_to_them_and_to_the_end_of_such_letters(
    world: World,
) -> None:
    resident = await world.resident({"email": "one@resident.example"})
    event = recommended(world, resident)
    await world.publish(event, event)
    assert (await world.finished(event, TEMPLATE))["state"] == "delivered"
    (mail,) = await world.outside.mails(to="one@resident.example")
    for part in ("・見本の仕事（見本食堂）", "/matching/recommended", "/matching/unsubscribe/res_x.token"):
        assert part in mail["text"]
    assert len(await world.messages(resident)) == 1


async def test_at_night_it_waits_and_who_stops_meanwhile_is_sent_nothing(world: World) -> None:
    world.at("2026-12-01T23:00")
    resident = await world.resident({"email": "two@resident.example"})
    event = recommended(world, resident)
    await world.publish(event)
    kept = world.notify.core.db["messages"]
    until_morning = {"tenant_id": "kyoto", "resident_id": resident, "due_at": {"$gt": world.now}}
    await eventually(lambda: kept.count_documents(until_morning))
    await world.publish(ended(world, resident))
    found = await world.finished(event, TEMPLATE)
    assert (found["state"], found["reason"]) == ("suppressed", "opted_out")


async def test_a_stop_that_is_heard_of_first_holds(world: World) -> None:
    resident = await world.resident({"email": "three@resident.example"})
    await world.publish(ended(world, resident, sequence=3))
    kept = world.notify.core.db["offers_stopped"]
    await eventually(lambda: kept.count_documents({"tenant_id": "kyoto", "resident_id": resident}))
    late, new = recommended(world, resident, sequence=2), recommended(world, resident, sequence=5)
    await world.publish(late, new)
    assert (await world.finished(late, TEMPLATE))["reason"] == "opted_out"
    assert (await world.finished(new, TEMPLATE))["state"] == "delivered"


async def test_nobody_is_reached_who_has_no_contact(world: World) -> None:
    event = recommended(world, "res_nobody")
    await world.publish(event)
    found = await world.finished(event, TEMPLATE)
    assert (found["state"], found["reason"]) == ("suppressed", "no_contact")
