"""The chat page works without JavaScript, streams with it, and begins anonymously."""

import json
import re
from typing import Any
from urllib.parse import quote

import httpx

from shared.ids import derived_id
from shared.web.visiting import WANTED_COOKIE
from tests.harness import eventually
from tests.integration.intake.conftest import ORIGIN, Intake

SAME = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


def hidden(page: str, action: str) -> str:
    """The hidden key of the form that goes to `action`."""
    form = page.split(f'action="{action}"', 1)[1]
    found = re.search(r'name="idempotency_key" value="([^"]+)"', form)
    assert found
    return found[1]


async def begin(intake: Intake) -> str:
    """Start anonymously as a browser does; the chat page."""
    start = (await intake.client.get("/intake/chat")).text
    key = {"idempotency_key": hidden(start, "/intake/chat/start")}
    began = await intake.client.post("/intake/chat/start", data=key, headers=SAME)
    assert (began.status_code, began.headers["location"]) == (303, "/intake/chat")
    return (await intake.client.get("/intake/chat")).text


async def test_a_stranger_begins_anonymously_and_is_answered_without_javascript(intake: Intake) -> None:
    await intake.bring_in()
    page = await begin(intake)
    form = {"text": "家賃がきつい<b>", "idempotency_key": hidden(page, "/intake/chat/messages")}
    for _ in range(2):  # pressed twice: answered once
        answer = await intake.client.post("/intake/chat/messages", data=form, headers=SAME)
        assert (answer.status_code, answer.headers["location"]) == (303, "/intake/chat#latest")
    page = (await intake.client.get("/intake/chat")).text
    assert page.count("家賃がきつい&lt;b&gt;") == 1
    for text in ("どんな制度か", "申し込み方", "相談先", "住居確保給付金", 'role="log"', 'id="latest"'):
        assert text in page
    for link in ("/matching/questionnaire", "/booking/times", "https://city.example/s1"):
        assert f'href="{link}"' in page
    handed = await intake.client.post(
        "/intake/chat/handoff", data={"idempotency_key": hidden(page, "/intake/chat/handoff")}, headers=SAME
    )
    assert handed.status_code == 303
    assert "担当者に引き継ぎました" in (await intake.client.get("/intake/chat")).text


async def test_pressing_begin_twice_begins_once_and_a_made_up_key_is_nobodys(intake: Intake) -> None:
    start = (await intake.client.get("/intake/chat")).text
    ours = {"idempotency_key": hidden(start, "/intake/chat/start")}
    made_up = {"idempotency_key": "k"}
    for form in (ours, ours, made_up, made_up):
        intake.client.cookies.clear()
        await intake.client.post("/intake/chat/start", data=form, headers=SAME)

    async def registered() -> int:
        return len({e["resident_id"] for e in await intake.events("resident.registered")})

    assert await eventually(registered, until=lambda n: n >= 3) == 3


async def come_in(intake: Intake, wanted: str) -> str:
    """Where somebody without a session lands who asked for a page first, as the cookie says."""
    intake.client.cookies.clear()
    cookie = {"Cookie": f"{WANTED_COOKIE}={quote(wanted, safe='')}"}
    start = (await intake.client.get("/intake/chat", headers=cookie)).text
    promised = "さっき開こうとしたページに進みます" in start
    key = {"idempotency_key": hidden(start, "/intake/chat/start")}
    began = await intake.client.post("/intake/chat/start", data=key, headers={**SAME, **cookie})
    forgotten = f'{WANTED_COOKIE}="";'
    assert any(set_.startswith(forgotten) for set_ in began.headers.get_list("set-cookie"))
    arrived = began.headers["location"]
    assert promised == (arrived == wanted)
    return arrived


async def test_who_asked_for_a_page_first_arrives_there_and_never_at_another_site(intake: Intake) -> None:
    page = "/matching/proposals?after=a%20b&more=1"
    assert await come_in(intake, page) == page
    for foreign in ("//evil.example/", "/\\evil.example", "https://evil.example/", "/matc\r\nX: y", ""):
        assert await come_in(intake, foreign) == "/intake/chat", foreign


