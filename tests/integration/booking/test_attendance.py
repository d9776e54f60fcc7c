"""One notice is enough: the right shift, the seat given back, somebody else asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.clock import parse_service_time
from shared.events.booking import AttendanceReported
from shared.events.envelope import Event, envelop
from shared.events.intake import ActionChosen, ChosenAction
from tests.harness import Harness, eventually
from tests.integration.booking.centre import Centre, open_centre, slug
from tests.integration.booking.desk import A, resident_id

THIS_WEEK = "2026-11-30"
DAY = "2026-12-03"
REPORTED = "banso.booking.attendance.reported.v1"
OFFERED = "banso.booking.shift.offered.v1"


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


def at(centre: Centre, text: str) -> None:
    centre.desk.at(parse_service_time(text))


async def published(centre: Centre, kind: str, count: int) -> list[Event]:
    async def found() -> list[Event]:
        return await centre.desk.harness.published("booking", kind)

    return await eventually(found, until=lambda events: len(events) >= count)


async def choose(centre: Centre, name: str, action: ChosenAction, **more: Any) -> None:
    """What intake publishes when somebody writes one line or presses a button on LINE."""
    who = resident_id(name)
    payload = ActionChosen(resident_id=who, action=action, **more)
    await centre.desk.harness.publish(
        *envelop([payload], source="/intake", tenant=A, subject=who, sequence=1, now=datetime.now(UTC))
    )


async def test_a_line_past_midnight_means_the_shift_of_the_evening(centre: Centre) -> None:
    await centre.worker("aoi", max_days=3)
    night, morning = await centre.planned(
        "aoi", centre.entry(DAY, 1380, 1500), centre.entry("2026-12-04", 540, 660), monday=THIS_WEEK
    )
    at(centre, f"{DAY}T24:37")
    await choose(centre, "aoi", "shift.leave_early")
    (event,) = await published(centre, REPORTED, 1)
    data = AttendanceReported.model_validate(event.data)
    assert (data.shift_id, data.status, data.service_date) == (night, "leaving_early", date(2026, 12, 3))
    assert (await centre.shift(morning))["state"] == "planned"
    left = await centre.shift(night)
    assert left["left_at"] == "2026-12-03T15:40:00Z"
    await choose(centre, "aoi", "shift.present", subject_id=night)
    assert [e.data["status"] for e in await published(centre, REPORTED, 2)] == ["leaving_early", "present"]
    listed = await centre.staff("GET", "/shifts", params={"centre_id": centre.id})
    assert [s["id"] for s in listed.json()["data"]] == [night]  # it is still the 3rd


async def test_an_absence_frees_the_seat_and_the_persons_time_and_can_be_taken_back(centre: Centre) -> None:
    for name in ("aoi", "ren", "yui"):
        await centre.worker(name)
    (mine,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    await centre.planned("ren", centre.entry(DAY), monday=THIS_WEEK)
    full = await centre.set_week("yui", centre.entry(DAY), monday=THIS_WEEK)
    assert slug(full) == "station-full"
    told = await centre.tell("aoi", "absent", service_date=DAY)
    assert (told["unclear"], told["shift"]["id"], told["shift"]["state"]) == (False, mine, "absent")
    back = await centre.tell("aoi", "present", service_date=DAY)
    assert back["shift"]["state"] == "present"
    await centre.tell("aoi", "absent", service_date=DAY)
    assert (await centre.set_week("yui", centre.entry(DAY), monday=THIS_WEEK)).status_code == 200
    late = await centre.me("aoi", "POST", "/attendance", {"status": "present", "service_date": DAY})
    assert (late.status_code, slug(late)) == (409, "station-full")


async def test_a_notice_that_belongs_to_no_shift_is_left_to_a_person(centre: Centre) -> None:
    await centre.worker("aoi")
    told = await centre.tell("aoi", "absent")
    assert (told["unclear"], told["shift"]) == (True, None)
    (event,) = await published(centre, REPORTED, 1)
    assert (event.data["unclear"], event.data.get("shift_id")) == (True, None)


async def test_one_who_works_with_no_centre_hears_that_nothing_was_found(centre: Centre) -> None:
    await centre.desk.registered("aoi")
    await choose(centre, "aoi", "shift.absent")
    (event,) = await published(centre, "banso.booking.action.refused.v1", 1)
    assert (event.data["action"], event.data["reason"]) == ("shift.absent", "not_found")
    assert (await centre.me("aoi", "POST", "/attendance", {"status": "absent"})).status_code == 404


async def test_the_same_notice_sent_twice_is_one_and_the_next_shift_is_left_alone(centre: Centre) -> None:
    await centre.worker("aoi", max_minutes=300)
    both = await centre.planned("aoi", centre.entry(DAY), centre.entry(DAY, 780, 900), monday=THIS_WEEK)
    at(centre, f"{DAY}T11:59")
    answers = []
    for moment in (f"{DAY}T11:59", f"{DAY}T12:30"):
        at(centre, moment)
        answers += [
            await centre.me("aoi", "POST", "/attendance", {"status": "absent"}, key=key)
            for key in ("a1", "a2")  # pressed twice, and each sent again
        ]
    assert [a.json()["shift"]["id"] for a in answers] == [both[0]] * 4
    assert (await centre.shift(both[1]))["state"] == "planned"
    staff = {"headers": {"Idempotency-Key": "s1"}}
    path = f"/shifts/{both[0]}/attendance"
    await centre.staff("POST", path, {"status": "absent"}, **staff)  # known already
    await centre.staff("POST", path, {"status": "present"})
    assert (await centre.staff("POST", path, {"status": "absent"}, **staff)).json()["state"] == "present"


async def test_capacity_is_computed_anew_and_said_to_matching(centre: Centre) -> None:
    who = await centre.worker("aoi")
    await centre.planned("aoi", centre.entry(DAY), centre.entry("2026-12-04"), monday=THIS_WEEK)
    await centre.staff(
        "PUT", f"/workers/{who}/commitments", {"weeks": [{"monday": THIS_WEEK, "minutes": 100}]}
    )

    async def free() -> int:
        events = await centre.desk.harness.published("booking", "banso.booking.capacity.forecast.v1")
        return int(events[-1].data["weeks"][0]["free"]) if events else -1

    await eventually(free, until=lambda minutes: minutes == 140)
    await centre.tell("aoi", "absent", service_date=DAY)
    await eventually(free, until=lambda minutes: minutes == 20)
    mine = (await centre.me("aoi", "GET", "/capacity")).json()
    assert (mine["weeks"][0]["planned"], mine["weeks"][0]["committed"]) == (120, 100)
    whole = (await centre.staff("GET", f"/centres/{centre.id}/capacity")).json()
    assert whole["weeks"][0]["free"] == 20
    assert [w["resident_id"] for w in whole["workers"]] == [who]


async def test_staff_hear_once_of_a_month_below_the_floor_and_nobody_is_stopped(harness: Harness) -> None:
    centre = await open_centre(harness, guide="floor", guide_ratio=0.8)
    who = await centre.worker("aoi")
    warned = "banso.booking.capacity.warned.v1"
    await published(centre, "banso.booking.capacity.forecast.v1", 1)
    assert await harness.published("booking", warned) == []
    at(centre, "2026-12-20T10:00")
    (event,) = await published(centre, warned, 1)
    assert (event.data["resident_id"], event.data["month"], event.data["guide"]) == (
        who,
        "2026-12-01",
        "floor",
    )
    assert (await centre.set_week("aoi", centre.entry("2026-12-22"), monday="2026-12-21")).status_code == 200
    await published(centre, "banso.booking.capacity.forecast.v1", 3)
    assert len(await harness.published("booking", warned)) == 1


async def offered_to(centre: Centre, count: int) -> list[str]:
    return [e.data["resident_id"] for e in await published(centre, OFFERED, count)]


async def test_freed_hours_are_offered_one_after_another_and_taken_by_one(centre: Centre) -> None:
    await centre.worker("aoi")
    for name in ("ren", "yui"):
        await centre.worker(name, wishes_more=True)
    await centre.worker("content")
    (freed,) = await centre.planned("aoi", centre.entry(DAY, 600, 720), monday=THIS_WEEK)
    at(centre, f"{DAY}T08:30")
    await centre.tell("aoi", "absent")
    first = (await offered_to(centre, 1))[0]
    names = {resident_id(name): name for name in ("ren", "yui")}
    other = next(name for who, name in names.items() if who != first)
    assert (await centre.me(other, "GET", "/offers")).json() == []
    early = await centre.me(other, "POST", f"/offers/{freed}/take")
    assert early.status_code == 404
    at(centre, f"{DAY}T09:01")
    assert len(set(await offered_to(centre, 2))) == 2
    gone = await centre.me(names[first], "POST", f"/offers/{freed}/take")
    assert (gone.status_code, slug(gone)) == (409, "offer-ended")
    (offer,) = (await centre.me(other, "GET", "/offers")).json()
    assert "resident_id" not in offer
    await choose(centre, other, "shift.take", subject_id=freed)
    shifts = await published(centre, "banso.booking.shift.planned.v1", 2)
    assert shifts[-1].data["resident_id"] == resident_id(other)
    again = await centre.me(other, "POST", f"/offers/{freed}/take")
    assert (again.status_code, again.json()["origin"]) == (200, "substitute")
    assert len(await centre.desk.harness.published("booking", OFFERED)) == 2


async def test_who_comes_after_all_ends_the_search(centre: Centre) -> None:
    await centre.worker("aoi")
    await centre.worker("ren", wishes_more=True)
    (freed,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    at(centre, f"{DAY}T08:30")
    await centre.tell("aoi", "absent")
    await offered_to(centre, 1)
    await centre.tell("aoi", "present")
    gone = await centre.me("ren", "POST", f"/offers/{freed}/take")
    assert gone.status_code in (404, 409)


async def test_passing_asks_the_next_one_at_once(centre: Centre) -> None:
    await centre.worker("aoi")
    for name in ("ren", "yui"):
        await centre.worker(name, wishes_more=True)
    (freed,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    at(centre, f"{DAY}T08:30")
    await centre.tell("aoi", "absent")
    names = {resident_id(name): name for name in ("ren", "yui")}
    first = names[(await offered_to(centre, 1))[0]]
    assert (await centre.me(first, "POST", f"/offers/{freed}/pass")).status_code == 204
    assert len(set(await offered_to(centre, 2))) == 2


async def test_nobody_is_asked_at_night(centre: Centre) -> None:
    await centre.worker("aoi")
    await centre.worker("ren", wishes_more=True)
    await centre.planned("aoi", centre.entry(DAY, 600, 720), monday=THIS_WEEK)
    at(centre, f"{DAY}T07:00")
    await centre.tell("aoi", "absent")
    shifts = centre.desk.started.core.db["shifts"]
    later = parse_service_time(f"{DAY}T07:59")
    await eventually(lambda: shifts.count_documents({"tenant_id": A, "offer_at": {"$gt": later}}))
    assert await centre.desk.harness.published("booking", OFFERED) == []
    at(centre, f"{DAY}T08:01")
    assert await offered_to(centre, 1) == [resident_id("ren")]


async def test_of_ten_who_press_take_at_once_none_overlaps(centre: Centre) -> None:
    """The one it is offered to presses ten times, while somebody else takes the seat by their week."""
    for name in ("aoi", "other", "third"):
        await centre.worker(name)
    await centre.worker("ren", wishes_more=True)
    (freed,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    await centre.planned("other", centre.entry(DAY), monday=THIS_WEEK)
    at(centre, f"{DAY}T08:30")
    await centre.tell("aoi", "absent")
    await offered_to(centre, 1)
    answers = await asyncio.gather(
        *(centre.me("ren", "POST", f"/offers/{freed}/take") for _ in range(10)),
        centre.set_week("third", centre.entry(DAY), monday=THIS_WEEK),
    )
    codes = {a.status_code for a in answers[:-1]}
    assert codes in ({200}, {409})
    assert (answers[-1].status_code == 200) == (codes == {409})


async def test_staff_put_times_right_and_pay_counts_them(centre: Centre) -> None:
    who = await centre.worker("aoi")
    done, open_one = await centre.planned(
        "aoi", centre.entry(DAY, 1380, 1500), centre.entry("2026-12-04"), monday=THIS_WEEK
    )
    at(centre, "2026-12-05T10:00")
    wrong = await centre.staff(
        "POST", f"/shifts/{done}/attendance", {"status": "late", "arrived_minute": 1200}
    )
    assert (wrong.status_code, slug(wrong)) == (409, "not-within-shift")
    body = {"status": "late", "arrived_minute": 1410}
    recorded = await centre.staff("POST", f"/shifts/{done}/attendance", body)
    assert recorded.status_code == 200, recorded.text
    assert recorded.json()["arrived_at"] == "2026-12-03T14:30:00Z"
    pay = (await centre.staff("GET", f"/workers/{who}/pay", params={"month": "2026-12"})).json()
    assert (pay["minutes"], pay["open_minutes"], pay["yen"]) == (90, 120, 1800)
    assert [line["sure"] for line in pay["lines"]] == [True, False]
    file = await centre.staff("GET", f"/centres/{centre.id}/pay", params={"month": "2026-12"})
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "未確認" in file.text
    assert (await centre.shift(open_one))["state"] == "planned"


async def test_a_shift_that_staff_withdraw_gives_seat_and_time_back(centre: Centre) -> None:
    for name in ("aoi", "ren", "yui"):
        await centre.worker(name)
    (mine,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    await centre.planned("ren", centre.entry(DAY), monday=THIS_WEEK)
    assert (await centre.staff("POST", f"/shifts/{mine}/withdraw")).json()["state"] == "withdrawn"
    assert (await centre.set_week("yui", centre.entry(DAY), monday=THIS_WEEK)).status_code == 200
    refused = await centre.staff("POST", f"/shifts/{mine}/attendance", {"status": "present"})
    assert slug(refused) == "shift-withdrawn"
