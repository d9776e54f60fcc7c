"""Workers set their weeks; seats and people's time are never given twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from services.booking.audit import audit
from tests.harness import Harness
from tests.integration.booking.centre import MONDAY, Centre, open_centre, slug
from tests.integration.booking.desk import B, resident_id

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = ("2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11")


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


async def test_a_week_becomes_shifts_with_seats_and_a_new_week_changes_withdraws_and_plans(
    centre: Centre,
) -> None:
    await centre.worker("aoi")
    first = await centre.planned(
        "aoi", centre.entry(MONDAY), centre.entry(TUESDAY, 1380, 1500), centre.entry(WEDNESDAY, station=None)
    )
    seated = await centre.shift(first[1])
    assert (seated["label"], seated["seat"] in (1, 2), seated["station_id"]) == (
        "23:00-25:00",
        True,
        centre.station,
    )
    assert (await centre.shift(first[2]))["seat"] is None
    second = await centre.planned(
        "aoi", centre.entry(MONDAY), centre.entry(TUESDAY, 600, 780), centre.entry(FRIDAY)
    )
    assert second[:2] == first[:2]
    assert (await centre.shift(first[1]))["label"] == "10:00-13:00"
    assert (await centre.shift(first[2]))["state"] == "withdrawn"
    again = await centre.set_week(
        "aoi", centre.entry(MONDAY), centre.entry(TUESDAY, 600, 780), centre.entry(FRIDAY)
    )
    assert [s["version"] for s in again.json()["shifts"]] == [1, 2, 1]
    planned = await centre.desk.harness.published("booking", "banso.booking.shift.planned.v1")
    assert len(planned) == 4


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ([(MONDAY, 600, 690)], "entries.0.end_minute"),
        ([(MONDAY, 600, 720), (MONDAY, 660, 780)], "entries.1.end_minute"),
        ([("2026-12-14", 600, 720)], "entries.0.service_date"),
        ([(d, 600, 720) for d in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY)], "entries"),
        ([(MONDAY, 605, 725)], "entries.0.start_minute"),
    ],
)
async def test_what_the_week_does_not_allow_is_named_and_nothing_is_planned(
    centre: Centre, entries: list[tuple[str, int, int]], field: str
) -> None:
    await centre.worker("aoi")
    refused = await centre.set_week("aoi", *(centre.entry(*e) for e in entries))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert (await centre.me("aoi", "GET", "/week", params={"monday": MONDAY})).json()["shifts"] == []


async def test_a_skill_is_needed_where_it_is_asked_for(centre: Centre) -> None:
    await centre.worker("aoi")
    await centre.worker("ren", skills=["proofreading"])
    there = centre.entry(MONDAY, station=centre.skilled)
    assert (await centre.set_week("aoi", there)).status_code == 422
    assert (await centre.set_week("ren", there)).status_code == 200


async def test_two_seats_are_given_to_two_of_twelve_who_want_them_at_once(centre: Centre) -> None:
    names = [f"w{n}" for n in range(12)]
    for name in names:
        await centre.worker(name)
    answers = await asyncio.gather(
        *(
            centre.set_week(name, centre.entry(MONDAY, 1380 + 30 * (n % 3), 1500 + 30 * (n % 3)))
            for n, name in enumerate(names)
        )
    )
    assert Counter(a.status_code for a in answers) == {200: 2, 409: 10}
    assert {slug(a) for a in answers if a.status_code == 409} == {"station-full"}
    seats = [a.json()["shifts"][0]["seat"] for a in answers if a.status_code == 200]
    assert sorted(seats) == [1, 2]


async def test_of_two_weeks_that_one_worker_sets_at_once_the_limits_hold(centre: Centre) -> None:
    await centre.worker("aoi", max_days=2)
    weeks = [
        [centre.entry(a), centre.entry(b)]
        for a, b in ((MONDAY, TUESDAY), (WEDNESDAY, THURSDAY), (TUESDAY, FRIDAY), (MONDAY, FRIDAY))
    ]
    answers = await asyncio.gather(*(centre.set_week("aoi", *week) for week in weeks))
    assert {a.status_code for a in answers} == {200}
    found = await centre.me("aoi", "GET", "/week", params={"monday": MONDAY})
    assert len(found.json()["shifts"]) == 2


async def test_a_shift_and_an_appointment_never_share_a_moment_of_a_person(centre: Centre) -> None:
    await centre.worker("aoi")
    counsellor = await centre.desk.counsellor()
    await centre.desk.booked("aoi", counsellor, 1470, service_date="2026-12-03")
    this_week = "2026-11-30"
    refused = await centre.set_week("aoi", centre.entry("2026-12-03", 1440, 1560, None), monday=this_week)
    assert (refused.status_code, slug(refused)) == (409, "time-taken")
    assert (
        await centre.set_week("aoi", centre.entry("2026-12-03", 1320, 1440), monday=this_week)
    ).status_code == 200
    clash = await centre.desk.hold("aoi", centre.desk.wish(counsellor, 1380, service_date="2026-12-03"))
    assert (clash.status_code, slug(clash)) == (409, "resident-busy")


async def test_a_week_sent_twice_is_set_once_and_another_body_under_its_key_is_refused(
    centre: Centre,
) -> None:
    await centre.worker("aoi")
    first = await centre.set_week("aoi", centre.entry(MONDAY), key="k1")
    later = await centre.set_week("aoi", centre.entry(TUESDAY), key="k2")
    again = await centre.set_week("aoi", centre.entry(MONDAY), key="k1")
    assert again.json()["shifts"] == later.json()["shifts"]
    other = await centre.set_week("aoi", centre.entry(FRIDAY), key="k1")
    assert (other.status_code, slug(other)) == (409, "idempotency-conflict")
    stale = await centre.set_week("aoi", centre.entry(FRIDAY), headers={"If-Match": first.headers["etag"]})
    assert stale.status_code == 412


async def test_last_week_is_copied_and_what_does_not_fit_is_named(centre: Centre) -> None:
    await centre.worker("aoi")
    await centre.planned("aoi", centre.entry(MONDAY), centre.entry(TUESDAY, 1380, 1500, None))
    await centre.planned("aoi", centre.entry("2026-12-14", 900, 1020), monday="2026-12-14")
    copied = await centre.me("aoi", "POST", "/week/copy", {"monday": "2026-12-14"}, key="c1")
    assert copied.status_code == 200, copied.text
    labels = [(s["service_date"], s["label"]) for s in copied.json()["shifts"]]
    assert labels == [("2026-12-14", "15:00-17:00"), ("2026-12-15", "23:00-25:00")]
    assert [e["service_date"] for e in copied.json()["left_out"]] == ["2026-12-14"]
    twice = await centre.me("aoi", "POST", "/week/copy", {"monday": "2026-12-14"}, key="c1")
    assert twice.json()["shifts"] == copied.json()["shifts"]


async def test_nothing_is_planned_into_the_past_and_what_has_begun_stays(centre: Centre) -> None:
    await centre.worker("aoi")
    this_week = "2026-11-30"
    gone = await centre.set_week("aoi", centre.entry("2026-12-01"), monday=this_week)
    assert gone.status_code == 422
    (made,) = await centre.planned("aoi", centre.entry("2026-12-02"), monday=this_week)
    centre.desk.at(centre.desk.started.core.clock.now() + timedelta(hours=11))
    emptied = await centre.set_week("aoi", monday=this_week)
    assert [s["id"] for s in emptied.json()["shifts"]] == [made]


async def test_who_is_no_worker_has_no_week_and_a_stranger_no_shift(centre: Centre) -> None:
    assert (await centre.set_week("nobody", centre.entry(MONDAY))).status_code == 404
    await centre.worker("aoi")
    (made,) = await centre.planned("aoi", centre.entry(MONDAY))
    stranger = centre.desk.harness.staff(B)
    path = f"/booking/v1/shifts/{made}"
    assert (await centre.desk.client.get(path, headers=stranger)).status_code == 404
    twice = await centre.staff(
        "POST", "/workers", {"resident_id": resident_id("aoi"), "centre_id": centre.id}
    )
    assert (twice.status_code, slug(twice)) == (409, "already-worker")


async def test_many_hands_at_once_leave_no_overlap_and_no_lost_bit(centre: Centre) -> None:
    names = [f"w{n}" for n in range(6)]
    for name in names:
        await centre.worker(name, max_days=3)
    chance = random.Random(20261207)
    outcomes: Counter[str] = Counter()
    days = [(date(2026, 12, 7) + timedelta(days=n)).isoformat() for n in range(3)]

    async def hand(n: int) -> None:
        name = names[n % len(names)]
        for _ in range(6):
            entries = [
                centre.entry(
                    day, start, start + chance.choice([120, 180]), chance.choice(["here", "here", None])
                )
                for day in chance.sample(days, 2)
                for start in [chance.randrange(540, 1440, 15)]
            ]
            answer = await centre.set_week(name, *entries)
            outcomes[f"set {answer.status_code}"] += 1
            if chance.random() < 0.5:
                told = await centre.me(
                    name,
                    "POST",
                    "/attendance",
                    {"status": chance.choice(["absent", "present"]), "service_date": chance.choice(days)},
                )
                outcomes[f"told {told.status_code}"] += 1

    await asyncio.gather(*(hand(n) for n in range(12)))
    report = await audit(centre.desk.started.core.db)
    assert report.findings == []
    assert report.claims > 6
    assert (
        {"set 200", "set 409", "told 200"} <= set(outcomes) <= {"set 200", "set 409", "told 200", "told 409"}
    )
