"""Companies and their offers, by API."""

from typing import Any

import pytest

from shared.ids import derived_id
from tests.harness import eventually
from tests.integration.matching.conftest import FAR, Town

COMPANIES, OFFERS = "/matching/v1/companies", "/matching/v1/offers"


async def test_a_company_and_its_offer_are_registered_published_and_announced(town: Town) -> None:
    company = await town.company(contact_email="jobs@sample.example")
    hours = [{"weekdays": [4, 0, 4], "start": "22:00", "end": "26:00"}]
    offer = await town.offer(
        company["id"], hours=hours, hourly_wage_yen=1150, values={"balance": 0.8}, tags=["夜", "夜"]
    )
    assert offer["hours"] == [{"weekdays": [0, 4], "start": "22:00", "end": "26:00"}]
    assert (offer["state"], offer["company_name"], offer["tags"]) == ("published", "見本食堂", ["夜"])
    read = await town.api.get(f"{OFFERS}/{offer['id']}", headers=town.staff)
    assert read.json() == offer

    async def announced() -> list[str]:
        return [e.type for e in await town.harness.published("matching")]

    await eventually(
        announced,
        until=lambda types: (
            types == ["banso.matching.company.registered.v1", "banso.matching.offer.published.v1"]
        ),
    )


async def test_a_contact_address_is_stored_sealed_and_shown_to_those_who_write_companies_only(
    town: Town,
) -> None:
    company = await town.company(contact_email="jobs@sample.example")
    stored = (
        await town.harness.of("matching")
        .core.db["companies"]
        .find_one({"_id": company["id"], "tenant_id": town.tenant})
    )
    assert "jobs@sample.example" not in str(stored)
    path = f"{COMPANIES}/{company['id']}"
    reading = await town.harness.key(town.tenant, "offers:read")
    assert (await town.api.get(path, headers=town.staff)).json()["contact_email"] == "jobs@sample.example"
    assert (await town.api.get(path, headers=reading)).json()["contact_email"] is None


