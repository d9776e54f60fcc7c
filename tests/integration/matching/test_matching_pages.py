"""The pages as a browser without JavaScript uses them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import unquote

import httpx
import pytest

from services.intake.pages.beginning import FOR_ANYBODY
from services.matching.pages.questionnaire import LAST, STEPS
from services.matching.scoring import Term
from services.matching.sending.choosing import Entry, Pick
from services.matching.sending.send_list import SendList
from services.matching.store import open_store
from shared.ids import new_ulid
from shared.web.visiting import WANTED_COOKIE
from tests.integration.matching.conftest import SMALL, Town

QUESTIONNAIRE, WISHES = "/matching/questionnaire", "/matching/wishes"
PROFILE, PROPOSALS = "/matching/profile", "/matching/proposals"


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
        elif tag == "select":
            self.chosen = given["name"]
        elif tag == "option" and "selected" in given:
            self.found[-1][1].setdefault(self.chosen, []).append(given["value"])
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


@pytest.mark.parametrize(
    "path", [QUESTIONNAIRE, WISHES, PROFILE, PROPOSALS, f"{PROPOSALS}/said", f"{PROFILE}/delete"]
)
async def test_without_a_session_one_is_led_to_the_entrance(town: Town, path: str) -> None:
    answer = await town.api.get(path, params={"a": "あ"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/chat")
    cookie, _, rest = answer.headers["set-cookie"].partition(";")
    wanted = unquote(cookie.removeprefix(f"{WANTED_COOKIE}="))
    assert (wanted, "HttpOnly" in rest, "Max-Age=1800" in rest) == (f"{path}?a=%E3%81%82", True, True)
    posted = await town.api.post(path)  # a form is no page to come back to
    assert posted.status_code in (303, 405) and "set-cookie" not in posted.headers


async def test_pages_that_one_may_begin_with_are_there_for_who_has_just_begun(town: Town) -> None:
    with browser(town):
        for path in (path for path in FOR_ANYBODY if path.startswith("/matching/")):
            await seen(town, path)


async def test_the_questionnaire_is_walked_through_left_and_taken_up_again(town: Town) -> None:
    with browser(town):
        first = await seen(town, QUESTIONNAIRE)
        # balance-1 stands on the second page: only what the page itself asks is taken
        paused = await sends(town, first, QUESTIONNAIRE, {"balance-1": "5", "growth-1": "4", "go": "pause"})
        assert (paused.status_code, paused.headers["location"]) == (303, PROFILE)
        assert "まだ見ていない質問が33個あります" in await seen(town, PROFILE)
        first = await seen(town, QUESTIONNAIRE)
        assert "1ページ目" in first
        assert re.search(r'name="growth-1" value="4" checked', first)
        sent = await sends(town, first, QUESTIONNAIRE, {"growth-1": "skip", "go": "next"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{QUESTIONNAIRE}?step=2")
        assert "2ページ目" in await seen(town, QUESTIONNAIRE)
        back = await sends(
            town, await seen(town, QUESTIONNAIRE), QUESTIONNAIRE, {"balance-1": "5", "go": "back"}
        )
        assert back.headers["location"] == f"{QUESTIONNAIRE}?step=1"
        assert re.search(r'name="growth-1" value="skip" checked', await seen(town, back.headers["location"]))
        assert "2ページ目" in await seen(town, QUESTIONNAIRE)
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    assert kept["answers"] == {**{item.id: None for item in STEPS[0]}, "balance-1": 5}
    assert kept["completed_at"] is None


async def test_who_skips_every_page_is_done_and_comes_to_the_wishes(town: Town) -> None:
    with browser(town):
        for step in range(1, LAST + 1):
            page = await seen(town, QUESTIONNAIRE)
            assert f"{step}ページ目" in page
            sent = await sends(town, page, QUESTIONNAIRE)
        assert sent.headers["location"] == f"{WISHES}?first=1"
        assert "これで終わりです" in await seen(town, sent.headers["location"])
        assert "1ページ目" in await seen(town, QUESTIONNAIRE)
        assert "まだ答えがありません" in await seen(town, PROFILE)
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    assert (kept["answered"], kept["skipped"]) == (0, 34)
    assert kept["completed_at"] is not None


async def test_wishes_are_taken_and_a_slip_is_shown_with_what_was_typed(town: Town) -> None:
    with browser(town):
        page = await seen(town, WISHES)
        assert "sample-b" in page
        assert "どこから出かけますか" not in page  # no list of municipalities is set up
        typed = {
            "wage_floor": "たくさん",
            "hours": ["weekday-night"],
            "days_off": ["2"],
            "areas": [SMALL],
            "days_a_week": "3",
            "licences": ["driving_large"],
            "accommodations": ["quiet"],
            "remote_only": "1",
        }
        slip = await sends(town, page, WISHES, typed)
        assert slip.status_code == 422
        assert 'value="たくさん"' in slip.text
        assert 'aria-invalid="true"' in slip.text
        assert re.search(rf'value="{SMALL}" checked', slip.text)
        sent = await sends(town, slip.text, WISHES, {"wage_floor": "１１００円"})
        assert sent.headers["location"] == PROFILE
        profile = await seen(town, PROFILE)
        assert all(
            text in profile for text in ("1,100円以上", "週3日まで", "大型自動車の免許", "静かな場所で働ける")
        )
    kept = (await town.api.get("/matching/v1/me/questionnaire", headers=town.resident())).json()
    said = {
        name: kept["wishes"][name] for name in ("areas", "hours", "wage_floor", "licences", "remote_only")
    }
    assert said == {
        "areas": [SMALL],
        "hours": [{"weekdays": [0, 1, 3, 4], "start": "22:00", "end": "29:00"}],
        "wage_floor": 1100,
        "licences": ["driving_large"],
        "remote_only": True,
    }
    assert kept["answers"] == {}


async def test_an_answer_that_was_not_offered_is_refused(town: Town) -> None:
    with browser(town):
        page = await seen(town, f"{QUESTIONNAIRE}?step=1")
        assert (await sends(town, page, QUESTIONNAIRE, {"growth-1": "9"})).status_code == 422


async def test_the_profile_is_said_in_words_drawn_and_written_as_a_table(town: Town) -> None:
    await town.answers(answers={"balance-1": 5, "reward-1": 2, "social-1": 5})
    with browser(town):
        page = await seen(town, PROFILE)
        assert "自分の時間を守りながら、力を出せる人です。" in page
        assert "人の話を聞いて、支える力になります。" in page
        assert '<svg viewBox="0 0 320 92"' in page
        assert "<polygon" not in page  # one interest of six is no hexagon
        assert (
            '<th scope="row">納得できる収入</th><td>いまは、ほかのことが先</td><td class="figure">25</td>'
            in page
        )
        callings = ("realistic", "investigative", "artistic", "enterprising", "conventional")
        await town.answers(answers={f"{calling}-1": 3 for calling in callings})
        assert "<polygon" in await seen(town, PROFILE)


async def test_learning_is_switched_off_and_on_again(town: Town) -> None:
    with browser(town):
        off = await sends(town, await seen(town, PROFILE), f"{PROFILE}/learning", {"learning": "off"})
        assert off.status_code == 303
        page = await seen(town, PROFILE)
        assert "使っていません" in page
        await sends(town, page, f"{PROFILE}/learning", {"learning": "on"})
        assert "使わないようにする" in await seen(town, PROFILE)


async def told(town: Town, offer: dict[str, Any], *states: Literal["told", "waiting"]) -> None:
    """Entries of send lists that were made from what the resident answered."""
    core = town.harness.of("matching").core
    lists, now = open_store(core.db, core.outbox, core.sealer).send_lists, core.clock.now()
    pick = Pick(
        offer["id"],
        offer["company_id"],
        1,
        700,
        (Term("value", 30, {"scale": "balance"}),),
        Term("unknown.hours", 0),
    )
    for state in states:
        made = SendList(f"snd_{state}", "2026-W48", now, new_ulid(), 1)
        await lists.add(town.tenant, made, [Entry(town.resident_id(), (pick,))])
        if state == "told":
            (waiting,) = await lists.waiting(town.tenant, made.batch, 1)
            gone_out = replace(waiting, state="told", offers=(offer["id"],), told_at=now)
            await lists.settle(town.tenant, gone_out)


async def test_deleting_leaves_nothing_of_answers_wishes_proposals_and_looks(town: Town) -> None:
    offer = await town.offer((await town.company())["id"])
    await town.answers(answers={"balance-1": 5}, wishes={"wage_floor": 900})
    slate = await town.slate()
    await town.says(offer["id"], "ask")
    await told(town, offer, "told", "waiting")
    with browser(town):
        await seen(town, f"/matching/offers/{offer['id']}")
        await sends(town, await seen(town, f"{PROFILE}/delete"), f"{PROFILE}/delete")
        assert "消しました" in await seen(town, f"{PROFILE}/deleted")
        assert "まだ答えがありません" in await seen(town, PROFILE)
        assert "聞いてみたい" in await seen(town, f"{PROPOSALS}/said")
    db = town.harness.of("matching").core.db
    where = {"tenant_id": town.tenant, "resident_id": town.resident_id()}
    document = await db["questionnaires"].find_one(where)
    assert document is not None
    assert (document["answers"], document["wishes"]["wage_floor"], len(document["commands"])) == ({}, None, 1)
    assert await db["interactions"].find({**where, "kind": "view"}).to_list(None) == []
    gone = await town.api.get(f"/matching/v1/me/slates/{slate['id']}", headers=town.resident())
    left = await db["slates"].find(where).to_list(None)
    assert gone.status_code == 404 or [s["proposals"] for s in left] == [[]]
    entries = await db["send_entries"].find(where).sort("list_id", 1).to_list(None)
    assert [
        (e["state"], [(p["score"], p["reasons"], p["mismatch"]) for p in e["picks"]]) for e in entries
    ] == [
        ("told", [(0, [], None)]),
        ("withheld", []),
    ]
    again = await town.api.delete("/matching/v1/me/questionnaire", headers=town.resident())
    assert again.status_code == 204
    begun = await town.answers(answers={"reward-1": 5})
    assert begun["answers"] == {"reward-1": 5}


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
        assert page.index("1. となりの畑") < page.index("2. まちの店")
        assert "となりの市区町村（sample-b）の仕事です。" in page
        assert "時給1,150円" in page
        assert "自分の時間との両立" in page
        assert all(f'href="{to}"' in page for to in ("/booking/times", "/intake/chat", "/matching/support"))
        assert "もっと見る" not in page

        kinds = [fields["kind"][0] for action, fields in Forms(page).found if action == interests]
        assert kinds == ["save", "not_interested", "ask", "experience", "apply"] * 2
        assert (await sends(town, page, interests, number=1)).status_code == 303  # not for the first
        assert (await sends(town, page, interests, number=5)).status_code == 303  # yes to the second
        assert (await sends(town, page, interests, number=8)).status_code == 303  # and may one try it?
        page = await seen(town, PROPOSALS)
        assert "次からは出しません" in page
        assert "「興味がある」に入れました" in page
        assert "「体験してみたい」と、窓口の相談員に伝えました。" in page
        assert "の相談員がします" in page
        withdrawals = [action for action, _ in Forms(page).found if action.endswith("/withdraw")]
        assert len(withdrawals) == 3
        mine = await seen(town, f"{PROPOSALS}/said")
        assert mine.index("まちの店") < mine.index("となりの畑")
        undone = await sends(town, page, withdrawals[0])
        assert undone.headers["location"].startswith(f"{PROPOSALS}?slate=slt_")
        assert "次からは出しません" not in await seen(town, PROPOSALS)
        back = await sends(town, mine, withdrawals[1])
        assert back.headers["location"] == f"{PROPOSALS}/said"
    standing = (await town.api.get("/matching/v1/me/interests", headers=town.resident())).json()["data"]
    assert [interest["kind"] for interest in standing] == ["experience"]


async def test_a_list_goes_on_page_by_page_and_repeats_nothing(town: Town) -> None:
    company = await town.company()
    made = {(await town.offer(company["id"], title=f"見本{n}"))["id"] for n in range(7)}
    found: list[str] = []
    with browser(town):
        await sends(town, await seen(town, PROPOSALS), PROPOSALS)
        page, path = await seen(town, PROPOSALS), PROPOSALS
        while True:
            found += re.findall(r'<article class="card" id="(ofr_\w+)"', page)
            if "もっと見る" not in page:
                break
            more = await sends(town, page, PROPOSALS)
            path = more.headers["location"]
            # going back and on again is the same page, not another list
            assert (await sends(town, page, PROPOSALS)).headers["location"] == path
            page = await seen(town, path)
        assert (len(found), set(found)) == (7, made)
        assert "7. 見本" in page
        assert ">前のページ<" in page
        assert "前のページで出した" not in page
        first = await seen(town, PROPOSALS)
        assert re.findall(r'<article class="card" id="(ofr_\w+)"', first) == found[:3]
        others = await town.api.get(PROPOSALS, params={"slate": "slt_" + "a" * 26})
        assert others.status_code == 404


async def test_what_one_wish_hides_is_counted_by_itself(town: Town) -> None:
    company = await town.company()
    for wage in (1000, 1050, 1300):
        await town.offer(company["id"], hourly_wage_yen=wage)
    await town.offer(company["id"], hourly_wage_yen=900, municipality_code=SMALL)
    await town.answers(wishes={"wage_floor": 1200, "areas": [town.code]})
    slate = await town.slate()
    assert slate["hidden"] == {"wage_floor": 2}
    with browser(town):
        page = await seen(town, PROPOSALS)
    assert '<a href="/matching/wishes#wage_floor">希望する時給</a>をはずすと、あと2件' in page


async def test_a_look_is_noted_when_an_offer_is_opened_and_not_when_it_is_fetched_ahead(town: Town) -> None:
    offer = await town.offer(
        (await town.company())["id"], description="見本の\nことば", kind="supported_short_job"
    )
    path = f"/matching/offers/{offer['id']}"
    db = town.harness.of("matching").core.db
    where = {"tenant_id": town.tenant, "resident_id": town.resident_id(), "kind": "view"}
    with browser(town):
        for ahead in (
            {"Sec-Purpose": "prefetch;prerender"},
            {"Purpose": "prefetch"},
            {"Sec-Fetch-Dest": "empty"},
        ):
            assert (await town.api.get(path, headers=ahead)).status_code == 200
        assert await db["interactions"].find(where).to_list(None) == []
        page = await seen(town, path)
        await seen(town, path)
        assert "履歴書も面接もいりません" in page
        assert "応募したい" not in page
        assert len(await db["interactions"].find(where).to_list(None)) == 1
        said = await sends(town, page, f"{PROPOSALS}/interests", number=1)
        assert said.headers["location"] == path
        assert "「聞いてみたい」と、窓口の相談員に伝えました。" in await seen(town, path)
        assert (await town.api.get(f"/matching/offers/ofr_{'a' * 26}")).status_code == 404


async def test_a_closed_offer_and_changed_answers_are_said_so(town: Town) -> None:
    offer = await town.offer((await town.company())["id"])
    await town.slate()
    await town.api.post(f"/matching/v1/offers/{offer['id']}/pause", headers=town.staff)
    with browser(town):
        resting = await seen(town, PROPOSALS)
        assert "いまは募集を休んでいます" in resting
        assert f"{PROPOSALS}/interests" not in [action for action, _ in Forms(resting).found]
    assert (await town.says(offer["id"], "apply")).status_code == 409
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
