"""LINE's webhook: stored first, once each, answered at once, and nothing of a consultation on LINE's side."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx

from services.intake.line import read_event, resident_of
from services.intake.line_desk import LineDesk
from services.intake.line_queue import LineQueue
from services.intake.store import LineEvents
from shared.events.intake import CONTACTS_FIELD, PERSONALISATION_FIELD, REPLY_FIELD
from shared.secrets import Secrets
from tests.harness import eventually
from tests.integration.intake.conftest import Intake, line_event


def secret_of(intake: Intake, name: str = "session_key", tenant: str = "sample-a") -> str:
    return Secrets(intake.harness.settings.secrets_dir).text(tenant, name)


def someone(intake: Intake, user: str = "Usomeone") -> str:
    return resident_of("sample-a", secret_of(intake), user)


def opened(intake: Intake, field: str, sealed: str) -> str:
    return intake.harness.of("intake").core.sealer.open("sample-a", field, sealed)


async def replies(intake: Intake) -> list[tuple[str, dict[str, Any]]]:
    """(template, personalisation) of the replies asked for, oldest first."""
    found = await intake.events("reply.requested")
    return [
        (r["template"], json.loads(opened(intake, PERSONALISATION_FIELD, r["personalisation"])))
        for r in found
    ]


async def settled(intake: Intake, count: int) -> list[tuple[str, dict[str, Any]]]:
    """The replies once there are `count`, and no event waits any more."""

    async def waiting() -> int:
        found: int = await intake.db["line_events"].count_documents(
            {"tenant_id": "sample-a", "waiting_since": {"$exists": True}}
        )
        return found

    await eventually(waiting, until=lambda n: n == 0)
    return await eventually(lambda: replies(intake), until=lambda found: len(found) >= count)


async def test_a_follow_registers_and_greets_and_a_follow_again_finds_the_same_resident(
    intake: Intake,
) -> None:
    assert (await intake.line(line_event("follow", at=1_000))).json() == {}
    assert [name for name, _ in await settled(intake, 1)] == ["line.greeting"]
    await intake.line(line_event("unfollow", at=2_000), line_event("follow", at=3_000))
    await settled(intake, 2)

    async def contacts() -> list[Any]:
        found = await intake.events("contact_changed")
        return [json.loads(opened(intake, CONTACTS_FIELD, c["contacts"])) for c in found]

    expected = [{"line": "Usomeone"}, {}, {"line": "Usomeone"}]
    assert await eventually(contacts, until=lambda found: len(found) >= 3) == expected
    (registered,) = await intake.events("resident.registered")
    assert (registered["resident_id"], registered["channel"]) == (someone(intake), "line")
    (reply, _) = await intake.events("reply.requested")
    assert opened(intake, REPLY_FIELD, reply["reply_token"]) == "token-1"
    stored = await intake.db["residents"].find_one({"_id": someone(intake), "tenant_id": "sample-a"})
    assert "Usomeone" not in str(stored)


async def test_an_event_that_comes_twice_takes_effect_once(intake: Intake) -> None:
    follow = line_event("follow")
    await intake.line(follow)
    await intake.line(follow, follow)
    await intake.line(
        {**follow, "deliveryContext": {"isRedelivery": True}}, line_event("postback", postback={"data": "x"})
    )
    assert [name for name, _ in await settled(intake, 2)] == ["line.greeting", "line.neutral"]


async def test_an_unfollow_that_comes_late_does_not_undo_a_later_follow(intake: Intake) -> None:
    await intake.line(line_event("follow", at=5_000), line_event("unfollow", at=4_000))
    await settled(intake, 1)
    core = intake.harness.of("intake").core
    document = await intake.db["residents"].find_one({"_id": someone(intake), "tenant_id": "sample-a"})
    assert core.sealer.open("sample-a", CONTACTS_FIELD, document["contacts"]) == '{"line": "Usomeone"}'


async def test_asking_to_consult_brings_a_link_that_opens_once(intake: Intake) -> None:
    typed = line_event("message", message={"type": "text", "id": "1", "text": "相談する"})
    await intake.line(line_event("follow"), line_event("postback", postback={"data": "consult"}), typed)
    found = await settled(intake, 3)
    assert [name for name, _ in found] == ["line.greeting", "line.link", "line.link"]
    link = httpx.URL(found[1][1]["link"])
    assert link.host == "sample-a.localhost"
    for _ in range(3):  # looking does not use it up
        assert (await intake.client.get(link.raw_path.decode())).status_code == 200
    entered = await intake.client.post(link.raw_path.decode())
    assert (entered.status_code, entered.headers["location"]) == (303, "/intake/chat")
    assert "HttpOnly" in entered.headers["set-cookie"]
    intake.client.cookies.clear()
    for method in ("GET", "POST"):
        assert (await intake.client.request(method, link.raw_path.decode())).status_code == 410
    assert await intake.events("consultation") == []  # a fixed choice is no consultation


async def test_free_text_is_kept_sealed_here_and_answered_neutrally(intake: Intake) -> None:
    text = line_event("message", message={"type": "text", "id": "77", "text": "家賃がきつい"})
    await intake.line(text)
    ((template, values),) = await settled(intake, 1)
    assert template == "line.neutral"
    assert "家賃" not in json.dumps(values, ensure_ascii=False)
    assert len(await eventually(lambda: intake.events("resident.registered"))) == 1
    mine = intake.harness.resident("sample-a", someone(intake))
    talk = (await intake.client.get("/intake/v1/me/messages", headers=mine)).json()["data"]
    assert [(turn["channel"], turn["text"]) for turn in talk] == [("line", "家賃がきつい")]
    rows = await intake.db["line_events"].find({"tenant_id": "sample-a"}).to_list(None)
    assert [row["raw"] for row in rows] == [None]
    assert await intake.events("consultation.answered") == []


async def test_words_of_danger_on_line_are_answered_with_hotlines_and_a_person_is_told(
    intake: Intake,
) -> None:
    await intake.line(line_event("message", message={"type": "text", "id": "1", "text": "しにたい"}))
    ((template, values),) = await settled(intake, 1)
    assert template == "line.crisis"
    assert "0120-279-338" in values["hotlines"]
    assert [u["kind"] for u in await eventually(lambda: intake.events("consultation.urgent"))] == ["suicide"]


async def test_what_is_taken_back_is_deleted_here(intake: Intake) -> None:
    await intake.line(line_event("message", message={"type": "text", "id": "9", "text": "書きすぎた"}))
    await intake.line(line_event("unsend", unsend={"messageId": "9"}))
    await settled(intake, 1)
    mine = intake.harness.resident("sample-a", someone(intake))
    talk = (await intake.client.get("/intake/v1/me/messages", headers=mine)).json()["data"]
    assert [(turn["text"], turn["unsent"]) for turn in talk] == [(None, True)]
    documents = await intake.db["consultations"].find({"tenant_id": "sample-a"}).to_list(None)
    assert [turn["said"] for turn in documents[0]["turns"]] == [None]


async def test_what_a_crash_left_behind_is_taken_up(intake: Intake) -> None:
    core = intake.harness.of("intake").core
    events = LineEvents(core.db, core.sealer)
    await events.keep("sample-a", [line_event("follow")])  # the process died right after the write
    desk = intake.harness.of("intake").service.workers[0].__self__.desk  # type: ignore[attr-defined]
    assert isinstance(desk, LineDesk)
    assert await LineQueue(desk, events).sweep(timedelta(0)) == 1
    assert [name for name, _ in await settled(intake, 1)] == ["line.greeting"]
    assert await LineQueue(desk, events).sweep(timedelta(0)) == 0


async def test_an_event_whose_process_died_after_its_effect_takes_effect_once(intake: Intake) -> None:
    desk = intake.harness.of("intake").service.workers[0].__self__.desk  # type: ignore[attr-defined]
    tenant = intake.harness.of("intake").core.registry.tenants["sample-a"]
    came = [
        line_event("follow", at=1_000),
        line_event("postback", postback={"data": "consult"}),
        line_event("message", message={"type": "text", "id": "1", "text": "家賃"}),
        line_event("unfollow", at=2_000),
        line_event("follow", at=3_000),
    ]
    for event in came:
        for _ in range(2):
            await desk.handle(tenant, read_event(event))
    expected = ["line.greeting", "line.link", "line.neutral", "line.greeting"]
    await eventually(lambda: replies(intake), until=lambda found: len(found) >= 4)
    assert [name for name, _ in await replies(intake)] == expected
    assert len(await intake.events("contact_changed")) == 3


async def test_of_many_at_the_same_moment_one_enters_by_a_link(intake: Intake) -> None:
    resident_id, _ = await intake.resident()
    made = await intake.client.post(f"/intake/v1/residents/{resident_id}/session", headers=intake.staff())
    path = httpx.URL(made.json()["entry_url"]).raw_path.decode()
    answers = await asyncio.gather(*(intake.client.post(path) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 7


async def test_an_event_that_cannot_be_handled_is_given_up_on_and_kept(
    intake: Intake, monkeypatch: Any
) -> None:
    core = intake.harness.of("intake").core
    events = LineEvents(core.db, core.sealer)
    await events.keep("sample-a", [line_event("follow")])
    desk = intake.harness.of("intake").service.workers[0].__self__.desk  # type: ignore[attr-defined]

    async def broken(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(desk, "handle", broken)
    queue = LineQueue(desk, events)

    async def tried() -> int:
        return await queue.sweep(timedelta(0))

    for _ in range(8):
        assert await eventually(tried) == 1
    row = await core.db["line_events"].find_one({"tenant_id": "sample-a"})
    assert row is not None
    assert (row["gave_up"], "waiting_since" in row, row["raw"] is None) == (True, False, False)


async def test_who_may_send_webhooks(intake: Intake) -> None:
    assert (await intake.client.post("/intake/line/nowhere", content=b"{}")).status_code == 404
    assert (await intake.client.post("/intake/line/sample-a", content=b"{}")).status_code == 401
    wrong = {"X-Line-Signature": "é"}
    answer = await intake.client.post(
        "/intake/line/sample-a", content=b"{}", headers=[(k.encode(), v.encode()) for k, v in wrong.items()]
    )
    assert answer.status_code == 401
    assert (await intake.line()).json() == {}


async def test_webhooks_that_make_no_sense_are_accepted_and_ignored(intake: Intake) -> None:
    odd: list[Any] = [
        "x", 1, None, {}, {"webhookEventId": 5}, line_event("join"), line_event("future-kind"),
        line_event("follow", source={"type": "group", "groupId": "G"}), line_event("follow", source=None),
        line_event("message", message=[]), line_event("message", message={"type": "sticker"}, timestamp="later"),
        line_event("message", message={"type": "text", "id": 3, "text": "\ud800 half"}),
        line_event("postback", postback="x", timestamp=10**30),
    ]  # fmt: skip
    assert (await intake.line(*odd)).status_code == 200
    await settled(intake, 4)
    given_up = await intake.db["line_events"].count_documents({"tenant_id": "sample-a", "gave_up": True})
    assert given_up == 0
