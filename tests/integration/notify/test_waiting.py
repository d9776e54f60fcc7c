"""Who waits for a time is asked when one is kept for them."""

from datetime import date, timedelta

from services.intake.line_choice import read_choice
from shared.clock import parse_service_time
from shared.events import booking
from shared.events.envelope import Event
from shared.ids import derived_id, new_ulid
from tests.integration.notify.world import World, an_appointment


def offered(world: World, resident: str, waiting: str, earlier_than: str | None = None) -> Event:
    """24:30 of 3 December, kept for an hour."""
    payload = booking.WaitlistOffered(
        resident_id=resident,
        waiting_id=waiting,
        appointment_id=an_appointment(),
        channel="online",
        service_date=date(2026, 12, 3),
        start_minute=1470,
        end_minute=1530,
        starts_at=parse_service_time("2026-12-03T24:30"),
        offered_until=world.now + timedelta(hours=1),
        earlier_than=earlier_than,
    )
    return world.event(payload, waiting)


async def test_an_offer_says_until_when_and_is_answered_by_a_button(world: World) -> None:
    user = await world.outside.friend()
    resident, waiting = await world.resident({"line": user}), derived_id("wai", new_ulid())
    event = offered(world, resident, waiting)
    await world.publish(event)
    assert (await world.finished(event, "waitlist.offered"))["state"] == "delivered"
    (got,) = await world.outside.inbox(user)
    assert "12月3日（木） 24:30-25:30" in got["message"]["text"]
    assert "12月1日（火） 13:0" in got["message"]["text"]
    buttons = await world.outside.buttons(user)
    assert list(buttons) == ["受ける", "今回はやめる"]
    for label, action in (("受ける", "waitlist.take"), ("今回はやめる", "waitlist.pass")):
        choice = read_choice(buttons[label])
        assert choice is not None
        assert (choice.action, choice.subject_id, choice.start_minute) == (action, waiting, 1470)


async def test_an_earlier_time_says_that_the_appointment_moves(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = offered(world, resident, derived_id("wai", new_ulid()), an_appointment())
    await world.publish(event)
    await world.finished(event, "waitlist.earlier")
    assert "予約がこの時間に変わります" in (await world.outside.inbox(user))[0]["message"]["text"]


async def test_an_email_leads_to_the_page_where_it_is_answered(world: World) -> None:
    address = f"{new_ulid().lower()}@mail.example"
    resident = await world.resident({"email": address})
    event = offered(world, resident, derived_id("wai", new_ulid()))
    await world.publish(event)
    await world.finished(event, "waitlist.offered")
    (mail,) = await world.outside.mails(address)
    assert "http://kyoto.localhost:8080/booking/waiting" in mail["text"]


async def test_an_offer_that_has_ended_is_not_sent_any_more(world: World) -> None:
    resident = await world.resident({"line": await world.outside.friend()})
    event = offered(world, resident, derived_id("wai", new_ulid()))
    world.at("2026-12-01T13:30")
    await world.publish(event)
    late = await world.finished(event, "waitlist.offered")
    assert (late["state"], late["reason"]) == ("suppressed", "expired")
