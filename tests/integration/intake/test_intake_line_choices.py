"""Buttons on LINE: what they choose is told to whoever does it, once; anything else changes nothing."""

import json
from datetime import UTC, datetime

import pytest

from services.intake.line import resident_of
from shared.events.booking import WorkerEnrolled
from shared.events.envelope import envelop
from shared.ids import derived_id
from shared.secrets import Secrets
from tests.harness import eventually
from tests.integration.intake.conftest import Intake, line_event
from tests.integration.intake.test_intake_line import replies, settled

APPOINTMENT = derived_id("apt", "one")


def tap(data: str, user: str = "Usomeone") -> dict[str, object]:
    return line_event("postback", user, postback={"data": data})


async def test_a_choice_becomes_an_event_of_the_resident_once(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    chosen = tap(f"do:appointment.move:{APPOINTMENT}:2026-12-03:1470")
    await intake.line(chosen)
    await intake.line({**chosen, "deliveryContext": {"isRedelivery": True}})
    await intake.line(tap("consult"))
    await settled(intake, 2)
    secret = Secrets(intake.harness.settings.secrets_dir).text("sample-a", "session_key")
    (event,) = await intake.harness.published("intake", "banso.intake.action.chosen.v1")
    someone = resident_of("sample-a", secret, "Usomeone")
    assert event.data == {
        "resident_id": someone,
        "action": "appointment.move",
        "subject_id": APPOINTMENT,
        "service_date": "2026-12-03",
        "start_minute": 1470,
    }
    assert event.actor == f"resident:{someone}"
    assert [name for name, _ in await replies(intake)] == ["line.greeting", "line.link"]


async def test_cancelling_is_asked_about_and_a_no_is_answered_without_asking_anybody(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    await intake.line(tap(f"ask:appointment.cancel:{APPOINTMENT}"), tap(f"keep:{APPOINTMENT}"))
    found = await settled(intake, 3)
    assert found[1] == ("line.ask_cancel", {"appointment_id": APPOINTMENT})
    assert found[2] == ("line.kept", {})
    assert await intake.events("action.chosen") == []


@pytest.mark.parametrize("data", ["do:appointment.erase:x", "do:appointment.cancel", "だれ？", "do:" * 60])
async def test_garbled_data_are_answered_neutrally_and_nothing_happens(intake: Intake, data: str) -> None:
    await intake.line(line_event("follow"))
    await intake.line(tap(data))
    found = await settled(intake, 2)
    assert found[1][0] == "line.neutral"
    assert data not in json.dumps(found, ensure_ascii=False)
    assert await intake.events("action.chosen") == []


async def test_a_button_pressed_by_somebody_we_do_not_know_does_nothing(intake: Intake) -> None:
    await intake.line(tap(f"do:appointment.cancel:{APPOINTMENT}", "Ustranger"))
    assert [name for name, _ in await settled(intake, 1)] == ["line.neutral"]
    assert await intake.events("action.chosen") == []


async def enrolled(intake: Intake, user: str = "Usomeone") -> None:
    """The user's resident works with a centre, as booking says."""
    secret = Secrets(intake.harness.settings.secrets_dir).text("sample-a", "session_key")
    who = resident_of("sample-a", secret, user)
    payload = WorkerEnrolled(resident_id=who, centre_id=derived_id("cen", "one"))
    events = envelop(
        [payload], source="/booking", tenant="sample-a", subject=who, sequence=1, now=datetime.now(UTC)
    )
    await intake.harness.publish(*events)
    await eventually(
        lambda: intake.db["timeline"].count_documents({"_id": events[0].id, "tenant_id": "sample-a"})
    )


def says(text: str, user: str = "Usomeone") -> dict[str, object]:
    return line_event("message", user, message={"type": "text", "id": "1", "text": text})


async def test_one_line_of_a_worker_is_a_notice_and_its_words_are_kept_nowhere(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    await settled(intake, 1)
    await enrolled(intake)
    await intake.line(says("熱が出たので今日は休みます"))
    (event,) = await eventually(lambda: intake.events("action.chosen"))
    assert (event["action"], event["service_date"]) == ("shift.absent", None)
    assert [name for name, _ in await settled(intake, 1)] == ["line.greeting"]
    assert await intake.db["consultations"].count_documents({"tenant_id": "sample-a"}) == 0


async def test_a_worker_whose_line_was_not_understood_gets_buttons_for_it(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    await settled(intake, 1)
    await enrolled(intake)
    await intake.line(says("具合悪い"))
    assert [name for name, _ in await settled(intake, 2)] == ["line.greeting", "line.worker"]
    assert await intake.events("action.chosen") == []


async def test_the_same_line_of_anybody_else_is_a_message_like_any_other(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    await intake.line(says("今日は休みます"))
    assert [name for name, _ in await settled(intake, 2)] == ["line.greeting", "line.neutral"]
    assert await intake.events("action.chosen") == []


async def test_words_of_danger_come_before_a_notice(intake: Intake) -> None:
    await intake.line(line_event("follow"))
    await settled(intake, 1)
    await enrolled(intake)
    await intake.line(says("死にたいので今日は休みます"))
    assert [name for name, _ in await settled(intake, 2)] == ["line.greeting", "line.crisis"]
    assert await intake.events("action.chosen") == []
