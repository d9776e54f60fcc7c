"""What a resident writes is answered: danger first, then programmes, then a person."""

import asyncio

from services.intake.store.consultations import SAID
from tests.harness import eventually
from tests.integration.intake.conftest import Intake

WORRY = "夜しか時間がなくて、パートを転々としています。家賃もきつい"


async def test_several_troubles_in_one_breath_each_find_their_programme(intake: Intake) -> None:
    await intake.bring_in()
    resident_id, mine = await intake.resident()
    answer = (await intake.say(mine, WORRY))["answer"]
    assert answer["kind"] == "programmes"
    assert [part["heading"] for part in answer["parts"]] == ["どんな制度か", "申し込み方", "相談先"]
    what, how, whom = answer["parts"]
    for name in ("住居確保給付金", "夜間・オンラインのキャリア相談", "就職氷河期世代"):
        assert name in what["text"]
    assert "窓口で申し込みます。" in how["text"]
    assert "見本しごと相談窓口" in whom["text"]
    assert {"https://city.example/s1", "https://city.example/s2"} == {link["url"] for link in what["links"]}
    assert len(answer["programme_ids"]) == 3
    answered = await eventually(lambda: intake.events("consultation.answered"))
    assert answered[0]["programme_ids"] == answer["programme_ids"]
    assert answered[0]["resident_id"] == resident_id


async def test_an_unrelated_question_honestly_finds_nothing_and_offers_a_person(intake: Intake) -> None:
    await intake.bring_in()
    _, mine = await intake.resident()
    answer = (await intake.say(mine, "カレーの作り方を教えて"))["answer"]
    assert (answer["kind"], answer["programme_ids"]) == ("person", [])
    assert "見つかりませんでした" in answer["parts"][0]["heading"]
    assert answer["parts"][1]["links"][0]["url"] == "tel:000-000-0000"


async def test_a_programme_past_its_closing_day_is_not_named(intake: Intake) -> None:
    await intake.bring_in()
    _, mine = await intake.resident()
    assert (await intake.say(mine, "原油高の給付金"))["answer"]["kind"] == "person"


async def test_danger_is_answered_with_hotlines_and_a_person_is_told(intake: Intake) -> None:
    _, mine = await intake.resident()  # no catalogue at all: danger asks for none
    said = await intake.say(mine, "もう、し に た い")
    assert said["answer"]["kind"] == "urgent"
    assert any("0120-279-338" in part["text"] for part in said["answer"]["parts"])
    urgent = await eventually(lambda: intake.events("consultation.urgent"))
    assert (urgent[0]["kind"], urgent[0]["consultation_id"]) == ("suicide", said["consultation_id"])
    assert await intake.events("consultation.answered") == []


async def test_what_was_said_lies_sealed(intake: Intake) -> None:
    resident_id, mine = await intake.resident()
    await intake.say(mine, WORRY)
    document = await intake.db["consultations"].find_one(
        {"tenant_id": "sample-a", "resident_id": resident_id}
    )
    assert "家賃" not in str(document)
    sealed = document["turns"][0]["said"]
    assert intake.harness.of("intake").core.sealer.open("sample-a", SAID, sealed) == WORRY


async def test_a_repeated_message_is_answered_once(intake: Intake) -> None:
    await intake.bring_in()
    _, mine = await intake.resident()
    first = await intake.say(mine, WORRY, **{"Idempotency-Key": "m-1"})
    again = await intake.say(mine, WORRY, **{"Idempotency-Key": "m-1"})
    assert first == again
    other = await intake.client.post(
        "/intake/v1/me/messages", headers={**mine, "Idempotency-Key": "m-1"}, json={"text": "別のこと"}
    )
    assert other.status_code == 409
    talk = (await intake.client.get("/intake/v1/me/messages", headers=mine)).json()["data"]
    assert [turn["text"] for turn in talk] == [WORRY]


async def test_messages_at_the_same_moment_are_all_kept_in_one_consultation(intake: Intake) -> None:
    _, mine = await intake.resident()
    said = await asyncio.gather(*(intake.say(mine, f"家賃 {n}") for n in range(5)))
    assert len({answer["consultation_id"] for answer in said}) == 1
    talk = (await intake.client.get("/intake/v1/me/messages", headers=mine)).json()["data"]
    assert sorted(turn["text"] for turn in talk) == [f"家賃 {n}" for n in range(5)]
    opened = await eventually(lambda: intake.events("consultation.opened"))
    assert len(opened) == 1


async def test_asking_for_a_person_hands_over_once(intake: Intake) -> None:
    _, mine = await intake.resident()
    for _ in range(2):
        answer = await intake.client.post("/intake/v1/me/handoff", headers=mine)
        assert answer.json()["answer"]["parts"][0]["heading"] == "担当者に引き継ぎました"
    await eventually(lambda: intake.events("consultation.handed_off"))
    assert len(await intake.events("consultation.handed_off")) == 1


async def test_a_resident_reads_only_their_own_talk(intake: Intake) -> None:
    _, mine = await intake.resident()
    _, other = await intake.resident()
    await intake.say(mine, "家賃")
    assert (await intake.client.get("/intake/v1/me/messages", headers=other)).json()["data"] == []
    assert (await intake.client.get("/intake/v1/me/messages", headers=intake.staff())).status_code == 403


async def test_messages_that_cannot_be_are_refused(intake: Intake) -> None:
    _, mine = await intake.resident()
    for body in (
        '{"text": ""}',
        '{"text": "  "}',
        '{"text": "\\ud800"}',
        '{"text": "' + "あ" * 2001 + '"}',
        "[",
        "{}",
    ):
        answer = await intake.client.post(
            "/intake/v1/me/messages",
            headers={**mine, "Content-Type": "application/json"},
            content=body,
        )
        assert 400 <= answer.status_code < 500, body
    answer = await intake.client.post("/intake/v1/me/messages", headers=mine, json={"text": "家賃\x00"})
    assert answer.status_code == 201
