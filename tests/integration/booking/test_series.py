"""A line, not a point: all dates of a series are booked in one step, or none is."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from services.booking.store import Bookings
from shared.errors import Unavailable
from tests.integration.booking.desk import B, Desk
from tests.integration.booking.test_appointments import heard

DATES = ["2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24"]


async def series(desk: Desk, resident: str, path: str = "", **more: Any) -> Any:
    body = {
        "resident_id": resident,
        "channel": "online",
        "first_date": DATES[0],
        "start_minute": 1470,
        "count": 4,
        **more,
    }
    return await desk.staff("POST", f"/series{path}", body)


async def test_four_weeks_are_four_appointments_and_the_person_is_told_once(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = (await series(desk, await desk.registered("aoi"))).json()
    assert [a["service_date"] for a in made["appointments"]] == DATES
    assert {(a["label"], a["state"], a["series_id"]) for a in made["appointments"]} == {
        ("24:30-25:30", "confirmed", made["id"])
    }
    assert made["counsellor_id"] == counsellor
    events = await heard(desk, 4)
    told = sorted((e.data["service_date"], e.data["told_by_series"]) for e in events)
    assert told == [(DATES[0], False), *((day, True) for day in DATES[1:])]


async def test_one_date_that_is_taken_books_none_and_is_named_and_can_be_left_out(desk: Desk) -> None:
    counsellor, resident = await desk.counsellor(), await desk.registered("aoi")
    await desk.booked("yui", counsellor, 1500, service_date=DATES[1])
    refused = await series(desk, resident)
    assert refused.status_code == 409
    assert refused.json()["dates"] == [{"service_date": DATES[1], "problem": "slot-taken"}]
    listed = await desk.staff("GET", "/appointments")
    assert len(listed.json()["data"]) == 1
    seen = (await series(desk, resident, "/preview")).json()["dates"]
    assert [d["problem"] for d in seen] == [None, "slot-taken", None, None]
    made = (await series(desk, resident, except_dates=[DATES[1]])).json()
    assert [a["service_date"] for a in made["appointments"]] == [DATES[0], *DATES[2:]]


async def test_a_series_that_names_nobody_goes_to_who_has_all_dates(desk: Desk) -> None:
    busy, free = await desk.counsellor(), await desk.counsellor()
    await desk.booked("yui", busy, service_date=DATES[2])
    made = (await series(desk, await desk.registered("aoi"))).json()
    assert {a["counsellor_id"] for a in made["appointments"]} == {free}


async def test_one_date_is_moved_and_the_rest_is_cancelled_from_a_day_on(desk: Desk) -> None:
    await desk.counsellor()
    made = (await series(desk, await desk.registered("aoi"))).json()
    second = made["appointments"][1]["id"]
    there = {"service_date": "2026-12-11", "start_minute": 1320}
    assert (await desk.staff("POST", f"/appointments/{second}/move", there)).status_code == 200
    left = await desk.staff("POST", f"/series/{made['id']}/cancel", {"from_date": DATES[2]})
    states = [(a["service_date"], a["state"]) for a in left.json()["appointments"]]
    assert states == [
        (DATES[0], "confirmed"),
        ("2026-12-11", "confirmed"),
        (DATES[2], "cancelled"),
        (DATES[3], "cancelled"),
    ]
    events = await desk.harness.published("booking", "banso.booking.appointment.cancelled.v1")
    assert [(e.data["with_series"], e.data["told_by_series"]) for e in events] == [
        (True, False),
        (True, True),
    ]


async def test_an_end_that_was_cut_short_and_is_sent_again_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.counsellor()
    made = (await series(desk, await desk.registered("aoi"))).json()
    headers = desk.harness.staff("sample-a") | {"Idempotency-Key": "end"}
    path, whole, ended = f"/booking/v1/series/{made['id']}/cancel", Bookings.keep, 0

    async def cut(self: Bookings, *args: Any, **more: Any) -> Any:
        nonlocal ended
        ended += 1
        if ended == 3:
            raise Unavailable("cut short")
        return await whole(self, *args, **more)

    monkeypatch.setattr(Bookings, "keep", cut)
    body = {"from_date": DATES[0]}
    answers = [await desk.client.post(path, headers=headers, json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    events = await desk.harness.published("booking", "banso.booking.appointment.cancelled.v1")
    assert sorted(e.data["told_by_series"] for e in events) == [False, True, True, True]
    other = await desk.client.post(path, headers=headers, json={"from_date": DATES[1]})
    assert other.json()["type"].endswith("idempotency-conflict")


async def test_two_series_at_once_for_the_same_time_are_one_whole_series(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    residents = [await desk.registered(name) for name in ("aoi", "yui", "rin")]
    answers = await asyncio.gather(*(series(desk, r, counsellor_id=counsellor) for r in residents))
    assert Counter(a.status_code for a in answers) == {201: 1, 409: 2}
    listed = await desk.staff("GET", "/appointments")
    assert len({a["resident_id"] for a in listed.json()["data"]}) == 1


async def test_a_series_that_is_sent_again_is_the_same_series(desk: Desk) -> None:
    await desk.counsellor()
    resident = await desk.registered("aoi")
    headers = desk.harness.staff("sample-a") | {"Idempotency-Key": "twice"}
    body = {"resident_id": resident, "channel": "online", "first_date": DATES[0], "start_minute": 1470}
    first, again = [
        await desk.client.post("/booking/v1/series", headers=headers, json=body) for _ in range(2)
    ]
    assert first.json() == again.json()
    other = await desk.client.post("/booking/v1/series", headers=headers, json={**body, "count": 2})
    assert other.status_code == 409


async def test_what_cannot_be_a_series_is_refused(desk: Desk) -> None:
    await desk.counsellor()
    resident = await desk.registered("aoi")
    for wrong, field in (
        ({"except_dates": DATES}, "except_dates"),
        ({"first_date": "2027-12-01", "count": 26}, "count"),
        ({"first_date": "2026-01-01"}, "too-soon"),
    ):
        answer = await series(desk, resident, **wrong)
        assert answer.status_code in (409, 422) and field in answer.text, answer.text
    unknown = await series(desk, resident[:-1] + ("a" if resident[-1] != "a" else "b"))
    assert unknown.status_code == 404


async def test_another_municipality_finds_no_series(desk: Desk) -> None:
    await desk.counsellor()
    made = (await series(desk, await desk.registered("aoi"))).json()["id"]
    assert (await desk.staff("GET", f"/series/{made}", tenant=B)).status_code == 404
    body = {"from_date": DATES[0]}
    assert (await desk.staff("POST", f"/series/{made}/cancel", body, tenant=B)).status_code == 404
