"""Companies: registering, being let in, signing in by a one-time link, and nothing but their own; whose offers nobody may see."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx

from shared.auth import COMPANY_COOKIE, SESSION_COOKIE
from tests.harness import eventually
from tests.integration.matching.conftest import Town
from tests.signing_in import staff_cookie

HOME = "/matching/company"
ADDRESS = "jobs@sample.example"


class Browser:
    """A browser without script at one municipality's host: cookies, forms of our own pages, redirects followed by hand."""

    def __init__(self, town: Town, cookies: dict[str, str] | None = None, address: str = "192.0.2.1") -> None:
        self.town = town
        self.address = address
        self.cookies = dict(cookies or {})
        self.page = ""

    @property
    def headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        host = {
            "Host": f"{self.town.tenant}.localhost:8080",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.address,
        }
        return {**host, "Cookie": cookie} if cookie else host

    async def get(self, path: str) -> httpx.Response:
        return self._kept(await self.town.api.get(path, headers=self.headers))

    async def post(self, path: str, /, site: str = "same-origin", **form: Any) -> httpx.Response:
        headers = {**self.headers, "Sec-Fetch-Site": site}
        answer = self._kept(await self.town.api.post(path, data=form, headers=headers))
        if answer.status_code == 303:
            return await self.get(answer.headers["Location"].partition("#")[0])
        return answer

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        self.town.api.cookies.clear()
        self.page = answer.text
        return answer


def staff(town: Town, *roles: str) -> Browser:
    return Browser(town, staff_cookie(town.harness, town.tenant, *roles))


async def registered(town: Town, **changes: str) -> str:
    """A company that registered by itself: its id."""
    body = {"name": "見本工房", "municipality_code": town.code, "contact_email": ADDRESS, "about": "木工"}
    answer = await Browser(town).post(f"{HOME}/register", **{**body, **changes})
    assert "登録を受け付けました" in answer.text
    found = await town.api.get("/matching/v1/companies", params={"standing": "waiting"}, headers=town.staff)
    return str(found.json()["data"][0]["id"])


async def links(town: Town) -> list[str]:
    """The addresses that were mailed, as notify opens them."""
    core = town.harness.of("matching").core
    asked = [e for e in await town.harness.published("matching") if e.type.endswith("link_requested.v1")]
    mine = [e for e in asked if e.tenantid == town.tenant]
    return [core.sealer.open(town.tenant, "company.link", e.data["link"]) for e in mine]


async def link(town: Town, email: str = ADDRESS, nth: int = 1) -> str:
    """Ask for a link; its path."""
    answer = await Browser(town).post(f"{HOME}/sign-in", email=email)
    assert "メールを確かめてください" in answer.text

    async def sent() -> list[str]:
        return await links(town)

    found = await eventually(sent, until=lambda some: len(some) >= nth)
    return found[-1].partition(":8080")[2]


async def signed_in(town: Town, email: str = ADDRESS, nth: int = 1) -> Browser:
    browser = Browser(town)
    answer = await browser.post(await link(town, email, nth))
    assert answer.status_code == 200, answer.text
    return browser


async def test_a_company_registers_waits_is_let_in_and_posts(town: Town) -> None:
    company = await registered(town)
    browser = await signed_in(town)
    assert "確かめています" in browser.page
    made = await browser.post(
        f"{HOME}/offers/new",
        kind="job",
        title="棚づくり",
        municipality_code=town.code,
        hourly_wage_yen="1,200",
    )
    offer = re.findall(r"ofr_[a-z2-7]{26}", made.text)[0]
    refused = await browser.post(f"{HOME}/offers/{offer}/publish")
    assert (refused.status_code, "登録が確かめられるまで" in refused.text) == (409, True)
    assert (await town.slate())["offers"] == []
    desk = staff(town)
    assert "見本工房" in (await desk.get("/matching/staff/companies")).text
    await desk.post(f"/matching/staff/companies/{company}/approve")
    assert "登録されています" in desk.page
    await browser.post(f"{HOME}/offers/{offer}/publish")
    assert "募集中" in browser.page
    assert [o["offer_id"] for o in (await town.slate())["offers"]] == [offer]
    home = await browser.get(HOME)
    assert "出た回数 <strong>1</strong>" in home.text


