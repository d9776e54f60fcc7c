"""What workers promise to orders is counted from matching's events, in whatever order they arrive, beside what staff say; and the forecast says by day what is there."""

from datetime import date
from typing import Any

from shared.events.envelope import Event, Payload, envelop
from shared.events.matching.orders import (
    AssignmentAccepted,
    AssignmentCompleted,
    AssignmentDeclined,
    PromisedWeek,
)
from shared.ids import derived_id
from tests.harness import Harness, eventually
from tests.integration.booking.centre import MONDAY, Centre, open_centre
from tests.integration.booking.desk import NOW, A


def said(who: str, name: str, sequence: int, kind: type[Payload], minutes: int = 0, **more: Any) -> Event:
    ids = {
        "resident_id": who,
        "assignment_id": derived_id("asg", name),
        "order_id": derived_id("ord", "one"),
        "task_id": derived_id("tsk", "one"),
    }
    weeks = (PromisedWeek(monday=date.fromisoformat(MONDAY), minutes=minutes),) if minutes else ()
    payload = kind.model_validate({**ids, "weeks": weeks, **more})
    (event,) = envelop(
        [payload], source="/matching", tenant=A, subject=ids["assignment_id"], sequence=sequence, now=NOW
    )
    return event


async def forecast(centre: Centre) -> dict[str, Any]:
    events = await centre.desk.harness.published("booking", "banso.booking.capacity.forecast.v1")
    return dict(events[-1].data) if events else {}


async def test_promises_follow_what_was_said_last_and_are_added_to_what_staff_say(harness: Harness) -> None:
    centre = await open_centre(harness)
    who = await centre.worker("aoi", skills=["kana"], wishes_more=True)
    await centre.planned("aoi", centre.entry("2026-12-07"), centre.entry("2026-12-08"))
    weeks = {"weeks": [{"monday": MONDAY, "minutes": 60}]}
    assert (await centre.staff("PUT", f"/workers/{who}/commitments", weeks)).is_success

    async def committed() -> int:
        found = (await centre.staff("GET", f"/workers/{who}/capacity")).json()
        return next(int(w["committed"]) for w in found["weeks"] if w["monday"] == MONDAY)

    done = {"done": 9, "returned": 0}
    await harness.publish(
        said(who, "used", 5, AssignmentCompleted, 40, **done),
        said(who, "used", 2, AssignmentAccepted, 100),  # late: what was used stays
        said(who, "gone", 2, AssignmentAccepted, 30),
        said(who, "gone", 3, AssignmentDeclined, after_acceptance=True),
        said(derived_id("res", "nobody"), "other", 2, AssignmentAccepted, 30),
        said(who, "kept", 2, AssignmentAccepted, 20),
    )
    await eventually(committed, until=lambda minutes: minutes == 60 + 40 + 20)

    # a day says what orders may have, theirs included; what staff say is promised elsewhere comes out of it
    told = await eventually(
        lambda: forecast(centre), until=lambda data: bool(data and data["weeks"][1]["committed"] == 120)
    )
    assert [(day["service_date"], day["minutes"]) for day in told["days"]] == [
        ("2026-12-07", 90),
        ("2026-12-08", 90),
    ]
    assert (told["skills"], told["wishes_more"], told["weeks"][1]["free"]) == (["kana"], True, 120)
