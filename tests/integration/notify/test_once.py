"""Whatever breaks, nothing arrives twice."""

import asyncio
from typing import Any

import pytest

from services.notify import sender as sending
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World, an_appointment, open_world


async def test_a_server_error_is_tried_again_and_nothing_arrives_twice(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    await world.outside.line_fault(500, accepted=True)
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    tried = await eventually(
        lambda: world.message(event, "appointment.confirmed"), until=lambda m: bool(m and m["reason"])
    )
    assert tried is not None
    assert (tried["state"], tried["reason"], tried["attempts"]) == ("sending", "line-500", 1)
    world.at("2026-12-01T12:01")
    done = await world.finished(event, "appointment.confirmed")
    assert (done["state"], done["attempts"]) == ("delivered", 2)
    assert len(await world.outside.inbox(user)) == 1


async def test_a_lost_answer_is_asked_again_and_nothing_arrives_twice(harness: Any, stand_ins: Any) -> None:
    world = await open_world(harness, stand_ins, provider_timeout=2.0)
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    await world.outside.line_fault("timeout", accepted=True)
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    await eventually(
        lambda: world.message(event, "appointment.confirmed"), until=lambda m: bool(m and m["reason"])
    )
    world.at("2026-12-01T12:01")
    assert (await world.finished(event, "appointment.confirmed"))["state"] == "delivered"
    assert len(await world.outside.inbox(user)) == 1


async def test_death_between_sending_and_recording_sends_nothing_twice(
    harness: Any, stand_ins: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim is made and LINE is called; what came of it is lost, as if the process had been killed there."""
    world = await open_world(harness, stand_ins, lease_seconds=0.6)
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": f"{user}@mail.example"})
    token = await world.outside.act(user, "message", text="こんにちは")
    record = sending.Sender._record
    lost: list[str] = []

    async def killed(self: Any, stored: Any, message: Any, via: Any, outcome: Any) -> None:
        if message.id in lost:
            await record(self, stored, message, via, outcome)
        else:
            lost.append(message.id)

    monkeypatch.setattr(sending.Sender, "_record", killed)
    pushed = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    replied = world.reply(resident, "line.greeting", token)
    await world.publish(pushed, replied)
    for event, template in ((pushed, "appointment.confirmed"), (replied, "line.greeting")):
        done = await world.finished(event, template)
        assert (done["state"], done["via"], done["attempts"] >= 2) == ("delivered", "line", True)
    assert len(lost) == 2
    assert sorted(entry["via"] for entry in await world.outside.inbox(user)) == ["push", "reply"]
    assert await world.outside.mails(f"{user}@mail.example") == []


async def test_a_reply_whose_answer_was_lost_is_not_sent_another_way(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": f"{user}@mail.example"})
    token = await world.outside.act(user, "message", text="こんにちは")
    await world.outside.line_fault(500, accepted=True)
    event = world.reply(resident, "line.greeting", token)
    await world.publish(event)
    await eventually(lambda: world.message(event, "line.greeting"), until=lambda m: bool(m and m["reason"]))
    world.at("2026-12-01T12:01")
    assert (await world.finished(event, "line.greeting"))["state"] == "delivered"
    assert [entry["via"] for entry in await world.outside.inbox(user)] == ["reply"]
    assert await world.outside.mails(f"{user}@mail.example") == []


async def test_a_message_in_doubt_is_not_sent_another_way(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": f"{user}@mail.example"})
    await world.outside.line_fault(500, accepted=True)
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    await eventually(
        lambda: world.message(event, "appointment.confirmed"), until=lambda m: bool(m and m["reason"])
    )
    await world.publish(world.contact(resident, {"email": f"{user}@mail.example"}, sequence=2))
    await world.reached(resident, {"email": f"{user}@mail.example"})
    world.at("2026-12-01T12:01")
    assert (await world.finished(event, "appointment.confirmed"))["state"] == "suppressed"
    assert await world.outside.mails(f"{user}@mail.example") == []


async def test_a_rate_limit_only_slows_down(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": f"{user}@mail.example"})
    await world.outside.line_fault(429)
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    await eventually(
        lambda: world.message(event, "appointment.confirmed"), until=lambda m: bool(m and m["reason"])
    )
    world.at("2026-12-01T12:01")
    assert (await world.finished(event, "appointment.confirmed"))["via"] == "line"
    assert await world.outside.mails(f"{user}@mail.example") == []


async def test_a_mail_server_that_is_busy_is_asked_again_with_the_same_message_id(world: World) -> None:
    address = f"{new_ulid().lower()}@mail.example"
    resident = await world.resident({"email": address})
    await world.outside.mail_fault("451 4.3.0 try later")
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    await eventually(
        lambda: world.message(event, "appointment.confirmed"), until=lambda m: bool(m and m["reason"])
    )
    world.at("2026-12-01T12:01")
    assert (await world.finished(event, "appointment.confirmed"))["state"] == "delivered"
    assert len(await world.outside.mails(address)) == 1


async def test_a_burst_of_bookings_is_confirmed_once_each(world: World) -> None:
    users = await asyncio.gather(*(world.outside.friend() for _ in range(12)))
    residents = [derived_id("res", user) for user in users]
    contacts = [world.contact(r, {"line": u}) for r, u in zip(residents, users, strict=True)]
    booked = [world.booked("confirmed", r, derived_id("apt", r), "2026-12-03T15:00") for r in residents]
    await world.publish(*contacts)
    for resident, user in zip(residents, users, strict=True):
        await world.reached(resident, {"line": user})
    await world.publish(*booked, *booked)
    for event in booked:
        assert (await world.finished(event, "appointment.confirmed"))["state"] == "delivered"
    assert [len(await world.outside.inbox(user)) for user in users] == [1] * 12