async def test_a_paused_company_is_met_nowhere_while_everything_is_in_memory_and_comes_back(
    towns: tuple[Town, Town],
) -> None:
    town, other = towns
    company = await town.company()
    offer = await town.offer(company["id"])
    assert len((await town.slate())["offers"]) == 1  # from here on the market is warm
    path = f"/matching/v1/companies/{company['id']}"
    paused = await town.api.post(f"{path}/pause", json={"reason": "own_wish"}, headers=town.staff)
    assert paused.json()["standing"] == "paused"
    slate = await town.slate()
    assert slate["offers"] == []
    looked = await town.api.get(f"/matching/v1/slates/{slate['id']}", headers=town.staff)
    assert looked.json()["excluded"][0]["obstacles"] == ["paused"]
    again = await town.api.get(f"/matching/v1/slates/{slate['id']}/replay", headers=town.staff)
    assert again.json()["identical"] is True
    page = await Browser(town, {SESSION_COOKIE: town.resident()["Authorization"][7:]}).get(
        f"/matching/offers/{offer['id']}"
    )
    assert "休んでいます" in page.text
    foreign = await other.api.post(f"{path}/resume", headers=other.staff)
    assert foreign.status_code == 404
    await town.api.post(f"{path}/resume", headers=town.staff)
    assert len((await town.slate())["offers"]) == 1


async def test_a_link_opens_once_for_half_an_hour_and_looking_at_it_does_not_use_it_up(
    towns: tuple[Town, Town],
) -> None:
    town, other = towns
    await registered(town)
    path = await link(town)
    for _ in range(2):  # a preview of the link, then the person
        assert (await Browser(town).get(path)).status_code == 200
    assert (await Browser(other).get(path)).status_code == 410
    assert (await Browser(other).post(path)).status_code == 410
    assert (await Browser(town).post(path, site="cross-site")).status_code == 403
    browser = Browser(town)
    assert "見本工房の募集" in (await browser.post(path)).text
    assert (await Browser(town).post(path)).status_code == 410
    assert (await Browser(town).get(path)).status_code == 410
    await browser.post(f"{HOME}/sign-out")
    assert (await browser.get(HOME)).status_code == 303
    path = await link(town, nth=2)
    clock = town.harness.of("matching").core.clock
    clock.shift = timedelta(minutes=31)
    answer = await Browser(town).post(path)
    clock.shift = timedelta()
    assert answer.status_code == 410


async def test_nobody_learns_which_addresses_are_known_and_nobody_is_flooded(town: Town) -> None:
    await registered(town)
    asked = (ADDRESS, "nobody@sample.example", ADDRESS.upper(), ADDRESS)
    answers = {(await Browser(town).post(f"{HOME}/sign-in", email=email)).text for email in asked}
    assert len(answers) == 1
    stored = town.harness.of("matching").core.db["company_links"]
    nowhere = {"tenant_id": town.tenant, "company_id": None}
    assert await stored.count_documents(nowhere) == 1
    assert await stored.count_documents({"tenant_id": town.tenant}) == 4
    elsewhere = Browser(town, address="192.0.2.2")
    for _ in range(5):
        assert (await elsewhere.post(f"{HOME}/sign-in", email=ADDRESS)).status_code == 200
        await elsewhere.post(f"{HOME}/sign-in", email="mistake")  # a slip of the pen is no knock
    assert (await elsewhere.post(f"{HOME}/sign-in", email=ADDRESS)).status_code == 429
    # nothing more is sent, and whoever measures how long it takes sees as much being written as for an address nobody has
    assert await stored.count_documents(nowhere) == 6
    assert await stored.count_documents({"tenant_id": town.tenant}) == 9

    token = (await links(town))[0].rpartition("/")[2]
    db = town.harness.of("matching").core.db
    for name in await db.client[db.name].list_collection_names():
        async for document in db[name].find({}):
            assert ADDRESS not in str(document), name
            assert token not in str(document), name


