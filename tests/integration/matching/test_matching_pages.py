"""The pages as a browser without JavaScript uses them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from services.matching.questionnaire import BY_ID
from tests.integration.matching.conftest import SMALL, Town

QUESTIONNAIRE, PROFILE, PROPOSALS = "/matching/questionnaire", "/matching/profile", "/matching/proposals"


class Forms(HTMLParser):
    """The forms of a page: action, and the fields as they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given["action"], {}))
        elif tag == "input" and (given.get("type") in ("hidden", "text") or "checked" in given):
            self.found[-1][1].setdefault(given["name"], []).append(given["value"])


@contextmanager
def browser(town: Town) -> Iterator[httpx.AsyncClient]:
    """The town's client with the resident's session cookie."""
    town.api.cookies.set("banso_session", town.resident()["Authorization"].removeprefix("Bearer "))
    yield town.api
    town.api.cookies.clear()


async def sends(
    town: Town, html: str, action: str, typed: dict[str, Any] | None = None, number: int = 0
) -> httpx.Response:
    """Send the `number`-th form that goes to `action`, with its own fields and what is typed."""
    forms = [fields for target, fields in Forms(html).found if target == action]
    headers = {"Sec-Fetch-Site": "same-origin"}
    return await town.api.post(action, data={**forms[number], **(typed or {})}, headers=headers)


async def seen(town: Town, path: str) -> str:
    answer = await town.api.get(path)
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert " style=" not in answer.text
    return answer.text


@pytest.mark.parametrize("path", [QUESTIONNAIRE, PROFILE, PROPOSALS])
async def test_without_a_session_one_is_led_to_the_entrance(town: Town, path: str) -> None:
    answer = await town.api.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/chat")


async def test_the_questionnaire_is_walked_through_left_and_taken_up_again(town: Town) -> None:
    with browser(town):
        first = await seen(town, QUESTIONNAIRE)
        sent = await sends(town, first, QUESTIONNAIRE, {"balance-1": "5", "growth-1": "skip", "go": "next"})
        # balance-1 stands on the second page: only what the page itself asks is taken
        assert (sent.status_code, sent.headers["location"]) == (303, f"{QUESTIONNAIRE}?step=2")
        second = await seen(town, sent.headers["location"])
        back = await sends(town, second, QUESTIONNAIRE, {"balance-1": "5", "go": "back"})
        assert back.headers["location"] == f"{QUESTIONNAIRE}?step=1"
        first = await seen(town, back.headers["location"])
        assert re.search(r'name="growth-1" value="skip" checked', first)
        answers = {item: "4" for item in BY_ID if item.endswith("-1")}
        await sends(town, first, QUESTIONNAIRE, {**answers, "go": "next"})
        assert "1ページ目" not in await seen(town, QUESTIONNAIRE)
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    assert kept["answers"]["balance-1"] == 5
    assert kept["answers"]["growth-1"] == 4
    assert kept["completed_at"] is None


async def test_wishes_are_taken_and_a_slip_is_shown_with_what_was_typed(town: Town) -> None:
    with browser(town):
        page = await seen(town, f"{QUESTIONNAIRE}?step=5")
        assert "sample-b" in page
        slip = await sends(
            town,
            page,
            QUESTIONNAIRE,
            {"wage_floor": "たくさん", "hours": ["weekday-night"], "areas": [SMALL], "go": "finish"},
        )
        assert slip.status_code == 422
        assert 'value="たくさん"' in slip.text
        assert 'aria-invalid="true"' in slip.text
        assert re.search(rf'value="{SMALL}" checked', slip.text)
        sent = await sends(town, slip.text, QUESTIONNAIRE, {"wage_floor": "１１００円", "go": "finish"})
        assert sent.headers["location"] == PROFILE
        assert "1,100円以上" in await seen(town, PROFILE)
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    said = {name: kept["wishes"][name] for name in ("areas", "hours", "wage_floor")}
    assert said == {
        "areas": [SMALL],
        "hours": [{"weekdays": [0, 1, 2, 3, 4], "start": "22:00", "end": "29:00"}],
        "wage_floor": 1100,
    }
    assert kept["completed_at"] is not None


