"""Registration, sessions and contacts, over real servers."""

import pytest

from shared.events.intake import CONTACTS_FIELD
from tests.harness import Harness, a_tenant, eventually


@pytest.fixture
async def started(harness: Harness) -> Harness:
    await harness.declare(a_tenant("sample-a"), a_tenant("sample-b"))
    await harness.start("intake")
    return harness


async def registered(harness: Harness, tenant: str = "sample-a") -> str:
    answer = await harness.of("intake").client.post(
        "/intake/v1/residents", headers=harness.staff(tenant), json={"channel": "web"}
    )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def test_a_registration_is_stored_published_and_starts_the_timeline(started: Harness) -> None:
    intake = started.of("intake").client
    made = await registered(started)

    async def steps() -> list[str]:
        answer = await intake.get(f"/intake/v1/residents/{made}/timeline", headers=started.staff("sample-a"))
        return [step["type"] for step in answer.json()["data"]]

    assert await eventually(steps) == ["banso.intake.resident.registered.v1"]
    shown = (await intake.get(f"/intake/v1/residents/{made}", headers=started.staff("sample-a"))).json()
    assert (shown["anonymous"], shown["channel"], shown["language"]) == (True, "web", "ja")


async def test_a_registration_says_whether_a_test_key_made_it(started: Harness) -> None:
    intake = started.of("intake").client
    for headers in (await started.key("sample-a", "residents:write"), started.staff("sample-a")):
        answer = await intake.post("/intake/v1/residents", headers=headers, json={"channel": "web"})
        assert answer.status_code == 201

    async def marks() -> list[bool]:
        return [
            e.data["test"] for e in await started.published("intake", "banso.intake.resident.registered.v1")
        ]

    assert await eventually(marks, until=lambda found: len(found) == 2) == [True, False]


async def test_a_repeated_registration_gives_the_same_resident(started: Harness) -> None:
    intake = started.of("intake").client
    headers = {**started.staff("sample-a"), "Idempotency-Key": "k-1"}
    answers = [
        await intake.post("/intake/v1/residents", headers=headers, json={"channel": "web"}) for _ in range(3)
    ]
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    other = await intake.post(
        "/intake/v1/residents", headers=headers, json={"channel": "web", "language": "en"}
    )
    assert other.status_code == 409


async def test_residents_are_listed_newest_first_page_by_page(started: Harness) -> None:
    intake = started.of("intake").client
    made = [await registered(started) for _ in range(5)]
    seen: list[str] = []
    query = "?limit=2"
    while True:
        page = (await intake.get(f"/intake/v1/residents{query}", headers=started.staff("sample-a"))).json()
        seen += [resident["id"] for resident in page["data"]]
        if page["next"] is None:
            break
        query = f"?limit=2&cursor={page['next']}"
    assert len(seen) == 5
    assert set(seen) == set(made)


async def test_another_municipality_sees_no_resident_of_ours(started: Harness) -> None:
    intake = started.of("intake").client
    made = await registered(started)
    for path in ("", "/timeline"):
        answer = await intake.get(f"/intake/v1/residents/{made}{path}", headers=started.staff("sample-b"))
        assert answer.status_code == 404
    answer = await intake.post(f"/intake/v1/residents/{made}/session", headers=started.staff("sample-b"))
    assert answer.status_code == 404


async def test_a_contact_is_sealed_where_it_lies_and_where_it_travels(started: Harness) -> None:
    intake = started.of("intake").client
    made = await registered(started)
    mine = started.resident("sample-a", made)
    for _ in range(2):  # saying the same again publishes nothing
        answer = await intake.put(
            "/intake/v1/me/contact", headers=mine, json={"email": "someone@mail.example"}
        )
        assert answer.status_code == 200, answer.text
    assert (await intake.get("/intake/v1/me/contact", headers=mine)).json() == {
        "email": "someone@mail.example"
    }

    async def events() -> list[str]:
        found = await started.published("intake", "banso.intake.resident.contact_changed.v1")
        return [event.data["contacts"] for event in found]

    (sealed,) = await eventually(events)
    core = started.of("intake").core
    assert "someone" not in sealed
    assert core.sealer.open("sample-a", CONTACTS_FIELD, sealed) == '{"email": "someone@mail.example"}'
    document = await core.db["residents"].find_one({"_id": made, "tenant_id": "sample-a"})
    assert "someone" not in str(document)


async def test_the_session_of_the_desk_speaks_for_the_resident(started: Harness) -> None:
    intake = started.of("intake").client
    made = await registered(started)
    headers = {**started.staff("sample-a"), "Idempotency-Key": "s-1"}
    first = (await intake.post(f"/intake/v1/residents/{made}/session", headers=headers)).json()
    again = (await intake.post(f"/intake/v1/residents/{made}/session", headers=headers)).json()
    assert first["entry_url"] == again["entry_url"]
    assert first["entry_url"].startswith("http://sample-a.localhost:8080/intake/enter/")
    answer = await intake.get("/intake/v1/me/contact", headers={"Authorization": f"Bearer {first['token']}"})
    assert answer.json() == {"email": None}


async def test_a_contact_changed_since_it_was_read_is_not_overwritten(started: Harness) -> None:
    intake = started.of("intake").client
    mine = started.resident("sample-a", await registered(started))
    read = (await intake.get("/intake/v1/me/contact", headers=mine)).headers["etag"]
    for email, status in (("a@mail.example", 200), ("b@mail.example", 412)):
        answer = await intake.put(
            "/intake/v1/me/contact", headers={**mine, "If-Match": read}, json={"email": email}
        )
        assert answer.status_code == status
    answer = await intake.put("/intake/v1/me/contact", headers={**mine, "If-Match": "x"}, json={})
    assert answer.status_code == 422


async def test_who_may_register_residents_may_not_speak_for_them(started: Harness) -> None:
    intake = started.of("intake").client
    made = await registered(started)
    registering = await started.key("sample-a", "residents:write")
    refused = await intake.post(f"/intake/v1/residents/{made}/session", headers=registering)
    assert refused.status_code == 403
    handing = await started.key("sample-a", "sessions:write")
    assert (await intake.post(f"/intake/v1/residents/{made}/session", headers=handing)).status_code == 201
