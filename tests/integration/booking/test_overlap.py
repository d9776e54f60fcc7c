"""No two appointments ever share a moment of a counsellor or a resident, whatever happens at once."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

from services.booking.audit import audit
from tests.harness import Harness
from tests.integration.booking.desk import DAY, Desk, open_desk, resident_id

ALL_WEEK = [{"weekday": n, "start_minute": 0, "end_minute": 1440} for n in range(7)]


async def test_of_two_hundred_who_want_one_slot_exactly_one_gets_it(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    answers = await asyncio.gather(
        *(desk.hold(f"r{n}", desk.wish(counsellor, 1470 if n % 2 else 1455)) for n in range(200))
    )
    assert Counter(a.status_code for a in answers) == {201: 1, 409: 199}
    losers = [a.json() for a in answers if a.status_code == 409]
    assert {p["type"].rpartition("/")[2] for p in losers} == {"slot-taken"}
    assert all(len(p["alternatives"]) == 3 for p in losers)
    assert await desk.started.core.db["appointments"].count_documents({}) == 1


async def test_a_resident_who_presses_everywhere_at_once_gets_one_of_the_times_that_overlap(
    desk: Desk,
) -> None:
    counsellors = [await desk.counsellor() for _ in range(6)]
    answers = await asyncio.gather(*(desk.hold("aoi", desk.wish(c)) for c in counsellors))
    assert Counter(a.status_code for a in answers) == {201: 1, 409: 5}
    refusals = {a.json()["type"].rpartition("/")[2] for a in answers if a.status_code == 409}
    assert refusals == {"resident-busy"}


async def test_past_midnight_of_one_day_and_the_next_days_morning_are_the_same_time(desk: Desk) -> None:
    late = await desk.counsellor(weekly_hours=[{"weekday": 3, "start_minute": 1320, "end_minute": 1560}])
    await desk.booked("aoi", late)  # Thursday 24:30
    path = f"/counsellors/{late}"
    body = {
        "display_name": "見本 相談員",
        "channels": ["online"],
        "weekly_hours": [{"weekday": 4, "start_minute": 0, "end_minute": 300}],
    }
    assert (
        await desk.staff("PUT", path, body)
    ).status_code == 200  # from now on it is said as Friday morning
    friday = (DAY + timedelta(days=1)).isoformat()
    for minute in (0, 30, 75):
        refused = await desk.hold("ren", desk.wish(late, minute, service_date=friday))
        assert refused.json()["type"].endswith("/slot-taken"), minute
    assert (await desk.hold("ren", desk.wish(late, 90, service_date=friday))).status_code == 201
    early = await desk.counsellor(weekly_hours=[{"weekday": 4, "start_minute": 0, "end_minute": 300}])
    twice = await desk.hold("aoi", desk.wish(early, 30, service_date=friday))
    assert twice.json()["type"].endswith("/resident-busy")


async def test_an_appointment_across_the_edge_of_two_calendar_documents_is_one_appointment(
    desk: Desk,
) -> None:
    counsellor = await desk.counsellor(weekly_hours=ALL_WEEK)
    made = await desk.booked("aoi", counsellor, 510)  # 8:30-9:30 in Tokyo: midnight in UTC lies in the middle
    assert await desk.started.core.db["calendars"].count_documents({}) == 4
    for minute in (465, 540, 555):
        refused = await desk.hold("ren", desk.wish(counsellor, minute))
        assert refused.json()["type"].endswith("/slot-taken"), minute
    for minute in (450, 570):
        assert (await desk.hold(f"r{minute}", desk.wish(counsellor, minute))).status_code == 201
    assert (await desk.act("aoi", made, "cancel")).status_code == 200
    assert (await desk.hold("ren", desk.wish(counsellor, 510))).status_code == 201


async def test_moving_into_a_taken_time_is_refused_and_keeps_the_old_one(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor, 1320)
    await desk.booked("ren", counsellor, 1440)
    there = {"service_date": DAY.isoformat(), "start_minute": 1410}
    refused = await desk.act("aoi", made, "move", there)
    assert (refused.status_code, len(refused.json()["alternatives"])) == (409, 3)
    shown = await desk.staff("GET", f"/appointments/{made}")
    assert (shown.json()["start_minute"], shown.json()["version"]) == (1320, 2)


async def test_moving_by_half_an_hour_may_overlap_oneself(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor, 1320)
    moved = await desk.act("aoi", made, "move", {"service_date": DAY.isoformat(), "start_minute": 1350})
    assert moved.json()["label"] == "22:30-23:30"
    again = await desk.act("aoi", made, "move", {"service_date": DAY.isoformat(), "start_minute": 1350})
    assert (again.status_code, again.json()["label"]) == (200, "22:30-23:30")
    assert (await desk.hold("ren", desk.wish(counsellor, 1320, minutes=30))).status_code == 201


async def test_two_who_swap_at_once_never_end_in_the_same_place(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    places = {"aoi": 1320, "ren": 1380}
    made = {name: await desk.booked(name, counsellor, minute) for name, minute in places.items()}
    there = {"service_date": DAY.isoformat(), "start_minute": 1440}
    answers = await asyncio.gather(*(desk.act(name, made[name], "move", there) for name in made))
    assert sorted(a.status_code for a in answers) == [200, 409]


async def test_many_hands_at_once_leave_no_overlap_and_no_lost_bit(harness: Harness) -> None:
    desk = await open_desk(harness, expiry_every=0.05)
    counsellors = [await desk.counsellor(weekly_hours=ALL_WEEK) for _ in range(2)]
    for n in range(8):
        await desk.registered(f"r{n}")
    clock = desk.started.core.clock
    chance = random.Random(20261203)
    outcomes: Counter[str] = Counter()

    def wish() -> dict[str, object]:
        minutes = chance.choice([15, 30, 60, 90])
        day = DAY + timedelta(days=chance.randrange(2))
        minute = chance.randrange(0, (1440 - minutes) // 15 + 1) * 15
        return desk.wish(chance.choice(counsellors), minute, minutes=minutes, service_date=day.isoformat())

    async def hand(n: int) -> None:
        name = f"r{n % 8}"  # several hands share a resident, so that residents collide too
        for _ in range(12):
            clock.shift += timedelta(seconds=20)  # holds run out while others are confirmed
            if chance.random() < 0.3:
                body = wish() | {"resident_id": resident_id(name)}
                made = await desk.staff("POST", "/appointments", body)
            else:
                made = await desk.hold(name, wish())
            outcomes[f"take {made.status_code}"] += 1
            if made.status_code != 201:
                continue
            apt = made.json()["id"]
            if chance.random() < 0.8:
                await desk.act(name, apt, "confirm")
            if chance.random() < 0.5:
                body = {k: v for k, v in wish().items() if k != "channel"}
                moved = await desk.act(name, apt, "move", body)
                outcomes[f"move {moved.status_code}"] += 1
            if chance.random() < 0.4:
                await asyncio.gather(desk.act(name, apt, "cancel"), desk.act(name, apt, "confirm"))

    await asyncio.gather(*(hand(n) for n in range(16)))
    report = await audit(desk.started.core.db)
    assert report.findings == []
    assert report.claims > 40
    assert set(outcomes) == {"take 201", "take 409", "move 200", "move 409"}
    ended = await harness.published("booking", "banso.booking.appointment.cancelled.v1")
    assert {e.data["by"] for e in ended} == {"resident", "system"}
