"""The timeline hears every service, in the order of what happened."""

from datetime import UTC, datetime, timedelta

from shared.events import booking, notify
from shared.events.envelope import envelop
from shared.events.matching import catalogue, proposals
from tests.harness import eventually
from tests.integration.intake.conftest import Intake

AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


async def test_steps_of_all_services_stand_in_the_order_in_which_they_happened(intake: Intake) -> None:
    resident_id, _ = await intake.resident()
    payloads = (
        notify.MessageDelivered(message_id="msg_1", resident_id=resident_id, template="x", via="line"),
        booking.AppointmentAttended(resident_id=resident_id, appointment_id="apt_1", counsellor_id="cou_1"),
        proposals.SlateProposed(resident_id=resident_id, slate_id="slt_1", offers=("ofr_1",)),
        catalogue.CompanyRegistered(company_id="com_1"),  # nobody's step
    )
    for minutes, payload in enumerate(reversed(payloads)):
        source = f"/{payload.TYPE.split('.')[1]}"
        at = AT + timedelta(minutes=10 - minutes)
        await intake.harness.publish(
            *envelop([payload], source=source, tenant="sample-a", subject="agg", sequence=1, now=at)
        )

    async def steps() -> list[dict[str, object]]:
        path = f"/intake/v1/residents/{resident_id}/timeline"
        answer = await intake.client.get(path, headers=intake.staff())
        return [s for s in answer.json()["data"] if s["source"] != "/intake"]

    found = await eventually(steps, until=lambda found: len(found) == 3)
    assert [s["source"] for s in found] == ["/notify", "/booking", "/matching"]
    assert [s["ids"] for s in found] == [
        {"message_id": "msg_1"},
        {"appointment_id": "apt_1", "counsellor_id": "cou_1"},
        {"slate_id": "slt_1"},
    ]


async def test_the_timeline_is_read_page_by_page_without_gap_or_repetition(intake: Intake) -> None:
    resident_id, _ = await intake.resident()
    events = [
        envelop(
            [booking.AppointmentMissed(resident_id=resident_id, appointment_id=f"apt_{n}", counsellor_id="cou_1")],
            source="/booking", tenant="sample-a", subject=f"apt_{n}", sequence=1, now=AT,
        )[0]
        for n in range(7)
    ]  # fmt: skip
    await intake.harness.publish(*events)

    async def stored() -> int:
        count: int = await intake.db["timeline"].count_documents({"tenant_id": "sample-a"})
        return count

    await eventually(stored, until=lambda n: n == 8)
    path, seen, cursor = f"/intake/v1/residents/{resident_id}/timeline?limit=3", [], ""
    while True:
        page = (await intake.client.get(path + cursor, headers=intake.staff())).json()
        seen += [step["id"] for step in page["data"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 8