async def test_who_registers_under_somebody_elses_address_keeps_them_from_no_link(town: Town) -> None:
    for number in range(3):
        await registered(town, name=f"名ばかり{number}")
    real = await town.company(contact_email=ADDRESS)
    await link(town, nth=3)
    stored = town.harness.of("matching").core.db["company_links"]
    assert await stored.count_documents({"tenant_id": town.tenant, "company_id": real["id"]}) == 1


async def test_a_companys_session_reaches_nothing_else(towns: tuple[Town, Town]) -> None:
    town, other = towns
    await registered(town)
    browser = await signed_in(town)
    theirs = await town.company(name="よその会社")
    offer = await town.offer(theirs["id"], state="draft")
    place = await town.made("/matching/v1/workplaces", {"company_id": theirs["id"], "name": "よその職場"})
    for path in (f"offers/{offer['id']}", f"offers/{offer['id']}/edit", f"workplaces/{place['id']}"):
        assert (await browser.get(f"{HOME}/{path}")).status_code == 404
        posted = await browser.post(f"{HOME}/{path}", name="x", kind="job", title="x")
        assert posted.status_code in (404, 405)
    for action in ("publish", "pause", "resume", "fill", "close", "reopen"):
        assert (await browser.post(f"{HOME}/offers/{offer['id']}/{action}")).status_code == 404
    like = await browser.get(f"{HOME}/offers/new?like={offer['id']}")
    assert like.status_code == 404
    token = browser.cookies[COMPANY_COOKIE]
    elsewhere = Browser(other, {COMPANY_COOKIE: token})
    assert (await elsewhere.get(f"{HOME}/offers/new")).status_code == 303
    assert (await elsewhere.post(f"{HOME}/offers/new")).status_code == 401
    assert (await browser.post(f"{HOME}/offers/new", site="cross-site")).status_code == 403
    for credential in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"{SESSION_COOKIE}={token}"}):
        for path in ("/matching/v1/offers", "/matching/v1/me/questionnaire", "/matching/v1/companies"):
            assert (await town.api.get(path, headers=credential)).status_code == 401
    resident = town.resident()["Authorization"].removeprefix("Bearer ")
    assert (await Browser(town, {COMPANY_COOKIE: resident}).get(HOME)).status_code == 303


async def test_staff_decide_once_and_a_declined_company_may_ask_again(town: Town) -> None:
    company = await registered(town)
    path, desk = f"/matching/staff/companies/{company}", staff(town)
    assert (await desk.post(f"{path}/decline")).status_code == 422
    await desk.post(f"{path}/decline", reason="outside_area")
    assert "登録を見送りました" in desk.page and "地域の外" in desk.page
    assert (await desk.post(f"{path}/approve")).status_code == 409
    browser = await signed_in(town)
    assert "もう一度申し込む" in browser.page
    wrong = await browser.post(f"{HOME}/details", name="", municipality_code="131016", about="木工")
    assert (wrong.status_code, wrong.text.count('class="error"')) == (422, 2)
    form = await browser.get(f"{HOME}/details")
    assert 'value="見本工房"' in form.text and "木工</textarea>" in form.text
    home = await browser.post(
        f"{HOME}/details", name="見本工房（新）", municipality_code=town.code, about="修理"
    )
    assert "見本工房（新）の募集" in home.text and "確かめています" in home.text
    held = (await town.api.get(f"/matching/v1/companies/{company}", headers=town.staff)).json()
    assert (held["contact_email"], held["about"], held["standing"]) == (ADDRESS, "修理", "waiting")
    await desk.post(f"{path}/decline", reason="outside_area")
    browser = await signed_in(town, nth=2)
    await browser.post(f"{HOME}/apply-again")
    assert "確かめています" in browser.page
    assert (await staff(town, "auditor").post(f"{path}/approve")).status_code == 403
    assert (await desk.post(f"{path}/approve", site="cross-site")).status_code == 403
    (read,) = re.findall(r'name="version" value="(\d+)"', (await desk.get(path)).text)
    await browser.post(f"{HOME}/details", name="見本工房", municipality_code=town.code, about="ほかのこと")
    unread = await desk.post(f"{path}/approve", version=read)
    assert (unread.status_code, "内容を直しています" in unread.text) == (409, True)
    await desk.post(f"{path}/approve", version=str(int(read) + 1))
    assert (await browser.get(f"{HOME}/details")).status_code == 303
    late = await browser.post(f"{HOME}/details", name="よそ", municipality_code=town.code)
    assert late.status_code == 409
    events = [e.type.split(".")[3] for e in await town.harness.published("matching") if "company" in e.type]
    declined = ["declined", "link_requested", "changed"]
    assert events == ["registered", *declined, *declined, "changed", "approved"]