async def test_who_begins_anew_is_never_led_to_what_is_another_persons(intake: Intake) -> None:
    theirs = derived_id("apt", "kyoto", "another")
    for personal in (
        f"/booking/appointments/{theirs}",
        f"/booking/times?move={theirs}",
        f"/matching/proposals?slate={derived_id('slt', 'kyoto', 'another')}",
        "/booking/mine",
        "/booking/work",
    ):
        assert await come_in(intake, personal) == "/intake/chat", personal
    offer = f"/matching/offers/{derived_id('ofr', 'kyoto', 'one')}"
    assert await come_in(intake, offer) == offer


async def test_a_link_of_ones_own_leads_to_the_page_that_was_asked_for_even_a_personal_one(
    intake: Intake,
) -> None:
    mine = f"/booking/appointments/{derived_id('apt', 'kyoto', 'mine')}"
    cookie = {"Cookie": f"{WANTED_COOKIE}={quote(mine, safe='')}"}
    waiting = (await intake.client.get("/intake/chat", headers=cookie)).text
    assert "本人だけが見られるページ" in waiting
    resident_id, _ = await intake.resident()
    made = await intake.client.post(f"/intake/v1/residents/{resident_id}/session", headers=intake.staff())
    link = f"/intake/enter/{made.json()['entry_url'].rpartition('/')[2]}"
    intake.client.cookies.clear()
    entered = await intake.client.post(link, headers={**SAME, **cookie})
    assert (entered.status_code, entered.headers["location"]) == (303, mine)


async def test_a_message_that_cannot_be_sent_comes_back_as_it_was_typed(intake: Intake) -> None:
    page = await begin(intake)
    key = hidden(page, "/intake/chat/messages")
    empty = await intake.client.post(
        "/intake/chat/messages", data={"text": " ", "idempotency_key": key}, headers=SAME
    )
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.text
    long = await intake.client.post(
        "/intake/chat/messages", data={"text": "長" * 2001, "idempotency_key": key}, headers=SAME
    )
    assert long.status_code == 422
    assert "長" * 2001 in long.text


async def streamed(intake: Intake, form: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    answer = await intake.client.post(
        "/intake/chat/messages", data=form, headers={**SAME, "Accept": "text/event-stream"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


async def test_the_answer_streams_part_by_part(intake: Intake) -> None:
    await intake.bring_in()
    page = await begin(intake)
    form = {"text": "家賃がきつい", "idempotency_key": hidden(page, "/intake/chat/messages")}
    events = await streamed(intake, form)
    assert [name for name, _ in events] == ["received", "part", "part", "part", "done"]
    assert events[1][1]["heading"] == "どんな制度か"
    assert (await streamed(intake, {**form, "text": " "}))[0][0] == "failed"
    assert (await streamed(intake, {**form, "text": "別のこと"}))[-1][0] == "failed"


async def test_danger_is_shown_as_urgent(intake: Intake) -> None:
    await begin(intake)
    await intake.client.post("/intake/chat/messages", data={"text": "消えたい"}, headers=SAME)
    page = (await intake.client.get("/intake/chat")).text
    assert 'class="part urgent"' in page
    assert 'href="tel:0120279338"' in page


async def test_forms_from_other_sites_and_sessions_of_other_municipalities_are_refused(
    intake: Intake,
) -> None:
    await begin(intake)
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in ("/intake/chat/messages", "/intake/chat/handoff", "/intake/chat/start", "/intake/enter/x"):
        answer = await intake.client.post(path, data={"text": "x"}, headers=foreign)
        assert answer.status_code == 403, path
        assert answer.headers["content-type"].startswith("text/html")
    cookies = dict(intake.client.cookies)
    async with httpx.AsyncClient(
        transport=intake.client._transport, base_url="http://sample-b.localhost:8080", cookies=cookies
    ) as other:
        assert "名前を言わずに相談をはじめる" in (await other.get("/intake/chat")).text


async def test_pages_of_no_municipality_are_not_there(intake: Intake) -> None:
    async with httpx.AsyncClient(
        transport=intake.client._transport, base_url="http://nobody.localhost:8080"
    ) as other:
        answer = await other.get("/intake/chat")
    assert answer.status_code == 404
    assert "見つかりません" in answer.text
