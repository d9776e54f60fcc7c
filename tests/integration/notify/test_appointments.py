"""Confirmations and reminders: in time, at a decent hour, and only for what still holds."""

from typing import Any

from tests.harness import eventually
from tests.integration.notify.world import World, an_appointment, tokyo

SUPPRESSED = "banso.notify.message.suppressed.v1"


def texts(inbox: list[dict[str, Any]]) -> list[str]:
    return [entry["message"]["text"] for entry in inbox]


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


async def test_what_a_test_key_books_is_recorded_and_tells_nobody(world: World) -> None:
    user = await world.outside.friend()
    resident, appointment = await world.resident({"line": user}), an_appointment()
    headers = await world.harness.key("kyoto", "appointments:write")
    key_id = headers["Authorization"].split("_")[2]
    rehearsed = world.booked("confirmed", resident, appointment, "2026-12-08T15:00", actor=f"key:{key_id}")
    await world.publish(rehearsed)
    for template in ("appointment.confirmed", "appointment.reminder_days", "appointment.reminder_hours"):
        made = await world.finished(rehearsed, template)
        assert (made["state"], made["reason"], made["due_at"]) == ("suppressed", "test_key", None)
    real = world.booked("confirmed", resident, an_appointment(), "2026-12-08T16:00")
    await world.publish(real)
    await world.finished(real, "appointment.confirmed")
    assert len(await world.outside.inbox(user)) == 1


async def test_a_series_is_told_once_and_reminded_of_each_time(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    world.at("2026-12-01T12:00")
    first, second = an_appointment(), an_appointment()
    series = {"series_id": "ser_1"}
    one = world.booked("confirmed", resident, first, "2026-12-08T15:00", series=series)
    two = world.booked(
        "confirmed", resident, second, "2026-12-15T15:00", series={**series, "told_by_series": True}
    )
    await world.publish(one, two)
    assert (await world.finished(one, "series.confirmed"))["state"] == "delivered"
    reminder = await eventually(lambda: world.message(two, "appointment.reminder_days"))
    assert reminder is not None and tokyo(reminder["due_at"]).strftime("%d %H:%M") == "12 15:00"
    (text,) = texts(await world.outside.inbox(user))
    assert "つづけての予約" in text and "12月8日（火） 15:00-16:00" in text
    over = {"with_series": True}
    end = world.cancelled(resident, first, by="staff", series=over, sequence=2)
    rest = world.cancelled(resident, second, by="staff", series={**over, "told_by_series": True}, sequence=2)
    await world.publish(rest, end)
    assert (await world.finished(end, "series.cancelled"))["state"] == "delivered"
    await eventually(
        lambda: world.message(two, "appointment.reminder_days"),
        until=lambda found: found is not None and found["state"] == "suppressed",
    )
    texts_now = texts(await world.outside.inbox(user))
    assert len(texts_now) == 2 and "12月8日（火） 15:00-16:00 の回から先の、すべてです。" in texts_now[1]


async def test_who_gets_another_counsellor_is_told_that_the_time_stays(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    world.at("2026-12-01T12:00")
    event = world.booked(
        "moved", resident, an_appointment(), "2026-12-08T15:00", same_time=True, actor="staff:s1"
    )
    await world.publish(event)
    assert (await world.finished(event, "appointment.with_another"))["state"] == "delivered"
    assert "日時は同じです" in texts(await world.outside.inbox(user))[0]