async def test_a_company_with_many_offers_finds_all_of_them(town: Town) -> None:
    company = await town.company()
    for title in ("はじめの仕事", "つぎの仕事", "おわりの仕事"):
        await town.offer(company["id"], title=title)
    token = town.harness.of("matching").core.authenticator.company_session(town.tenant, company["id"])
    browser = Browser(town, {COMPANY_COOKIE: token})
    first = await browser.get(f"{HOME}?limit=2")
    assert ("つぎの仕事" in first.text, "はじめの仕事" in first.text) == (True, False)
    following = html.unescape(re.findall(rf'href="({HOME}\?[^"]+)"', first.text)[0])
    second = await browser.get(following)
    assert ("つぎの仕事" in second.text, "はじめの仕事" in second.text) == (False, True)
    assert "これより前の募集" not in second.text


async def test_a_company_from_before_there_was_an_approval_is_let_in_and_signs_in(town: Town) -> None:
    company = await town.company(contact_email=ADDRESS)
    companies = town.harness.of("matching").core.db["companies"]
    later = ("about", "standing", "applied_at", "decided_at", "decided_by", "reason", "contact_key")
    await companies.update_one(
        {"_id": company["id"], "tenant_id": town.tenant}, {"$unset": dict.fromkeys(later, "")}
    )
    read = await town.api.get(f"/matching/v1/companies/{company['id']}", headers=town.staff)
    assert (read.json()["standing"], read.json()["about"]) == ("approved", "")
    listed = await town.api.get("/matching/v1/companies?standing=approved", headers=town.staff)
    assert [c["id"] for c in listed.json()["data"]] == [company["id"]]
    await town.offer(company["id"])
    assert len((await town.slate())["offers"]) == 1
    assert "見本食堂の募集" in (await signed_in(town)).page


async def test_what_was_typed_stays_when_something_is_wrong(town: Town) -> None:
    await registered(town)
    browser = await signed_in(town)
    answer = await browser.post(
        f"{HOME}/offers/new", kind="job", title="", description="夜の仕事です", municipality_code="131016",
        hourly_wage_yen="たくさん", w1_days="0", w1_start="25:00", w1_end="9:00",
    )  # fmt: skip
    assert answer.status_code == 422
    for text in ("夜の仕事です", "たくさん", "25:00", "仕事の名前を", "時給は、", "曜日を選び"):
        assert text in answer.text
    assert "6分の1の重み" in answer.text, "one answer, beside a profile that weighs five"
    answer = await browser.post(f"{HOME}/offers/new", kind="job", title="遠い", municipality_code="131016")
    assert (answer.status_code, "働く場所を、この一覧から" in answer.text) == (422, True)
    refused = await Browser(town).post(f"{HOME}/register", name="", contact_email="x", municipality_code="1")
    assert (refused.status_code, refused.text.count('class="error"')) == (422, 3)


