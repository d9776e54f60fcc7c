"""Another municipality's things look like things that do not exist."""

from typing import Any

import pytest

from tests.integration.booking.desk import DAY, A, B, Desk

THERE = {"service_date": DAY.isoformat(), "start_minute": 1320}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "/attended", {}),
        ("POST", "/missed", {}),
        ("POST", "/move", THERE),
        ("POST", "/cancel", {}),
    ],
)
async def test_staff_of_another_municipality_find_no_appointment_and_change_nothing(
    desk: Desk, method: str, path: str, body: Any
) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    before = await desk.started.core.db["appointments"].find({}).to_list(None)
    answer = await desk.staff(method, f"/appointments/{made}{path}", body, tenant=B)
    assert answer.status_code == 404
    assert made not in answer.json()["detail"]
    after = await desk.started.core.db["appointments"].find({}, {"outbox": 0, "outbox_at": 0}).to_list(None)
    assert [{k: v for k, v in d.items() if not k.startswith("outbox")} for d in before] == after


async def test_a_counsellor_of_another_municipality_is_not_there(desk: Desk) -> None:
    counsellor = await desk.counsellor(A)
    body = {"display_name": "x", "channels": ["online"], "weekly_hours": []}
    assert (await desk.staff("GET", f"/counsellors/{counsellor}", tenant=B)).status_code == 404
    assert (await desk.staff("PUT", f"/counsellors/{counsellor}", body, tenant=B)).status_code == 404
    assert (await desk.staff("GET", "/counsellors", tenant=B)).json() == {"data": [], "next": None}
    assert (await desk.hold("yui", desk.wish(counsellor), tenant=B)).status_code == 404
    booking = desk.wish(counsellor) | {"resident_id": await desk.registered("yui", B)}
    assert (await desk.staff("POST", "/appointments", booking, tenant=B)).status_code == 404
    free = await desk.client.get(
        "/booking/v1/me/availability", headers=desk.who("yui", B), params={"from": DAY.isoformat()}
    )
    assert free.json() == {"slots": []}
    assert await desk.started.core.db["appointments"].count_documents({}) == 0


async def test_staff_book_for_no_resident_of_another_municipality(desk: Desk) -> None:
    booking = desk.wish(await desk.counsellor(A)) | {"resident_id": await desk.registered("yui", B)}
    assert (await desk.staff("POST", "/appointments", booking, tenant=A)).status_code == 404


async def test_one_municipality_s_calendar_is_not_anothers(desk: Desk) -> None:
    ours, theirs = await desk.counsellor(A), await desk.counsellor(B)
    assert (await desk.hold("aoi", desk.wish(ours))).status_code == 201
    # the same resident id in the other municipality is another person
    assert (await desk.hold("aoi", desk.wish(theirs), tenant=B)).status_code == 201
    assert (await desk.staff("GET", "/appointments", tenant=B)).json()["data"][0]["counsellor_id"] == theirs


@pytest.mark.parametrize("action", ["confirm", "cancel", "move"])
async def test_another_resident_finds_no_appointment(desk: Desk, action: str) -> None:
    held = (await desk.hold("aoi", desk.wish(await desk.counsellor()))).json()["id"]
    body = THERE if action == "move" else {} if action == "cancel" else None
    assert (await desk.act("ren", held, action, body)).status_code == 404
    shown = await desk.client.get(f"/booking/v1/me/appointments/{held}", headers=desk.who("ren"))
    assert shown.status_code == 404
    assert (await desk.staff("GET", f"/appointments/{held}")).json()["state"] == "held"


async def test_residents_and_keys_reach_only_as_far_as_they_may(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    path = f"/booking/v1/appointments/{made}"
    assert (await desk.client.get(path, headers=desk.who("aoi"))).status_code == 403
    assert (await desk.client.get(path)).status_code == 401
    writer = await desk.harness.key(A, "appointments:write")
    assert (await desk.client.get(path, headers=writer)).status_code == 403
    mine = "/booking/v1/me/appointments"
    assert (await desk.client.get(mine, headers=desk.harness.staff(A))).status_code == 403
