"""The owner's walk through the digital employment centre: every documented operation of it, once."""

import datetime
from typing import Any

from shared.clock import Clock
from tests.contract.walk import Walk
from tests.harness import eventually

V1 = "/booking/v1"
OPEN = [{"weekday": day, "start_minute": 540, "end_minute": 1320} for day in range(7)]


async def walk_centre(walk: Walk, clock: Clock, resident_id: str, today: datetime.date) -> dict[str, str]:
    """Everything that staff and a worker do. The clock is moved by hand where only time allows a thing, and set back."""
    ids = {"resident_id": resident_id}
    monday = today + datetime.timedelta(days=14 - today.weekday())
    await _staff_side(walk, ids, monday)
    await _week(walk, ids, monday)
    await _attendance(walk, ids, monday, clock)
    await _contracts(walk, ids, today)
    await _stays(walk, ids, monday, clock)
    await _plans(walk, ids, monday + datetime.timedelta(weeks=2))
    return ids


async def _staff_side(walk: Walk, ids: dict[str, str], monday: datetime.date) -> None:
    body: dict[str, Any] = {
        "name": "見本センター",
        "stations": [{"name": "見本の席", "seats": 2, "open_hours": OPEN}],
        "rates": [{"valid_from": "2020-01-01", "yen": 1000}],
    }
    made = await walk.go("staff", "POST", f"{V1}/centres", json=body)
    ids["centre_id"] = made["id"]
    changed = {**body, "stations": made["stations"]}
    ids["station_id"] = made["stations"][0]["id"]
    await walk.go("staff", "GET", f"{V1}/centres")
    await walk.go("staff", "GET", V1 + "/centres/{centre_id}", ids)
    await walk.go("staff", "PUT", V1 + "/centres/{centre_id}", ids, json=changed)
    terms = {"centre_id": ids["centre_id"], "wishes_more": True, "max_days": 5, "available": OPEN}
    worker = {**terms, "resident_id": ids["resident_id"]}
    await walk.go("staff", "POST", f"{V1}/workers", json=worker)
    await walk.go("staff", "GET", f"{V1}/workers")
    one = V1 + "/workers/{resident_id}"
    await walk.go("staff", "GET", one, ids)
    await walk.go("staff", "PUT", one, ids, json=terms)
    await walk.go("staff", "GET", one + "/week", ids, params={"monday": monday.isoformat()})
    await walk.go("staff", "GET", one + "/capacity", ids)
    await walk.go("staff", "GET", one + "/pay", ids, params={"month": f"{monday:%Y-%m}"})
    weeks = [{"monday": monday.isoformat(), "minutes": 60}]
    await walk.go("staff", "PUT", one + "/commitments", ids, json={"weeks": weeks})
    await walk.go("staff", "GET", V1 + "/centres/{centre_id}/capacity", ids)
    await walk.go("staff", "GET", V1 + "/centres/{centre_id}/pay", ids, params={"month": f"{monday:%Y-%m}"})


async def _week(walk: Walk, ids: dict[str, str], monday: datetime.date) -> None:
    days = [monday + datetime.timedelta(days=n) for n in range(3)]
    entries = [
        {
            "service_date": day.isoformat(),
            "start_minute": 600,
            "end_minute": 720,
            "station_id": ids["station_id"],
        }
        for day in days
    ]
    week = {"monday": monday.isoformat(), "entries": entries}
    made = await walk.go("resident", "PUT", f"{V1}/me/week", json=week)
    ids["shift_id"] = made["shifts"][0]["id"]
    await walk.go("resident", "GET", f"{V1}/me/week", params={"monday": monday.isoformat()})
    after = (monday + datetime.timedelta(weeks=1)).isoformat()
    await walk.go("resident", "POST", f"{V1}/me/week/copy", json={"monday": after})
    await walk.go("resident", "GET", f"{V1}/me/capacity")
    await walk.go("resident", "GET", f"{V1}/me/pay", params={"month": f"{monday:%Y-%m}"})
    shifts = {"centre_id": ids["centre_id"], "from": monday.isoformat()}
    await walk.go("staff", "GET", f"{V1}/shifts", params=shifts)
    await walk.go("staff", "GET", V1 + "/shifts/{shift_id}", ids)
    other = {"shift_id": made["shifts"][1]["id"]}
    await walk.go("staff", "POST", V1 + "/shifts/{shift_id}/withdraw", other)


async def _attendance(walk: Walk, ids: dict[str, str], monday: datetime.date, clock: Clock) -> None:
    """Somebody else is absent in the morning, and their hours are offered to the resident."""
    colleague = await _colleague(walk, ids)
    booking = walk.clients["booking"]
    day = (monday + datetime.timedelta(days=4)).isoformat()
    entry = {"service_date": day, "start_minute": 900, "end_minute": 1020, "station_id": ids["station_id"]}
    week = {"monday": monday.isoformat(), "entries": [entry]}
    made = (await booking.put(f"{V1}/me/week", headers=colleague, json=week)).json()
    morning = datetime.datetime.combine(
        monday + datetime.timedelta(days=4), datetime.time(0, 30), datetime.UTC
    )
    clock.shift = morning - (clock.now() - clock.shift)
    absent = {"status": "absent"}
    told = await booking.post(f"{V1}/me/attendance", headers=colleague, json=absent)
    assert told.json()["shift"]["id"] == made["shifts"][0]["id"]
    await walk.go("resident", "POST", f"{V1}/me/attendance", json=absent)

    async def offers() -> Any:
        headers = {**walk.credentials["resident"], "Host": walk.host}
        return (await booking.get(f"{V1}/me/offers", headers=headers)).json()

    freed = {"shift_id": made["shifts"][0]["id"]}
    await eventually(offers)
    await walk.go("resident", "GET", f"{V1}/me/offers")
    taken = await walk.go("resident", "POST", V1 + "/me/offers/{shift_id}/take", freed)
    await walk.go("resident", "POST", V1 + "/me/offers/{shift_id}/pass", freed)
    own = {"shift_id": taken["id"]}
    await walk.go("staff", "POST", V1 + "/shifts/{shift_id}/attendance", own, json={"status": "present"})
    clock.shift = datetime.timedelta()


