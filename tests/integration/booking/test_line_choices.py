"""What a resident chose on LINE is done by the rules of the page, once, and answered."""

from datetime import timedelta
from typing import Any

from services.booking.acting import Acting
from services.booking.store import ChosenActions
from shared.events.envelope import Event, envelop
from shared.events.intake import ActionChosen, ChosenAction
from shared.idempotency import Command
from shared.trace import Trace, tracing
from tests.harness import Harness, a_tenant, eventually
from tests.integration.booking.desk import DAY, NOW, A, B, Desk, open_desk, resident_id

TIMES = "banso.booking.appointment.times_offered.v1"
REFUSED = "banso.booking.action.refused.v1"


def chosen(
    name: str, action: ChosenAction, appointment_id: str, minute: int | None = None, tenant: str = A
) -> Event:
    """As intake says it."""
    who = resident_id(name)
    payload = ActionChosen(
        resident_id=who,
        action=action,
        subject_id=appointment_id,
        service_date=DAY if minute is not None else None,
        start_minute=minute,
    )
    with tracing(Trace("sample-correlation", actor=f"resident:{who}")):
        return envelop([payload], source="/intake", tenant=tenant, subject=who, sequence=1, now=NOW)[0]


async def settled(desk: Desk, *events: Event) -> None:
    """Publish, and wait until all is done."""
    await desk.harness.publish(*events)
    collection = desk.started.core.db["chosen_actions"]

    async def done() -> int:
        ids = [event.id for event in events]
        found: int = await collection.count_documents({"event_id": {"$in": ids}, "waiting_since": None})
        return found

    await eventually(done, until=lambda count: count == len(events))


async def published(desk: Desk, event_type: str) -> list[Event]:
    return await desk.harness.published("booking", event_type)


async def shown(desk: Desk, appointment_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.staff("GET", f"/appointments/{appointment_id}")).json()
    return found


async def test_saying_that_one_comes_is_said_once_however_often_it_is_pressed(desk: Desk) -> None:
    appointment = await desk.booked("aoi", await desk.counsellor())
    first = chosen("aoi", "appointment.reaffirm", appointment)
    await settled(desk, first, chosen("aoi", "appointment.reaffirm", appointment))
    await desk.harness.publish(first)  # delivered again
    await settled(desk, chosen("aoi", "appointment.reaffirm", appointment))
    said = await eventually(lambda: published(desk, "banso.booking.appointment.reaffirmed.v1"))
    assert [e.data["appointment_id"] for e in said] == [appointment]
    assert said[0].actor == f"resident:{resident_id('aoi')}"
    assert said[0].causationid is not None


async def test_three_taps_move_an_appointment(desk: Desk) -> None:
    appointment = await desk.booked("aoi", await desk.counsellor())
    await settled(desk, chosen("aoi", "appointment.times", appointment))
    (offered,) = await eventually(lambda: published(desk, TIMES))
    times = [(t["service_date"], t["start_minute"]) for t in offered.data["times"]]
    assert len(times) == 3
    assert (DAY.isoformat(), 1470) not in times
    day, minute = times[0]
    move = chosen("aoi", "appointment.move", appointment)
    data = {**move.data, "service_date": day, "start_minute": minute}
    move, again = (
        e.model_copy(update={"data": data}) for e in (move, chosen("aoi", "appointment.move", appointment))
    )
    await settled(desk, move, again)
    found = await shown(desk, appointment)
    assert (found["service_date"], found["start_minute"]) == (day, minute)
    assert len(await published(desk, "banso.booking.appointment.moved.v1")) == 1
    assert await published(desk, REFUSED) == []