async def test_an_answer_that_was_not_offered_is_refused(town: Town) -> None:
    with browser(town):
        page = await seen(town, f"{QUESTIONNAIRE}?step=1")
        assert (await sends(town, page, QUESTIONNAIRE, {"growth-1": "9"})).status_code == 422


async def test_the_profile_is_said_in_words_drawn_and_written_as_a_table(town: Town) -> None:
    await town.answers(answers={"balance-1": 5, "reward-1": 2})
    with browser(town):
        page = await seen(town, PROFILE)
    assert "自分の時間を守りながら、力を出せる人です。" in page
    assert page.count("<rect") == 4
    assert '<svg viewBox="0 0 320 92"' in page
    assert '<th scope="row">納得できる収入</th><td>あまり大切でない</td><td class="figure">25</td>' in page


async def test_offers_are_proposed_said_yes_and_no_to_and_taken_back(town: Town) -> None:
    company = await town.company()
    await town.offer(company["id"], title="となりの畑", municipality_code=SMALL, values={"balance": 0.9})
    await town.offer(company["id"], title="まちの店", hourly_wage_yen=1150, values={"balance": 0.1})
    await town.answers(answers={"balance-1": 5})
    interests = f"{PROPOSALS}/interests"
    with browser(town):
        before = await seen(town, PROPOSALS)
        assert "となりの畑" not in before
        assert (await sends(town, before, PROPOSALS)).headers["location"] == PROPOSALS
        page = await seen(town, PROPOSALS)
        assert page.index("となりの畑") < page.index("まちの店")
        assert "となりの市区町村（sample-b）の仕事です。" in page
        assert "時給1,150円" in page
        assert "自分の時間との両立" in page
        assert 'href="/booking/times"' in page
        assert 'href="/intake/chat"' in page

        assert (await sends(town, page, interests, number=1)).status_code == 303  # not for the first
        assert (await sends(town, page, interests, number=2)).status_code == 303  # yes to the second
        page = await seen(town, PROPOSALS)
        assert "次からは出しません" in page
        assert "「興味がある」に入れました" in page
        withdrawals = [action for action, _ in Forms(page).found if action.endswith("/withdraw")]
        assert len(withdrawals) == 2
        undone = await sends(town, page, withdrawals[0])
        assert undone.headers["location"].startswith(f"{PROPOSALS}#ofr_")
        assert "次からは出しません" not in await seen(town, PROPOSALS)
    standing = (await town.api.get("/matching/v1/me/interests", headers=town.resident())).json()["data"]
    assert [interest["kind"] for interest in standing] == ["save"]


async def test_a_closed_offer_and_changed_answers_are_said_so(town: Town) -> None:
    offer = await town.offer((await town.company())["id"])
    await town.slate()
    await town.api.post(
        f"/matching/v1/offers/{offer['id']}/close", json={"reason": "filled"}, headers=town.staff
    )
    await town.answers(answers={"balance-1": 5})
    with browser(town):
        page = await seen(town, PROPOSALS)
        assert "この募集は終わりました" in page
        assert "答えや希望が変わっています" in page
        again = await sends(town, page, PROPOSALS)
        assert again.status_code == 303
        page = await seen(town, PROPOSALS)
        assert "見つかりませんでした" in page
        assert "募集が終わっています：1件" in page


async def test_a_form_from_a_foreign_page_is_refused(town: Town) -> None:
    with browser(town):
        answer = await town.api.post(PROPOSALS, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert "選びます" in await seen(town, PROPOSALS)


async def test_another_municipalitys_page_does_not_know_the_resident(town: Town) -> None:
    with browser(town):
        answer = await town.api.get(PROPOSALS, headers={"Host": "sample-b.localhost"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/intake/chat")


async def test_what_a_company_writes_is_text_and_nothing_else(town: Town) -> None:
    await town.offer((await town.company())["id"], title="<script>alert(1)</script>")
    await town.slate()
    with browser(town):
        assert "<script>" not in await seen(town, PROPOSALS)


async def test_the_api_document_is_readable(town: Town) -> None:
    assert "/matching/v1/me/slates" in await seen(town, "/matching/docs")