async def test_a_request_sent_twice_makes_one_offer(town: Town) -> None:
    company = await town.company()
    body = {"company_id": company["id"], "kind": "job", "title": "一度だけ", "municipality_code": town.code}
    headers = {**town.staff, "Idempotency-Key": "k1"}
    first, again = [await town.api.post(OFFERS, json=body, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await town.api.post(OFFERS, json={**body, "title": "別の仕事"}, headers=headers)
    assert other.status_code == 409
    assert other.json()["type"].endswith("/idempotency-conflict")


async def test_an_offer_is_closed_once_and_a_repeated_request_is_no_conflict(town: Town) -> None:
    offer = await town.offer((await town.company())["id"])
    path, headers = f"{OFFERS}/{offer['id']}/close", {**town.staff, "Idempotency-Key": "c1"}
    first = await town.api.post(path, json={"reason": "filled"}, headers=headers)
    again = await town.api.post(path, json={"reason": "filled"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["state"] == "filled"
    other = await town.api.post(path, json={"reason": "filled"}, headers=town.staff)
    assert other.status_code == 409
    assert other.json()["type"].endswith("/offer-closed")


async def test_lists_are_paged_newest_first_and_narrowed_by_state(town: Town) -> None:
    company = await town.company()
    made = [(await town.offer(company["id"], title=f"仕事{n}"))["id"] for n in range(5)]
    await town.api.post(f"{OFFERS}/{made[1]}/close", json={"reason": "expired"}, headers=town.staff)

    async def listed(**params: Any) -> list[str]:
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await town.api.get(OFFERS, params={"limit": 2, **params, **cursor}, headers=town.staff)
            assert page.status_code == 200
            seen += [offer["id"] for offer in page.json()["data"]]
            if page.json()["next"] is None:
                return seen
            cursor = {"cursor": page.json()["next"]}

    everything = await listed()
    assert sorted(everything) == sorted(made)
    assert await listed() == everything
    assert set(await listed(state="published")) == set(made) - {made[1]}
    assert await listed(state="expired") == [made[1]]


async def test_documents_of_the_same_instant_are_all_listed_once(town: Town) -> None:
    company = await town.company()
    made = sorted([(await town.offer(company["id"], title=f"仕事{n}"))["id"] for n in range(5)])
    offers = town.harness.of("matching").core.db["offers"]
    first = await offers.find_one({"_id": made[0], "tenant_id": town.tenant})
    assert first is not None
    await town.harness.published("matching")  # no event is taken out of an offer meanwhile
    await offers.update_many({"tenant_id": town.tenant}, {"$set": {"created_at": first["created_at"]}})
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await town.api.get(OFFERS, params={"limit": 2, **cursor}, headers=town.staff)).json()
        seen += [offer["id"] for offer in page["data"]]
        cursor = {"cursor": page["next"] or ""}
    assert seen == sorted(made, reverse=True)


async def test_another_municipality_has_none_of_it(towns: tuple[Town, Town]) -> None:
    large, small = towns
    company = await large.company()
    offer = await large.offer(company["id"])
    for path in (f"{COMPANIES}/{company['id']}", f"{OFFERS}/{offer['id']}"):
        assert (await small.api.get(path, headers=small.staff)).status_code == 404
    closing = await small.api.post(
        f"{OFFERS}/{offer['id']}/close", json={"reason": "filled"}, headers=small.staff
    )
    assert closing.status_code == 404
    body = {"company_id": company["id"], "kind": "job", "title": "x", "municipality_code": small.code}
    assert (await small.api.post(OFFERS, json=body, headers=small.staff)).status_code == 404
    assert (await small.api.get(OFFERS, headers=small.staff)).json() == {"data": [], "next": None}
    assert (await small.slate())["offers"] == []
    assert (await large.api.get(f"{OFFERS}/{offer['id']}", headers=large.staff)).json() == offer


async def test_each_credential_reaches_as_far_as_its_scopes(town: Town) -> None:
    reading = await town.harness.key(town.tenant, "offers:read")
    body = {"name": "見本", "municipality_code": town.code}
    assert (await town.api.post(COMPANIES, json=body, headers=reading)).status_code == 403
    assert (await town.api.get(OFFERS, headers=reading)).status_code == 200
    assert (await town.api.get(OFFERS, headers=town.resident())).status_code == 403
    assert (await town.api.get(OFFERS)).status_code == 401


BAD: list[tuple[dict[str, Any], str]] = [
    ({"municipality_code": "990018"}, "municipality_code"),
    ({"hours": [{"weekdays": [0], "start": "25:00", "end": "24:00"}]}, "hours.0"),
    ({"hours": [{"weekdays": [7], "start": "09:00", "end": "10:00"}]}, "hours.0.weekdays.0"),
    ({"hours": [{"weekdays": [0], "start": "9時", "end": "10:00"}]}, "hours.0.start"),
    ({"hours": [{"weekdays": [0], "start": "20:00", "end": "30:30"}]}, "hours.0.end"),
    ({"hourly_wage_yen": 10**30}, "hourly_wage_yen"),
    ({"values": {"fame": 0.5}}, "values.fame.[key]"),
    ({"values": {"balance": 1.5}}, "values.balance"),
    ({"tags": [""]}, "tags.0"),
    ({"company_id": "com_1"}, "company_id"),
    ({"family": "x"}, "family"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
async def test_bad_input_is_refused_and_names_the_field(
    town: Town, change: dict[str, Any], field: str
) -> None:
    body = {
        "company_id": derived_id("com", "none"), "kind": "job", "title": "見本", "municipality_code": FAR, **change
    }  # fmt: skip
    answer = await town.api.post(OFFERS, json=body, headers=town.staff)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsIDJd", "WyJhIiwgMV0", "W" * 300, "é"])
async def test_a_cursor_of_no_list_is_refused(town: Town, cursor: str) -> None:
    answer = await town.api.get(OFFERS, params={"cursor": cursor}, headers=town.staff)
    assert answer.status_code == 422


async def test_odd_texts_are_kept_or_refused_but_never_break_anything(town: Town) -> None:
    assert (await town.company(name="a\x00b"))["name"] == "a\x00b"
    headers = {**town.staff, "Content-Type": "application/json"}
    code = town.code.encode()
    for raw in (
        b'{"name": "\\ud800", "municipality_code": "' + code + b'"}',
        b'{"\\ud800": 1, "name": "a", "municipality_code": "' + code + b'"}',
        b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"\xff\xfe",
        b'{"name": NaN}',
    ):
        answer = await town.api.post(COMPANIES, content=raw, headers=headers)
        assert 400 <= answer.status_code < 500, answer.text
