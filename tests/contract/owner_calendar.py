"""The owner's walk through rooms, leave and series."""

import datetime

from tests.contract.walk import Walk

V1 = "/booking/v1"
EVERY_DAY = [{"weekday": day, "start_minute": 480, "end_minute": 1500} for day in range(7)]


async def walk_rooms_leave_and_series(walk: Walk, resident_id: str, today: datetime.date) -> dict[str, str]:
    """Returns ids: room_id, leave_id, series_id, counsellor_id (one of its own, so that nothing else is in the way)."""
    ids: dict[str, str] = {}
    room = {"name": "見本 相談室", "channels": ["face_to_face"]}
    ids["room_id"] = (await walk.go("staff", "POST", f"{V1}/rooms", json=room))["id"]
    await walk.go("staff", "GET", f"{V1}/rooms")
    await walk.go("staff", "GET", V1 + "/rooms/{room_id}", ids)
    await walk.go("staff", "PUT", V1 + "/rooms/{room_id}", ids, json={**room, "name": "見本 相談室2"})
    counsellor = {
        "display_name": "見本 毎週の相談員",
        "channels": ["online"],
        "weekly_hours": EVERY_DAY,
        "works_holidays": True,
    }
    ids["counsellor_id"] = (await walk.go("staff", "POST", f"{V1}/counsellors", json=counsellor))["id"]
    first = today + datetime.timedelta(days=5)
    series = {
        "resident_id": resident_id,
        "counsellor_id": ids["counsellor_id"],
        "channel": "online",
        "first_date": first.isoformat(),
        "start_minute": 1080,
        "count": 2,
    }
    await walk.go("staff", "POST", f"{V1}/series/preview", json=series)
    ids["series_id"] = (await walk.go("staff", "POST", f"{V1}/series", json=series))["id"]
    await walk.go("staff", "GET", V1 + "/series/{series_id}", ids)
    leaves = V1 + "/counsellors/{counsellor_id}/leaves"
    days = {"from_date": first.isoformat(), "to_date": first.isoformat()}
    await walk.go("staff", "POST", leaves + "/preview", ids, json=days)
    taken = await walk.go("staff", "POST", leaves, ids, json=days)
    ids["leave_id"] = taken["leave"]["id"]
    await walk.go("staff", "GET", leaves, ids)
    await walk.go("staff", "POST", leaves + "/{leave_id}/reassign", ids)
    await walk.go("staff", "DELETE", leaves + "/{leave_id}", ids)
    later = {"from_date": first.isoformat()}
    await walk.go("staff", "POST", V1 + "/series/{series_id}/cancel", ids, json=later)
    return ids