async def test_an_offer_is_not_overwritten_by_who_has_read_an_older_one(town: Town) -> None:
    company = await town.company()
    offer = await town.offer(company["id"])
    path = f"/matching/v1/offers/{offer['id']}"
    tag = (await town.api.get(path, headers=town.staff)).headers["ETag"]
    body = {"kind": "job", "title": "新しい名前", "municipality_code": town.code}
    first = await town.api.put(path, json=body, headers={**town.staff, "If-Match": tag})
    second = await town.api.put(path, json=body | {"title": "x"}, headers={**town.staff, "If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] != tag
    assert (await town.slate())["offers"][0]["title"] == "新しい名前"


SEARCHES: list[tuple[dict[str, str], list[str]]] = [
    ({"words": "パン 夜"}, ["夜のパン"]),
    ({"words": "ﾊﾟﾝ"}, ["朝のパン", "夜のパン"]),
    ({"words": "(.*"}, []),
    ({"words": "\x00"}, ["木工", "朝のパン", "夜のパン"]),
    ({"kind": "trial_work"}, ["朝のパン"]),
    ({"industry": "E"}, ["木工"]),
    ({"state": "draft"}, ["夜のパン"]),
]


async def test_staff_find_offers_by_api_and_page(town: Town) -> None:
    company = await town.company()
    await town.offer(company["id"], title="夜のパン", state="draft")
    await town.offer(company["id"], title="朝のパン", kind="trial_work")
    await town.offer(company["id"], title="木工", industry_code="E09")
    desk = staff(town)
    for params, found in SEARCHES:
        answer = await town.api.get("/matching/v1/offers", params=params, headers=town.staff)
        assert [offer["title"] for offer in answer.json()["data"]] == found, params
        page = await town.api.get("/matching/staff/offers", params=params, headers=desk.headers)
        assert [t for t in ("木工", "朝のパン", "夜のパン") if f">{t}</a>" in page.text] == found, params


async def test_people_who_have_been_there_are_heard_from_three_on(town: Town) -> None:
    company = await town.company()
    place = await town.made(
        "/matching/v1/workplaces", {"company_id": company["id"], "name": "厨房", "answers": {"noise": 5}}
    )
    offer = await town.offer(company["id"], workplace_id=place["id"])
    path = f"/matching/v1/me/workplaces/{place['id']}"
    told = {"answers": {"noise": 2}, "note": "見本の感想"}
    refused = await town.api.put(f"{path}/experience", json=told, headers=town.resident())
    assert refused.status_code == 403
    for name in ("one", "two", "three"):
        said = {"offer_id": offer["id"], "kind": "experience"}
        await town.api.post("/matching/v1/me/interests", json=said, headers=town.resident(name))
        seen = await town.api.get(path, headers=town.resident(name))
        assert all(line["heard"] is None for line in seen.json()["lines"])
        answer = await town.api.put(f"{path}/experience", json=told, headers=town.resident(name))
        assert answer.status_code == 200
    noise = next(line for line in answer.json()["lines"] if line["question"] == "noise")
    assert (noise["said"], noise["heard"], noise["people"], noise["differs"]) == (5, 2.0, 3, True)
    assert answer.json()["notes"] == []
    whole = (await town.api.get(f"/matching/v1/workplaces/{place['id']}", headers=town.staff)).json()
    keys = [note["key"] for note in whole["all_notes"]]
    assert town.resident_id("one") not in str(whole)
    me = Browser(town, {SESSION_COOKIE: town.resident()["Authorization"].removeprefix("Bearer ")})
    mine = f"/matching/workplaces/{place['id']}/experience"
    assert "見本の感想" in (await me.get(mine)).text
    assert "受け取りました" in (await me.post(mine, noise="2", body="4", note="見本の感想")).text
    assert (await me.post(mine, note="あ" * 401)).status_code == 422
    foreign = Browser(town, {SESSION_COOKIE: town.resident("else")["Authorization"].removeprefix("Bearer ")})
    assert (await foreign.get(mine)).status_code == 403
    desk = staff(town)
    await desk.post(f"/matching/staff/workplaces/{place['id']}/notes/{keys[0]}", released="yes")
    seen = (await town.api.get(path, headers=town.resident())).json()
    assert seen["notes"] == ["見本の感想"]
    stored = (
        await town.harness.of("matching")
        .core.db["workplaces"]
        .find_one({"_id": place["id"], "tenant_id": town.tenant})
    )
    assert "見本の感想" not in str(stored)


async def test_staff_see_why_and_why_not_and_who_asked(towns: tuple[Town, Town]) -> None:
    town, other = towns
    company = await town.company()
    shown = await town.offer(company["id"], title="出た仕事", hourly_wage_yen=1300)
    cheap = await town.offer(company["id"], title="安い仕事", hourly_wage_yen=1000)
    await town.answers(answers={"balance-1": 5}, wishes={"wage_floor": 1100})
    slate = await town.slate()
    await town.says(shown["id"], "ask")
    desk, who = staff(town), town.resident_id()[-6:].upper()
    assert f"/matching/staff/slates/{slate['id']}" in (await desk.get(f"/matching/staff/why?who={who}")).text
    page = await desk.get(f"/matching/staff/slates/{slate['id']}?offer={cheap['id']}&again=true")
    assert "希望の時給に届きません" in page.text
    assert "まったく同じ提案になりました" in page.text
    assert "希望の時給より200円高いです" in page.text
    assert "res_" not in page.text
    found = await desk.get(f"/matching/staff/slates/{slate['id']}?offer=安い")
    assert f"/matching/staff/slates/{slate['id']}?offer={cheap['id']}#why-not" in found.text
    assert f"?offer={shown['id']}" not in found.text
    nothing = await desk.get(f"/matching/staff/slates/{slate['id']}?offer=ない仕事")
    assert "そのことばの募集は、見つかりませんでした" in nothing.text
    assert f"<code>{cheap['id']}</code>" in (await desk.get(f"/matching/staff/offers/{cheap['id']}")).text
    assert who in (await desk.get(f"/matching/staff/offers/{shown['id']}")).text
    compared = await desk.get(f"/matching/staff/offers/compare?offer={shown['id']}&offer={cheap['id']}")
    assert compared.text.count("ちがいます</span>") == 1
    for path in (f"slates/{slate['id']}", f"offers/{shown['id']}", f"companies/{company['id']}"):
        assert (await staff(other).get(f"/matching/staff/{path}")).status_code == 404
    assert (await staff(town, "messages:read").get("/matching/staff/why")).status_code == 403


async def test_where_profiles_are_from_is_named_wherever_one_is_shown_and_nowhere_else(town: Town) -> None:
    rows = "職業名,厚生労働省職業分類,私生活との両立\nパンの仕込み（見本）,12_072-01,5\n"
    put = await town.api.put(
        "/matching/v1/occupations",
        content=rows.encode("cp932"),
        params={"downloaded_on": "2026-11-01"},
        headers=town.staff,
    )
    assert put.is_success, put.text
    company = await town.company()
    inherits = await town.offer(company["id"], title="仕込み", occupation_code="072-01")
    plain = await town.offer(company["id"], title="店番", values={"balance": 0.9})
    await town.answers(answers={"balance-1": 5})
    slate = await town.slate()
    token = town.harness.of("matching").core.authenticator.company_session(town.tenant, company["id"])
    desk, theirs = staff(town), Browser(town, {COMPANY_COOKIE: token})
    me = Browser(town, {SESSION_COOKIE: town.resident()["Authorization"].removeprefix("Bearer ")})
    one, other = inherits["id"], plain["id"]
    for reader, path, named in (
        (desk, f"/matching/staff/offers/{one}", True),
        (desk, f"/matching/staff/offers/{other}", False),
        (desk, f"/matching/staff/offers/compare?offer={one}&offer={other}", True),
        (desk, f"/matching/staff/slates/{slate['id']}", True),
        (theirs, f"{HOME}/offers/{one}", True),
        (theirs, f"{HOME}/offers/{other}", False),
        (me, "/matching/proposals", True),
        (me, f"/matching/offers/{one}?slate={slate['id']}", True),
        (me, f"/matching/offers/{other}?slate={slate['id']}", False),
    ):
        page = await reader.get(path)
        assert (page.status_code, "job tag より、2026年11月01日ダウンロード" in page.text) == (200, named), (
            path
        )
