"""A company changes its own contact: another address counts once the link sent to it is opened, and ends what was open before."""

import json

from shared.auth import COMPANY_COOKIE
from tests.harness import eventually
from tests.integration.matching.conftest import Town
from tests.integration.matching.test_companies import (
    ADDRESS,
    HOME,
    Browser,
    link,
    registered,
    signed_in,
    staff,
)

NEW = "new@sample.example"
PERSON = {"contact_name": "見本 担当", "contact_phone": "０３-0000-0000"}


async def proofs(town: Town) -> list[tuple[str, str]]:
    """Links to new addresses that were mailed: where to, and their paths."""
    sealer = town.harness.of("matching").core.sealer
    found = []
    for event in await town.harness.published("matching"):
        if event.type.endswith("link_requested.v1") and event.data["purpose"] == "new_address":
            to = json.loads(sealer.open(town.tenant, "company.contact", event.data["contact"]))["email"]
            where = sealer.open(town.tenant, "company.link", event.data["link"])
            found.append((to, where.partition(":8080")[2]))
    return found


async def asks_to_move(town: Town, browser: Browser, to: str = NEW, nth: int = 1) -> str:
    """The path of the link that was sent there."""
    answer = await browser.post(f"{HOME}/contact", **PERSON, contact_email=to)
    assert "リンクを送りました" in answer.text

    async def sent() -> list[tuple[str, str]]:
        return await proofs(town)

    address, path = (await eventually(sent, until=lambda some: len(some) >= nth))[nth - 1]
    assert address == to
    return path


async def of_company(town: Town, company: str) -> tuple[str, str, str]:
    answer = await town.api.get(f"/matching/v1/companies/{company}", headers=town.staff)
    body = answer.json()
    return body["contact_email"], body["contact_name"], body["contact_phone"]


async def test_an_address_counts_once_its_link_is_opened_and_the_one_before_is_told(
    towns: tuple[Town, Town],
) -> None:
    town, other = towns
    company = await registered(town)
    waiting = await link(town)  # asked for before, and opened by nobody yet
    browser = await signed_in(town, nth=2)
    path = await asks_to_move(town, browser)
    assert await of_company(town, company) == (ADDRESS, "見本 担当", "03-0000-0000")
    looked = await Browser(town).get(path)
    assert (looked.status_code, NEW in looked.text) == (200, True)
    assert (await Browser(other).post(path)).status_code == 410
    assert (await Browser(town).post(path.replace("address", "enter"))).status_code == 410
    assert (await Browser(town).post(waiting.replace("enter", "address"))).status_code == 410
    assert (await browser.get(HOME)).status_code == 200

    newcomer = Browser(town)
    assert "メールアドレスが変わりました" in (await newcomer.post(path)).text
    assert (await of_company(town, company))[0] == NEW
    assert (await Browser(town).post(path)).status_code == 410
    assert (await Browser(town).post(waiting)).status_code == 410
    assert (await browser.get(HOME)).headers["Location"] == f"{HOME}/sign-in"
    assert (await browser.post(f"{HOME}/contact", contact_email=ADDRESS)).status_code == 401
    told = [e for e in await town.harness.published("matching") if e.data.get("former_contact")]
    sealer = town.harness.of("matching").core.sealer
    sealed = [sealer.open(town.tenant, "company.contact", e.data["former_contact"]) for e in told]
    assert [json.loads(one)["email"] for one in sealed] == [ADDRESS]
    stored = town.harness.of("matching").core.db
    for name in ("companies", "company_links"):
        async for document in stored[name].find({"tenant_id": town.tenant}):
            assert not any(secret in str(document) for secret in (NEW, ADDRESS, "見本 担当", "03-0000"))


async def test_signing_out_everywhere_and_resting_end_every_session_and_what_was_asked_for_in_one(
    town: Town,
) -> None:
    company = await registered(town)
    one, two = await signed_in(town), await signed_in(town, nth=2)
    path = await asks_to_move(town, one)
    kept = one.cookies[COMPANY_COOKIE]
    assert "サインアウトしました" in (await one.post(f"{HOME}/sign-out-everywhere")).text
    for browser in (two, Browser(town, {COMPANY_COOKIE: kept})):
        assert (await browser.get(HOME)).status_code == 303
    assert (await Browser(town).post(path)).status_code == 410
    await staff(town).post(f"/matching/staff/companies/{company}/approve")
    again = await signed_in(town, nth=4)
    await staff(town).post(f"/matching/staff/companies/{company}/pause", reason="own_wish")
    assert (await again.get(HOME)).status_code == 303


async def test_the_button_of_a_page_that_was_kept_signs_out_everywhere_once_more(town: Town) -> None:
    await registered(town)
    for nth in (1, 2):
        browser = await signed_in(town, nth=nth)
        elsewhere = Browser(town, dict(browser.cookies))
        pressed = await browser.post(
            f"{HOME}/sign-out-everywhere", idempotency_key="of the page that was kept"
        )
        assert "サインアウトしました" in pressed.text
        assert (await elsewhere.get(HOME)).status_code == 303


async def test_what_is_wrong_is_said_by_field_and_no_address_is_flooded(town: Town) -> None:
    await registered(town)
    browser = await signed_in(town)
    refused = await browser.post(
        f"{HOME}/contact", contact_name="名" * 101, contact_phone="x", contact_email="x"
    )
    assert (refused.status_code, refused.text.count('class="error"')) == (422, 3)
    assert "保存しました" in (await browser.post(f"{HOME}/contact", contact_email=ADDRESS.upper())).text
    for _ in range(3):
        await browser.post(f"{HOME}/contact", contact_email=NEW)
    fourth = await browser.post(f"{HOME}/contact", contact_email=NEW)
    assert (fourth.status_code, "3通まで" in fourth.text) == (422, True)
