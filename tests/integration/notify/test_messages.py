"""Messages to people: they arrive, once, by the best way, at a decent hour."""

import asyncio
from typing import Any

import pytest

from services.notify import sender as sending
from shared.events.intake import ConsultationUrgent
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World, open_world, tokyo

ACCEPTED = "banso.notify.message.accepted.v1"
DELIVERED = "banso.notify.message.delivered.v1"
FAILED = "banso.notify.message.failed.v1"
SUPPRESSED = "banso.notify.message.suppressed.v1"


def texts(inbox: list[dict[str, Any]]) -> list[str]:
    return [entry["message"]["text"] for entry in inbox]


def an_appointment() -> str:
    return derived_id("apt", new_ulid())


async def test_a_new_friend_is_greeted_by_the_free_reply_with_a_button(world: World) -> None:
    user = await world.outside.friend()
    token = await world.outside.act(user, "message", text="こんにちは")
    resident = await world.resident({"line": user})
    event = world.reply(resident, "line.greeting", token)
    await world.publish(event)
    message = await world.finished(event, "line.greeting")
    assert (message["state"], message["via"], message["template_version"]) == ("delivered", "line", 0)
    (got,) = await world.outside.inbox(user)
    assert got["via"] == "reply"
    assert "見本市 kyoto" in got["message"]["text"]
    button = got["message"]["quickReply"]["items"][0]["action"]
    assert (button["type"], button["data"]) == ("postback", "consult")
    (accepted,) = await eventually(lambda: world.told(ACCEPTED, message_id=message["id"]))
    (delivered,) = await eventually(lambda: world.told(DELIVERED, message_id=message["id"]))
    assert accepted.correlationid == delivered.correlationid == event.correlationid
    assert delivered.data["via"] == "line"


