"""The owner's walk through how work goes: both sides look at two months, correct, and talk about a next step."""

import datetime
from typing import Any

from tests.contract.walk import Walk
from tests.harness import Harness, eventually

V1 = "/matching/v1"
ITEMS = [f"{axis}-{n}" for axis in ("stability", "execution", "habits", "interpersonal") for n in (1, 2, 3)]
HIGH = dict.fromkeys(ITEMS, 5)


async def walk_assessments(
    walk: Walk, harness: Harness, tenant: str, resident_id: str, today: datetime.date
) -> None:
    """`resident_id` works with a centre."""
    ids = {"resident_id": resident_id}
    workers = harness.of("matching").core.db["workers"]
    await eventually(lambda: workers.count_documents({"tenant_id": tenant, "resident_id": resident_id}))
    await walk.go("resident", "GET", f"{V1}/assessment-items")
    await walk.go("resident", "PUT", f"{V1}/me/step-up-wish", json={"wishes": True})
    last = today.replace(day=1) - datetime.timedelta(days=1)
    staff = V1 + "/workers/{resident_id}/assessments"
    for day in (last, today):
        body: dict[str, Any] = {"period": f"{day:%Y-%m}", "answers": HIGH}
        own = await walk.go("resident", "POST", f"{V1}/me/assessments", json=body)
        seen = await walk.go("staff", "POST", staff, ids, json=body)
    again = {"answers": HIGH, "message": "見本のことば"}
    mine = V1 + "/me/assessments/{assessment_id}/corrections"
    await walk.go("resident", "POST", mine, {"assessment_id": own["id"]}, json=again)
    theirs = staff + "/{assessment_id}/corrections"
    corrected = {**again, "why": "見本の理由"}
    await walk.go("staff", "POST", theirs, {**ids, "assessment_id": seen["id"]}, json=corrected)
    await walk.go("resident", "GET", f"{V1}/me/assessments")
    await walk.go("staff", "GET", staff, ids)
    found = await walk.go("staff", "GET", f"{V1}/step-up-suggestions")
    ids["suggestion_id"] = found["data"][0]["id"]
    one = V1 + "/step-up-suggestions/{suggestion_id}"
    await walk.go("staff", "POST", one + "/pass-on", ids, json={"message": "見本のことば"})
    await walk.go("staff", "POST", one + "/set-aside", ids, json={"note": "見本の記録"})
