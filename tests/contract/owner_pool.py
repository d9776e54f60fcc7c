"""The owner's walk through a pool: its operator, a counsellor of it, and a municipality that shares it."""

import datetime

from services.booking.routes.imports import SAMPLE
from shared.clock import Clock
from tests.contract.walk import Walk
from tests.harness import Harness

V1 = "/booking/v1"
EVERY_DAY = [{"weekday": day, "start_minute": 480, "end_minute": 1500} for day in range(7)]


def pool_of(tenant: str) -> str:
    """The pool that is the tenant's alone, so that nothing of it is anybody else's."""
    return f"pool-{tenant}"


async def walk_pool(walk: Walk, harness: Harness, tenant: str, resident_id: str, clock: Clock) -> None:
    """Its counsellor stays behind with what was attended and missed."""
    pool = pool_of(tenant)
    ids = {"pool_id": pool}
    counsellor = {
        "display_name": "見本 共同の相談員",
        "channels": ["online"],
        "weekly_hours": EVERY_DAY,
        "works_holidays": True,
    }
    ids["counsellor_id"] = (await walk.go("operator", "POST", f"{V1}/pool/counsellors", json=counsellor))[
        "id"
    ]
    one = V1 + "/pool/counsellors/{counsellor_id}"
    await walk.go("operator", "GET", f"{V1}/pool/counsellors")
    await walk.go("operator", "GET", one, ids)
    await walk.go("operator", "PUT", one, ids, json={**counsellor, "skills": ["debt"]})
    today = clock.now().date()
    day = today + datetime.timedelta(days=4)
    days = {"from_date": (day + datetime.timedelta(days=1)).isoformat()}
    days["to_date"] = days["from_date"]
    await walk.go("operator", "POST", one + "/leaves/preview", ids, json=days)
    ids["leave_id"] = (await walk.go("operator", "POST", one + "/leaves", ids, json=days))["leave"]["id"]
    await walk.go("operator", "GET", one + "/leaves", ids)
    await walk.go("operator", "POST", one + "/leaves/{leave_id}/reassign", ids)
    await walk.go("operator", "DELETE", one + "/leaves/{leave_id}", ids)
    await walk.go("operator", "POST", one + "/busy-import", ids, content=SAMPLE.encode())
    await walk.go("operator", "GET", f"{V1}/pool/ledger")
    await walk.go("staff", "GET", f"{V1}/pools")
    await walk.go("staff", "GET", V1 + "/pools/{pool_id}/counsellors", ids)
    await walk.go("staff", "GET", V1 + "/pools/{pool_id}/ledger", ids)
    made = []
    for start in (840, 960):
        body = {
            "resident_id": resident_id,
            "counsellor_id": ids["counsellor_id"],
            "service_date": day.isoformat(),
            "start_minute": start,
            "channel": "online",
        }
        made.append((await walk.go("staff", "POST", f"{V1}/appointments", json=body))["id"])
    me = harness.staff(pool, "pool_counsellor", counsellor_id=ids["counsellor_id"])
    walk.credentials["pool_counsellor"] = me
    mine = f"{V1}/pool/me/appointments"
    await walk.go("pool_counsellor", "GET", mine)
    clock.shift = datetime.timedelta(days=6)
    for appointment, ending in zip(made, ("attended", "missed"), strict=True):
        values = {"appointment_id": appointment}
        await walk.go(
            "pool_counsellor",
            "POST",
            mine + "/{appointment_id}/" + ending,
            values,
            json={"note": "見本の記録"},
        )
    clock.shift = datetime.timedelta()