async def _colleague(walk: Walk, ids: dict[str, str]) -> dict[str, str]:
    """A second worker's headers."""
    intake = walk.clients["intake"]
    staff = {**walk.credentials["staff"], "Host": walk.host}
    made = (await intake.post("/intake/v1/residents", headers=staff, json={"channel": "web"})).json()["id"]
    session = await intake.post(f"/intake/v1/residents/{made}/session", headers=staff)
    walk.ids.add(made)
    booking = walk.clients["booking"]

    async def enrolled() -> bool:
        body = {"resident_id": made, "centre_id": ids["centre_id"], "max_days": 5}
        answer = await booking.post(f"{V1}/workers", headers=staff, json=body)
        return answer.status_code == 201

    await eventually(enrolled)
    return {"Authorization": f"Bearer {session.json()['token']}", "Host": walk.host}


async def _contracts(walk: Walk, ids: dict[str, str], today: datetime.date) -> None:
    body = {"resident_id": ids["resident_id"], "starts_on": today.isoformat()}
    made = await walk.go("staff", "POST", f"{V1}/contracts", json=body)
    ids["contract_id"] = made["id"]
    await walk.go("staff", "GET", f"{V1}/contracts")
    await walk.go("staff", "GET", V1 + "/contracts/{contract_id}", ids)
    await walk.go("resident", "GET", f"{V1}/me/contracts")
    mine = V1 + "/me/contracts/{contract_id}"
    await walk.go("resident", "GET", mine, ids)
    await walk.go("resident", "POST", mine + "/agree", ids)
    await walk.go("staff", "POST", V1 + "/contracts/{contract_id}/agree", ids)
    await walk.go("resident", "POST", mine + "/end", ids)
    await walk.go("staff", "POST", V1 + "/contracts/{contract_id}/end", ids)


async def _stays(walk: Walk, ids: dict[str, str], monday: datetime.date, clock: Clock) -> None:
    last = monday + datetime.timedelta(weeks=8)
    place = {
        "name": "見本の体験",
        "workplace": "見本商店",
        "kind": "work_experience",
        "from_date": monday.isoformat(),
        "to_date": last.isoformat(),
        "sessions": [{"weekday": day, "start_minute": 780, "end_minute": 840} for day in range(7)],
        "works_holidays": True,
        "seats": 4,
    }
    ids["place_id"] = (await walk.go("staff", "POST", f"{V1}/places", json=place))["id"]
    await walk.go("staff", "GET", f"{V1}/places")
    await walk.go("staff", "GET", V1 + "/places/{place_id}", ids)
    await walk.go("staff", "PUT", V1 + "/places/{place_id}", ids, json=place)

    async def request(day: datetime.date) -> None:
        body = {
            "resident_id": ids["resident_id"],
            "place_id": ids["place_id"],
            "from_date": day.isoformat(),
            "to_date": day.isoformat(),
        }
        ids["experience_id"] = (await walk.go("staff", "POST", f"{V1}/experiences", json=body))["id"]

    mine, theirs = V1 + "/me/experiences/{experience_id}", V1 + "/experiences/{experience_id}"
    await request(monday)
    await walk.go("resident", "POST", mine + "/withdraw", ids)
    await request(monday)
    await walk.go("staff", "POST", theirs + "/withdraw", ids, json={"party": "workplace"})
    await request(monday)
    await walk.go("staff", "GET", f"{V1}/experiences")
    await walk.go("staff", "GET", theirs, ids)
    await walk.go("resident", "GET", f"{V1}/me/experiences")
    await walk.go("resident", "GET", mine, ids)
    await walk.go("resident", "POST", mine + "/agree", ids)
    for party in ("workplace", "municipality"):
        await walk.go("staff", "POST", theirs + "/agree", ids, json={"party": party})
    clock.shift = datetime.timedelta(days=30)
    await walk.go("staff", "POST", theirs + "/complete", ids)
    clock.shift = datetime.timedelta()


async def _plans(walk: Walk, ids: dict[str, str], monday: datetime.date) -> None:
    band = {
        "station_id": ids["station_id"],
        "weekday": 2,
        "start_minute": 600,
        "end_minute": 720,
        "minimum": 1,
    }
    body = {"centre_id": ids["centre_id"], "monday": monday.isoformat(), "weeks": 1, "bands": [band]}
    ids["plan_id"] = (await walk.go("staff", "POST", f"{V1}/shift-plans", json=body))["id"]
    await walk.go("staff", "GET", f"{V1}/shift-plans", params={"centre_id": ids["centre_id"]})
    await walk.go("staff", "GET", V1 + "/shift-plans/{plan_id}", ids)
    await walk.go("staff", "POST", V1 + "/shift-plans/{plan_id}/publish", ids)
