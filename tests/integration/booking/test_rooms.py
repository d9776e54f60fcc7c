"""Rooms and lines, daily caps and buffers: what else must be free for an appointment."""

import asyncio
from collections import Counter
from datetime import timedelta

from services.booking.audit import audit
from tests.harness import Harness, a_tenant
from tests.integration.booking.desk import DAY, A, B, Desk, open_desk

LINE = {"name": "見本 回線1", "kind": "line", "channels": ["online"]}


async def room(desk: Desk, **more: object) -> str:
    answer = await desk.staff("POST", "/rooms", {**LINE, **more})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def slug(answer: object) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]  # type: ignore[attr-defined]


async def test_a_tenant_without_rooms_needs_none(desk: Desk) -> None:
    held = await desk.hold("aoi", desk.wish(await desk.counsellor()))
    assert held.json()["room_id"] is None


async def test_two_counsellors_and_one_line_are_one_session_at_a_time(desk: Desk) -> None:
    line = await room(desk)
    one, two = await desk.counsellor(), await desk.counsellor()
    held = await desk.hold("aoi", desk.wish(one))
    assert held.json()["room_id"] == line
    refused = await desk.hold("yui", desk.wish(two, 1500))
    assert (refused.status_code, await slug(refused)) == (409, "no-room")
    assert (await desk.hold("yui", desk.wish(two, 1530))).json()["room_id"] == line
    by_telephone = await desk.hold("rin", desk.wish(two, 1470, channel="telephone"))
    assert by_telephone.json()["room_id"] is None


async def test_many_at_once_get_different_rooms_and_no_more_than_there_are(desk: Desk) -> None:
    rooms = {await room(desk, name=f"見本 回線{n}") for n in range(3)}
    people = [await desk.counsellor() for _ in range(5)]
    answers = await asyncio.gather(*(desk.hold(f"n{n}", desk.wish(c)) for n, c in enumerate(people)))
    assert Counter(a.status_code for a in answers) == {201: 3, 409: 2}
    assert {a.json()["room_id"] for a in answers if a.status_code == 201} == rooms


async def test_a_move_keeps_its_room_even_where_it_overlaps_itself(desk: Desk) -> None:
    line = await room(desk)
    made = await desk.booked("aoi", await desk.counsellor())
    moved = await desk.act("aoi", made, "move", {"service_date": "2026-12-03", "start_minute": 1500})
    assert (moved.status_code, moved.json()["room_id"]) == (200, line)


async def test_a_room_that_is_out_of_use_takes_nothing_new(desk: Desk) -> None:
    line = await room(desk)
    changed = await desk.staff("PUT", f"/rooms/{line}", {**LINE, "active": False})
    assert changed.json()["active"] is False
    refused = await desk.hold("aoi", desk.wish(await desk.counsellor()))
    assert await slug(refused) == "no-room"
    assert (await desk.staff("GET", f"/rooms/{line}", tenant=B)).status_code == 404


async def test_a_counsellor_takes_no_more_a_day_than_their_cap_however_many_ask_at_once(desk: Desk) -> None:
    counsellor = await desk.counsellor(daily_cap=2)
    answers = await asyncio.gather(
        *(desk.hold(f"n{n}", desk.wish(counsellor, 1320 + 60 * n)) for n in range(5))
    )
    assert Counter(a.status_code for a in answers) == {201: 2, 409: 3}
    assert {await slug(a) for a in answers if a.status_code == 409} == {"day-full"}
    first = next(n for n, a in enumerate(answers) if a.status_code == 201)
    await desk.act(f"n{first}", answers[first].json()["id"], "cancel")
    again = await desk.hold("again", desk.wish(counsellor, 1320 + 60 * first))
    assert again.status_code == 201
    tomorrow = await desk.hold("rin", desk.wish(counsellor, 1320, service_date="2026-12-04"))
    assert tomorrow.status_code == 201


async def test_the_day_of_the_cap_is_the_service_day_in_the_early_morning_too(desk: Desk) -> None:
    """6:00 in Tokyo lies in the UTC date before: the count is in the document of the service day's own date."""
    early = [{"weekday": 3, "start_minute": 360, "end_minute": 1500}]
    counsellor = await desk.counsellor(daily_cap=2, weekly_hours=early)
    starts = (360, 480, 600, 1440)
    answers = [await desk.hold(f"n{s}", desk.wish(counsellor, s)) for s in starts]
    assert [a.status_code for a in answers] == [201, 201, 409, 409]


async def test_a_full_day_is_said_to_be_full_to_who_comes_from_the_morning_after(desk: Desk) -> None:
    """8:30-9:30 of the day after has cells in the document that counts the full day, and is not counted there."""
    whole_days = [{"weekday": d, "start_minute": 0, "end_minute": 1440} for d in range(7)]
    counsellor = await desk.counsellor(daily_cap=1, weekly_hours=whole_days)
    await desk.booked("yui", counsellor, 1320)
    morning_after = (DAY + timedelta(days=1)).isoformat()
    made = await desk.booked("aoi", counsellor, 510, service_date=morning_after)
    refused = await desk.act("aoi", made, "move", {"service_date": DAY.isoformat(), "start_minute": 1200})
    assert (refused.status_code, await slug(refused)) == (409, "day-full")
    later = await desk.act("aoi", made, "move", {"service_date": morning_after, "start_minute": 600})
    assert later.status_code == 200


async def test_a_resident_books_no_more_a_day_than_the_cap_and_staff_may(harness: Harness) -> None:
    desk = await open_desk(harness)
    await harness.declare(a_tenant(A, booking={"resident_daily_cap": 1}), a_tenant(B))
    counsellor = await desk.counsellor()
    resident = await desk.registered("aoi")
    held = await desk.hold("aoi", desk.wish(counsellor, 1320))
    assert held.status_code == 201
    refused = await desk.hold("aoi", desk.wish(counsellor, 1500))
    assert (refused.status_code, await slug(refused)) == (409, "resident-day-full")
    offered = {slot["service_date"] for slot in refused.json()["alternatives"]}
    assert offered and DAY.isoformat() not in offered, "that day is as full an hour later"
    await desk.act("aoi", held.json()["id"], "confirm")
    await desk.booked("ren", counsellor, 1380)
    there = {"service_date": DAY.isoformat(), "start_minute": 1380}
    taken = await desk.act("aoi", held.json()["id"], "move", there)
    near = [(slot["service_date"], slot["start_minute"]) for slot in taken.json()["alternatives"]]
    assert near == [(DAY.isoformat(), minute) for minute in (1440, 1455, 1470)], "not where it is already"
    by_staff = {**desk.wish(counsellor, 1500), "resident_id": resident}
    assert (await desk.staff("POST", "/appointments", by_staff)).status_code == 201
    assert (await audit(desk.started.core.db)).findings == []


async def test_the_buffer_is_kept_free_after_an_appointment_and_not_of_the_resident(harness: Harness) -> None:
    desk = await open_desk(harness)
    await harness.declare(a_tenant(A, booking={"buffer_minutes": 15}), a_tenant(B))
    one, two = await desk.counsellor(), await desk.counsellor()
    made = await desk.booked("aoi", one, 1320)
    refused = await desk.hold("yui", desk.wish(one, 1380))
    assert await slug(refused) == "slot-taken"
    assert (await desk.hold("yui", desk.wish(one, 1395))).status_code == 201
    assert (await desk.hold("aoi", desk.wish(two, 1380))).status_code == 201
    assert (await desk.act("aoi", made, "cancel")).status_code == 200
    assert (await audit(desk.started.core.db)).findings == []
