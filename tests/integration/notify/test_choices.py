"""The buttons below an appointment's messages, and what a person hears when they have pressed one."""

import pytest

from services.intake.line_choice import Choice, read_choice
from shared.events import booking
from shared.ids import derived_id, new_ulid
from tests.integration.notify.world import World, an_appointment, tokyo

EVENING = "appointment.reminder_evening"


async def test_an_appointments_message_can_be_answered_by_a_button(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    event = world.booked("confirmed", resident, appointment, "2026-12-05T24:30")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    assert await world.outside.buttons(user) == {
        "行きます": f"do:appointment.reaffirm:{appointment}",
        "時間を変える": f"do:appointment.times:{appointment}",
        "取り消す": f"ask:appointment.cancel:{appointment}",
    }


async def test_an_email_has_links_where_line_has_buttons(world: World) -> None:
    address = f"{new_ulid().lower()}@mail.example"
    resident, appointment = await world.resident({"email": address}), an_appointment()
    event = world.booked("confirmed", resident, appointment, "2026-12-05T24:30")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    (mail,) = await world.outside.mails(address)
    assert f"http://kyoto.localhost:8080/booking/times?move={appointment}" in mail["text"]
    there = f"http://kyoto.localhost:8080/booking/appointments/{appointment}"
    assert f"{there}\n" in mail["text"]
    assert f"{there}/cancel" in mail["text"]
    assert "do:appointment" not in mail["text"]


async def test_offered_times_are_said_with_their_night_and_chosen_by_a_button(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    event = world.times_offered(resident, appointment, "2026-12-03T24:30", "2026-12-04T22:00")
    await world.publish(event)
    await world.finished(event, "appointment.times")
    (got,) = await world.outside.inbox(user)
    assert "12月3日（木） 24:30-25:30（カレンダーでは12月4日（金）の0:30から）" in got["message"]["text"]
    chosen = await world.outside.buttons(user)
    assert list(chosen) == ["12/3（木）24:30", "12/4（金）22:00", "ほかの時間を見る"]
    choice = read_choice(chosen["12/3（木）24:30"])
    assert isinstance(choice, Choice)
    assert (choice.action, choice.subject_id, choice.start_minute) == ("appointment.move", appointment, 1470)
    assert chosen["ほかの時間を見る"].endswith(f"/booking/times?move={appointment}")


async def test_when_nothing_is_free_nearby_the_page_is_named(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.times_offered(resident, an_appointment())
    await world.publish(event)
    await world.finished(event, "appointment.no_times")
    assert list(await world.outside.buttons(user)) == ["ほかの時間を見る"]


async def test_who_says_that_they_come_is_thanked_once_and_not_reminded_the_evening_before(
    world: World,
) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    booked = world.booked("confirmed", resident, appointment, "2026-12-08T24:30", extra_reminder=True)
    await world.publish(booked)
    evening = await world.in_state(booked, EVENING, "created")
    assert tokyo(evening["due_at"]).strftime("%d %H:%M") == "07 19:00"
    first, second = (world.reaffirmed(resident, appointment, sequence=n) for n in (2, 3))
    await world.publish(first, second)
    assert (await world.finished(first, "appointment.reaffirmed"))["state"] == "delivered"
    withdrawn = await world.finished(booked, EVENING)
    assert (withdrawn["state"], withdrawn["reason"]) == ("suppressed", "superseded")
    for kept in ("appointment.reminder_days", "appointment.reminder_hours"):
        await world.in_state(booked, kept, "created")
    later = world.reaffirmed(resident, an_appointment())
    await world.publish(later)
    await world.finished(later, "appointment.reaffirmed")
    assert await world.message(second, "appointment.reaffirmed") is None


async def test_only_whom_it_helps_is_reminded_the_evening_before(world: World) -> None:
    resident = await world.resident({"line": await world.outside.friend()})
    event = world.booked("confirmed", resident, an_appointment(), "2026-12-08T24:30")
    await world.publish(event)
    await world.finished(event, "appointment.confirmed")
    assert await world.message(event, EVENING) is None


async def test_the_question_before_cancelling_names_the_time_of_an_appointment_of_theirs(
    world: World,
) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    booked = world.booked("confirmed", resident, appointment, "2026-12-08T15:00")
    await world.publish(booked)
    await world.finished(booked, "appointment.confirmed")
    token = await world.outside.act(user, "postback", data=f"ask:appointment.cancel:{appointment}")
    asked = world.reply(resident, "line.ask_cancel", token, {"appointment_id": appointment})
    await world.publish(asked)
    await world.finished(asked, "line.ask_cancel")
    got = (await world.outside.inbox(user))[-1]
    assert got["via"] == "reply"
    assert "12月8日（火） 15:00-16:00" in got["message"]["text"]
    assert await world.outside.buttons(user) == {
        "はい、取り消します": f"do:appointment.cancel:{appointment}",
        "いいえ": f"keep:{appointment}",
    }


async def test_the_time_of_somebody_elses_appointment_is_not_told(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    other = await world.resident({"line": await world.outside.friend()})
    booked = world.booked("confirmed", other, appointment, "2026-12-08T15:00")
    await world.publish(booked)
    await world.finished(booked, "appointment.confirmed")
    token = await world.outside.act(user, "postback", data="x")
    asked = world.reply(resident, "line.ask_cancel", token, {"appointment_id": appointment})
    await world.publish(asked)
    await world.finished(asked, "line.ask_cancel")
    assert "12月8日" not in (await world.outside.inbox(user))[-1]["message"]["text"]


@pytest.mark.parametrize(
    "reason", ["not_found", "started", "over", "time_taken", "unavailable", "offer_ended", "failed"]
)
async def test_why_nothing_has_changed_is_said_at_any_hour(
    world: World, reason: booking.RefusalReason
) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    world.at("2026-12-01T24:40")
    refused = booking.ActionRefused(resident_id=resident, action="appointment.cancel", reason=reason)
    event = world.event(refused, derived_id("act", new_ulid()))
    await world.publish(event)
    template = f"action.refused.{reason}"
    assert (await world.finished(event, template))["state"] == "delivered"
