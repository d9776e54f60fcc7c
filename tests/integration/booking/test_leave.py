"""Somebody is away: what that touches, who takes it, and that nothing slips in between."""

import asyncio
from typing import Any

import pytest

from tests.integration.booking.desk import DAY, A, B, Desk

LEAVE = {"from_date": DAY.isoformat(), "to_date": DAY.isoformat()}


async def leave(desk: Desk, counsellor: str, path: str = "", body: Any = LEAVE) -> Any:
    answer = await desk.staff("POST", f"/counsellors/{counsellor}/leaves{path}", body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def test_a_preview_names_what_a_leave_would_touch_and_changes_nothing(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    gone = await desk.booked("yui", counsellor, 1350)
    await desk.act("yui", gone, "cancel")
    seen = await leave(desk, counsellor, "/preview")
    assert [t["appointment_id"] for t in seen["touches"]] == [made]
    assert seen["touches"][0]["label"] == "24:30-25:30"
    assert "24:30-25:30" not in await desk.free("rin")
    assert "23:00-24:00" in await desk.free("rin")


async def test_a_leave_takes_the_day_with_its_night_and_leaves_the_night_before(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    await leave(desk, counsellor)
    assert await desk.free("aoi") == []
    refused = await desk.hold("aoi", desk.wish(counsellor, 1500))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "slot-not-offered")
    night_before = desk.wish(counsellor, 1500, service_date="2026-12-02")
    assert (await desk.hold("aoi", night_before)).status_code == 201


async def test_a_leave_that_is_taken_back_opens_its_time_again(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    taken = (await leave(desk, counsellor))["leave"]["id"]
    assert (await desk.staff("DELETE", f"/counsellors/{counsellor}/leaves/{taken}")).status_code == 204
    assert (await desk.staff("DELETE", f"/counsellors/{counsellor}/leaves/{taken}")).status_code == 404
    assert "24:30-25:30" in await desk.free("aoi")


async def test_one_action_gives_the_appointments_to_others_and_says_what_is_left(desk: Desk) -> None:
    away, other = await desk.counsellor(), await desk.counsellor(display_name="見本 もう一人")
    both = [await desk.booked("aoi", away, 1470), await desk.booked("yui", away, 1350)]
    await desk.booked("rin", other, 1350)
    taken = await leave(desk, away)
    assert {t["appointment_id"] for t in taken["touches"]} == set(both)
    result = await leave(desk, away, f"/{taken['leave']['id']}/reassign", None)
    assert [(d["appointment_id"], d["counsellor_id"]) for d in result["done"]] == [(both[0], other)]
    assert [(d["appointment_id"], d["problem"]) for d in result["left"]] == [(both[1], "nobody-free")]
    shown = (await desk.staff("GET", f"/appointments/{both[0]}")).json()
    assert (shown["counsellor_id"], shown["label"], shown["state"]) == (other, "24:30-25:30", "confirmed")
    again = await leave(desk, away, f"/{taken['leave']['id']}/reassign", None)
    assert again["done"] == [] and len(again["left"]) == 1


async def test_what_was_wished_goes_with_the_appointment_and_who_cannot_serve_it_does_not_get_it(
    desk: Desk,
) -> None:
    away = await desk.counsellor(languages=["ja", "en"], gender="female")
    await desk.counsellor()
    made = await desk.booked("aoi", away, 1470, language="en", gender="female")
    wished = {"language": "en", "skills": [], "gender": "female", "gender_required": False, "anew": False}
    moved = await desk.act("aoi", made, "move", {"service_date": DAY.isoformat(), "start_minute": 1380})
    assert moved.status_code == 200
    taken = await leave(desk, away)
    path = f"/{taken['leave']['id']}/reassign"
    left = (await leave(desk, away, path, None))["left"]
    assert [(one["appointment_id"], one["problem"]) for one in left] == [(made, "nobody-free")]
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["wishes"] == wished
    other = await desk.counsellor(languages=["en"])
    assert [one["counsellor_id"] for one in (await leave(desk, away, path, None))["done"]] == [other]
    shown = (await desk.staff("GET", f"/appointments/{made}")).json()
    assert (shown["wishes"], shown["assignment"]["language"]) == (wished, "en")


async def test_staff_of_another_municipality_find_no_counsellor_to_send_away(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    for path in ("", "/preview"):
        answer = await desk.staff("POST", f"/counsellors/{counsellor}/leaves{path}", LEAVE, tenant=B)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from_date": "2026-12-04", "to_date": "2026-12-03"}, "to_date"),
        (
            {"from_date": "2026-12-03", "to_date": "2026-12-03", "from_minute": 900, "to_minute": 900},
            "ends_at",
        ),
        ({"from_date": "2016-12-03", "to_date": "2026-12-03"}, "from_date"),
    ],
)
async def test_a_leave_that_cannot_be_is_refused_with_its_field(desk: Desk, body: Any, field: str) -> None:
    answer = await desk.staff("POST", f"/counsellors/{await desk.counsellor()}/leaves", body)
    assert answer.status_code == 422
    assert field in answer.text


@pytest.mark.parametrize("round_", range(4))
async def test_a_booking_and_a_leave_at_once_never_pass_each_other(desk: Desk, round_: int) -> None:
    """Whichever came later saw the other: what was booked is listed by the leave, or was refused because of it."""
    counsellor = await desk.counsellor()
    names = [f"n{n}" for n in range(5)]
    held = asyncio.gather(
        *(desk.hold(name, desk.wish(counsellor, 1320 + 60 * n)) for n, name in enumerate(names))
    )
    await asyncio.sleep(round_ * 0.004)
    taken = await leave(desk, counsellor)
    booked = {answer.json()["id"] for answer in await held if answer.status_code == 201}
    assert {t["appointment_id"] for t in taken["touches"]} == booked
    assert (await desk.staff("GET", "/counsellors", tenant=A)).status_code == 200