async def test_a_time_that_somebody_else_was_faster_to_take_brings_other_times(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    appointment = await desk.booked("aoi", counsellor)
    await desk.booked("ren", counsellor, 1380)
    await settled(desk, chosen("aoi", "appointment.move", appointment, 1380))
    (offered,) = await eventually(lambda: published(desk, TIMES))
    assert offered.data["again"] is True
    assert 1380 not in [
        t["start_minute"] for t in offered.data["times"] if t["service_date"] == DAY.isoformat()
    ]
    assert (await shown(desk, appointment))["start_minute"] == 1470


async def test_no_time_is_offered_on_a_day_on_which_they_have_enough(desk: Desk) -> None:
    await desk.harness.declare(a_tenant(A, booking={"resident_daily_cap": 1}))
    counsellor, next_day = await desk.counsellor(), (DAY + timedelta(days=1)).isoformat()
    appointment = await desk.booked("aoi", counsellor)
    await desk.booked("aoi", counsellor, 1500, service_date=next_day)
    await settled(desk, chosen("aoi", "appointment.times", appointment))
    (offered,) = await eventually(lambda: published(desk, TIMES))
    assert [(t["service_date"], t["start_minute"]) for t in offered.data["times"]] == [
        ((DAY - timedelta(days=1)).isoformat(), 1560),
        (DAY.isoformat(), 1410),
        (DAY.isoformat(), 1530),
    ]


async def test_cancelling_twice_cancels_once_and_complains_of_nothing(desk: Desk) -> None:
    appointment = await desk.booked("aoi", await desk.counsellor())
    events = [chosen("aoi", "appointment.cancel", appointment) for _ in range(2)]
    await settled(desk, *events)
    found = await shown(desk, appointment)
    assert (found["state"], found["cancelled_by"]) == ("cancelled", "resident")
    assert len(await published(desk, "banso.booking.appointment.cancelled.v1")) == 1
    assert await published(desk, REFUSED) == []


async def test_nobody_does_anything_with_somebody_elses_appointment(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    appointment = await desk.booked("aoi", counsellor)
    before = await shown(desk, appointment)
    actions: tuple[ChosenAction, ...] = (
        "appointment.cancel",
        "appointment.reaffirm",
        "appointment.times",
        "appointment.move",
    )
    theirs = [chosen("ren", action, appointment, 1380) for action in actions]
    foreign = [chosen("aoi", action, appointment, 1380, tenant=B) for action in actions]
    await settled(desk, *theirs, *foreign)
    refused = await eventually(lambda: published(desk, REFUSED), until=lambda found: len(found) == 8)
    assert {e.data["reason"] for e in refused} == {"not_found"}
    assert await shown(desk, appointment) == before


async def test_what_cannot_be_done_any_more_is_answered_with_its_reason(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    over = await desk.booked("aoi", counsellor)
    await desk.staff("POST", f"/appointments/{over}/cancel")
    begun = await desk.booked("aoi", counsellor, 1380)
    await settled(desk, chosen("aoi", "appointment.cancel", over))
    await settled(desk, chosen("aoi", "appointment.move", begun, 100))  # outside of hours
    desk.at(NOW + timedelta(days=2))
    await settled(desk, chosen("aoi", "appointment.cancel", begun))
    refused = await eventually(lambda: published(desk, REFUSED), until=lambda found: len(found) == 3)
    assert [(e.data["subject_id"], e.data["reason"]) for e in refused] == [
        (over, "over"),
        (begun, "unavailable"),
        (begun, "started"),
    ]


async def test_an_action_that_nobody_performs_is_refused_and_kept_waiting_by_nobody(desk: Desk) -> None:
    event = chosen("aoi", "shift.take", "shf_nobody")
    await settled(desk, event)
    (refused,) = await eventually(lambda: published(desk, REFUSED))
    assert refused.data["reason"] in ("unavailable", "not_found")


async def test_a_crash_between_the_change_and_its_answer_changes_nothing_twice(harness: Harness) -> None:
    """The sweep performs it again: the desk knows the command."""
    desk = await open_desk(harness, "chosen-actions")
    appointment = await desk.booked("aoi", await desk.counsellor())
    event = chosen("aoi", "appointment.cancel", appointment)
    await settled(desk, event)
    core = desk.started.core
    rows = core.db["chosen_actions"]
    await rows.update_one(
        {"event_id": event.id, "tenant_id": A}, {"$set": {"waiting_since": NOW - timedelta(days=365)}}
    )
    choices = ChosenActions(core.outbox)
    (left,) = await choices.waiting(A, NOW)
    seen: list[str] = []

    async def again(tenant: Any, one: Any, command: Command) -> tuple[()]:
        seen.append(command.key)
        document = await core.db["appointments"].find_one({"_id": appointment, "tenant_id": A})
        assert document is not None
        assert command.seen_in(document)
        return ()

    acting = Acting(core, choices, {"appointment.cancel": again})
    await acting._try(A, left)
    assert seen == [left.key]
    assert await choices.waiting(A, NOW) == []


async def test_a_fault_of_ours_is_tried_again_and_told_in_the_end(harness: Harness) -> None:
    desk = await open_desk(harness, "chosen-actions")
    core = desk.started.core
    choices = ChosenActions(core.outbox)

    async def broken(*_: Any) -> tuple[()]:
        raise RuntimeError("sample")

    acting = Acting(core, choices, {"appointment.cancel": broken})
    event = chosen("aoi", "appointment.cancel", "apt_x")
    await settled(desk, event)
    await core.db["chosen_actions"].update_one(
        {"event_id": event.id, "tenant_id": A},
        {"$set": {"waiting_since": NOW - timedelta(days=365), "tries": 4}},
    )
    (left,) = await choices.waiting(A, NOW)
    await acting._try(A, left)
    stored = await core.db["chosen_actions"].find_one({"event_id": event.id, "tenant_id": A})
    assert stored is not None
    assert (stored["tries"], stored["waiting_since"] is None) == (5, False)
    await core.db["chosen_actions"].update_one(
        {"event_id": event.id, "tenant_id": A}, {"$set": {"waiting_since": NOW - timedelta(days=365)}}
    )
    (left,) = await choices.waiting(A, NOW)
    await acting._try(A, left)
    refused = await eventually(lambda: published(desk, REFUSED), until=lambda found: len(found) == 2)
    assert refused[-1].data["reason"] == "failed"
