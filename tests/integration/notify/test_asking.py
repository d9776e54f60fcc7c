"""Who is asked for work hears of it once a day, kindly, and not at night."""

from datetime import timedelta

from services.notify.message import message_id
from shared.events.envelope import Event
from shared.events.matching.orders import AssignmentProposed
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import FINISHED, World


async def test_several_requests_of_a_day_are_one_message_and_none_at_night(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})

    def proposed() -> Event:
        payload = AssignmentProposed(
            resident_id=resident,
            assignment_id=derived_id("asg", new_ulid()),
            order_id=derived_id("ord", "one"),
            task_id=derived_id("tsk", "one"),
            due_at=world.now + timedelta(days=5),
        )
        return world.event(payload, payload.assignment_id)

    await world.publish(proposed(), proposed(), proposed())
    key = message_id("kyoto", f"{resident}:2026-12-01", "assignment.proposed")
    told = await eventually(
        lambda: world.get_message(key), until=lambda m: bool(m and m["state"] in FINISHED)
    )
    assert told is not None
    assert told["state"] == "delivered"
    (message,) = await world.outside.inbox(user)
    assert "自由です" in message["message"]["text"]
    world.at("2026-12-02T22:30")
    await world.publish(proposed())
    kept = world.notify.core.db["messages"]
    until_morning = {"tenant_id": "kyoto", "resident_id": resident, "due_at": {"$gt": world.now}}
    await eventually(lambda: kept.count_documents(until_morning))
    assert len(await world.outside.inbox(user)) == 1