async def test_a_booking_past_midnight_is_confirmed_at_once_and_reminders_are_planned(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    world.at("2026-12-01T24:40")
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-05T24:30")
    await world.publish(event)
    assert (await world.finished(event, "appointment.confirmed"))["state"] == "delivered"
    (text,) = texts(await world.outside.inbox(user))
    assert "12月5日（土） 24:30-25:30" in text
    assert "カレンダーでは12月6日（日）の0:30から" in text
    assert "http://kyoto.localhost:8080/booking/mine" in text
    days = await world.message(event, "appointment.reminder_days")
    hours = await world.message(event, "appointment.reminder_hours")
    assert days is not None
    assert hours is not None
    assert (days["state"], hours["state"]) == ("created", "created")
    assert tokyo(days["due_at"]).strftime("%d %H:%M") == "03 08:00"
    assert tokyo(hours["due_at"]).strftime("%d %H:%M") == "05 20:50"


async def test_a_reminder_is_sent_when_the_clock_reaches_it(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-08T15:00")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    world.at("2026-12-05T15:01")
    assert (await world.finished(event, "appointment.reminder_days"))["state"] == "delivered"
    world.at("2026-12-08T12:01")
    assert (await world.finished(event, "appointment.reminder_hours"))["state"] == "delivered"
    assert len(await world.outside.inbox(user)) == 3


async def test_a_reminder_that_would_come_after_the_start_is_not_sent(world: World) -> None:
    resident = await world.resident({"line": await world.outside.friend()})
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-08T15:00")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    world.at("2026-12-08T15:00")
    late = await world.finished(event, "appointment.reminder_hours")
    assert (late["state"], late["reason"]) == ("suppressed", "expired")


async def test_a_cancelled_appointment_is_not_reminded_of(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    event = world.booked("confirmed", resident, appointment, "2026-12-08T15:00")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    gone = world.cancelled(resident, appointment, sequence=2)
    await world.publish(gone)
    assert (await world.finished(gone, "appointment.cancelled"))["state"] == "delivered"
    for template in ("appointment.reminder_days", "appointment.reminder_hours"):
        reminder = await world.finished(event, template)
        assert (reminder["state"], reminder["reason"], reminder["due_at"]) == (
            "suppressed",
            "cancelled",
            None,
        )
    assert (
        len(
            await eventually(
                lambda: world.told(SUPPRESSED, resident_id=resident), until=lambda e: len(e) == 2
            )
        )
        == 2
    )
    assert "12月8日（火） 15:00-16:00" in texts(await world.outside.inbox(user))[-1]


async def test_a_moved_appointment_is_reminded_of_at_its_new_time(world: World) -> None:
    resident, appointment = await world.resident({"line": await world.outside.friend()}), an_appointment()
    first = world.booked("confirmed", resident, appointment, "2026-12-08T15:00")
    await world.publish(first)
    await world.finished(first, "appointment.confirmed")
    moved = world.booked("moved", resident, appointment, "2026-12-10T11:00", sequence=2)
    await world.publish(moved)
    await world.finished(moved, "appointment.moved")
    old = await world.finished(first, "appointment.reminder_days")
    new = await world.message(moved, "appointment.reminder_days")
    assert (old["state"], old["reason"]) == ("suppressed", "superseded")
    assert new is not None
    assert tokyo(new["due_at"]).strftime("%d %H:%M") == "07 11:00"


async def test_an_event_that_comes_late_does_not_bring_a_cancelled_appointment_back(world: World) -> None:
    resident, appointment = await world.resident({"line": await world.outside.friend()}), an_appointment()
    gone = world.cancelled(resident, appointment, sequence=3)
    await world.publish(gone)
    await world.finished(gone, "appointment.cancelled")
    late = world.booked("confirmed", resident, appointment, "2026-12-08T15:00", sequence=2)
    other = world.booked("confirmed", resident, an_appointment(), "2026-12-09T15:00")
    await world.publish(late, other)
    await world.finished(other, "appointment.confirmed")
    assert await world.message(late, "appointment.confirmed") is None
    assert await world.message(late, "appointment.reminder_days") is None


async def test_what_staff_change_at_night_is_told_in_the_morning(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    event = world.booked("confirmed", resident, appointment, "2026-12-08T15:00")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    world.at("2026-12-01T23:00")
    moved = world.booked("moved", resident, appointment, "2026-12-09T15:00", sequence=2, actor="staff:one")
    await world.publish(moved)
    waiting = await world.in_state(moved, "appointment.moved", "created")
    assert tokyo(waiting["due_at"]).strftime("%d %H:%M") == "02 08:00"
    world.at("2026-12-02T08:01")
    assert (await world.finished(moved, "appointment.moved"))["state"] == "delivered"
    assert len(await world.outside.inbox(user)) == 2


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


async def test_a_lost_answer_is_asked_again_and_nothing_arrives_twice(world: World) -> None:
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
        assert (done["state"], done["via"], done["attempts"]) == ("delivered", "line", 2)
    assert len(lost) == 2
    assert sorted(entry["via"] for entry in await world.outside.inbox(user)) == ["push", "reply"]
    assert await world.outside.mails(f"{user}@mail.example") == []


async def test_a_reply_token_that_is_too_old_becomes_a_push(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.reply(resident, "line.link", "0" * 32, {"link": "http://kyoto.localhost/intake/enter/x"})
    await world.publish(event)
    assert (await world.finished(event, "line.link"))["state"] == "delivered"
    (got,) = await world.outside.inbox(user)
    assert got["via"] == "push"
    assert "http://kyoto.localhost/intake/enter/x" in got["message"]["text"]


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


async def test_somebody_whom_line_refuses_is_written_to_by_mail(world: World) -> None:
    address = f"{new_ulid().lower()}@mail.example"
    resident = await world.resident({"line": "not-a-line-user", "email": address})
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T24:30")
    await world.publish(event)
    done = await world.finished(event, "appointment.confirmed")
    assert (done["state"], done["via"]) == ("delivered", "email")
    (mail,) = await world.outside.mails(address)
    assert mail["subject"] == "予約ができました（12月3日（木） 24:30-25:30）"
    assert mail["message_id"] == f"<{done['id']}@localhost.example>"
    assert "見本市 kyoto" in mail["headers"]["From"]


async def test_a_month_without_quota_left_goes_by_mail(world: World) -> None:
    address = f"{new_ulid().lower()}@mail.example"
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": address})
    await world.outside.line_quota(0)
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    assert (await world.finished(event, "appointment.confirmed"))["via"] == "email"
    await world.outside.line_quota(1)
    assert await world.outside.inbox(user) == []


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


async def test_a_mail_address_that_is_refused_is_a_permanent_failure(world: World) -> None:
    resident = await world.resident({"email": f"{new_ulid().lower()}@mail.example"})
    await world.outside.mail_fault("550 5.1.1 no such user")
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    done = await world.finished(event, "appointment.confirmed")
    assert (done["state"], done["reason"]) == ("permanent-failure", "mail-550")
    (failed,) = await eventually(lambda: world.told(FAILED, message_id=done["id"]))
    assert failed.data["reason"] == "permanent-failure"


async def test_an_older_contact_never_overwrites_a_newer_one(world: World) -> None:
    resident, old, new = derived_id("res", new_ulid()), f"U{'a' * 32}", f"U{'b' * 32}"
    await world.publish(world.contact(resident, {"line": new}, sequence=5))
    await world.reached(resident, {"line": new})
    await world.publish(world.contact(resident, {"line": old}, sequence=4))
    await world.resident({"line": old})  # the one before it in the stream has been handled by now
    await world.reached(resident, {"line": new})
    await world.publish(world.contact(resident, {"line": new, "email": "a@mail.example"}, sequence=6))
    await world.reached(resident, {"line": new, "email": "a@mail.example"})
    await world.publish(world.contact(resident, {}, sequence=7))
    await world.reached(resident, {})


async def test_nobody_who_left_is_written_to(world: World) -> None:
    resident = await world.resident({"line": await world.outside.friend()})
    await world.publish(world.contact(resident, {}, sequence=2))
    await world.reached(resident, {})
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-03T15:00")
    await world.publish(event)
    done = await world.finished(event, "appointment.confirmed")
    assert (done["state"], done["reason"]) == ("suppressed", "no_contact")


async def test_a_page_goes_to_the_staff_at_any_hour_without_what_was_said(world: World) -> None:
    world.at("2026-12-01T27:00")
    resident = derived_id("res", new_ulid())
    payload = ConsultationUrgent(resident_id=resident, consultation_id="con_1", kind="suicide")
    await world.publish(world.event(payload, "con_1"))

    async def mine() -> list[dict[str, Any]]:
        return [m for m in await world.outside.mails("crisis-kyoto@desk.example") if resident in m["text"]]

    (mail,) = await eventually(mine)
    assert "【至急】" in mail["subject"]
    assert "con_1" in mail["text"]


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
