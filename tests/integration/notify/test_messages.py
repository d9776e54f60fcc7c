"""Messages to people: they arrive, by the best way."""

from typing import Any

from shared.events.intake import ConsultationUrgent
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World, an_appointment

ACCEPTED = "banso.notify.message.accepted.v1"
DELIVERED = "banso.notify.message.delivered.v1"
FAILED = "banso.notify.message.failed.v1"


def texts(inbox: list[dict[str, Any]]) -> list[str]:
    return [entry["message"]["text"] for entry in inbox]


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


async def test_a_reply_token_that_is_too_old_becomes_a_push(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.reply(resident, "line.link", "0" * 32, {"link": "http://kyoto.localhost/intake/enter/x"})
    await world.publish(event)
    assert (await world.finished(event, "line.link"))["state"] == "delivered"
    (got,) = await world.outside.inbox(user)
    assert got["via"] == "push"
    assert "http://kyoto.localhost/intake/enter/x" in got["message"]["text"]


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
