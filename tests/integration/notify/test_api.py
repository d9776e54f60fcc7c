"""Notify's API: templates, preferences, messages on request, and whose they are."""

from typing import Any

import pytest

from services.notify.catalogue import LANGUAGES, MAY_USE
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World

TEMPLATE = "appointment.confirmed"
WORDS = {"subject": "予約（((date))）", "body": "【京都】((date)) ((time))"}


async def ask(world: World, method: str, path: str, *, tenant: str = "kyoto", **more: Any) -> Any:
    headers = {**world.harness.staff(tenant), **more.pop("headers", {})}
    return await world.http.request(method, f"/notify/v1/{path}", headers=headers, **more)


def problem(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["type"].rpartition("/")[2], [e["field"] for e in body.get("errors", ())]


async def test_own_words_are_used_and_their_version_is_kept(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    for _ in range(2):
        answer = await ask(world, "PUT", f"templates/{TEMPLATE}", json=WORDS)
    assert (answer.json()["version"], answer.headers["ETag"]) == (2, '"2"')
    event = world.booked("confirmed", resident, derived_id("apt", new_ulid()), "2026-12-03T24:30")
    await world.publish(event)
    done = await world.finished(event, TEMPLATE)
    assert (done["template_version"], done["language"]) == (2, "ja")
    (got,) = await world.outside.inbox(user)
    assert got["message"]["text"] == "【京都】12月3日（木） 24:30-25:30"


async def test_a_template_has_its_versions_and_the_built_in_words_below_them(world: World) -> None:
    built_in = (await ask(world, "GET", f"templates/{TEMPLATE}")).json()
    assert (built_in["version"], built_in["versions"]) == (0, [])
    assert set(built_in["placeholders"]) >= {"date", "time", "page"}
    await ask(world, "PUT", f"templates/{TEMPLATE}", json=WORDS)
    own = (await ask(world, "GET", f"templates/{TEMPLATE}")).json()
    assert (own["body"], [v["version"] for v in own["versions"]]) == (WORDS["body"], [1])
    earlier = await ask(world, "GET", f"templates/{TEMPLATE}?version=0")
    assert earlier.json()["body"] == built_in["body"]
    assert (await ask(world, "GET", f"templates/{TEMPLATE}?version=7")).status_code == 404
    listed = (await ask(world, "GET", "templates")).json()["data"]
    assert {(t["name"], t["language"]): t["version"] for t in listed}[TEMPLATE, "ja"] == 1
    assert len(listed) == len(LANGUAGES) * len(MAY_USE)
    english = (await ask(world, "GET", f"templates/{TEMPLATE}?language=en")).json()
    assert english["version"] == 0


async def test_a_template_that_was_changed_meanwhile_is_not_overwritten(world: World) -> None:
    path = f"templates/{TEMPLATE}"
    assert (await ask(world, "PUT", path, json=WORDS, headers={"If-Match": '"0"'})).status_code == 200
    stale = await ask(world, "PUT", path, json=WORDS, headers={"If-Match": '"0"'})
    assert problem(stale)[:2] == (412, "stale-version")


async def test_words_that_nothing_fills_are_refused(world: World) -> None:
    answer = await ask(world, "PUT", f"templates/{TEMPLATE}", json={**WORDS, "body": "((name))様"})
    assert problem(answer) == (422, "unknown-placeholder", ["body"])


async def test_staff_send_their_own_template_and_what_is_missing_is_named(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    words = {
        "subject": "お知らせ",
        "body": "((day))に見学会があります。((online??オンラインでも見られます。))",
    }
    assert (await ask(world, "PUT", "templates/desk.news", json=words)).status_code == 200
    body = {"resident_id": resident, "template": "desk.news", "personalisation": {"day": "12月9日"}}
    refused = await ask(world, "POST", "messages", json=body)
    assert problem(refused) == (422, "missing-personalisation", ["personalisation.online"])
    body["personalisation"] = {"day": "12月9日", "online": "yes"}
    key = {"Idempotency-Key": "news-1"}
    first, again = [await ask(world, "POST", "messages", json=body, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    done = await eventually(
        lambda: world.get_message(first.json()["id"]), until=lambda m: bool(m and m["state"] == "delivered")
    )
    assert done is not None
    assert done["template_version"] == 1
    (got,) = await world.outside.inbox(user)
    assert got["message"]["text"] == "12月9日に見学会があります。オンラインでも見られます。"
    body["personalisation"] = {"day": "12月10日", "online": "yes"}
    assert problem(await ask(world, "POST", "messages", json=body, headers=key))[:2] == (
        409,
        "idempotency-conflict",
    )


async def test_what_staff_send_at_night_waits_for_the_morning(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    world.at("2026-12-01T26:00")
    body = {"resident_id": resident, "template": "line.neutral"}
    made = (await ask(world, "POST", "messages", json=body)).json()
    assert (made["state"], made["due_at"]) == ("created", "2026-12-01T23:00:00Z")
    world.at("2026-12-02T08:00")
    await eventually(
        lambda: world.get_message(made["id"]), until=lambda m: bool(m and m["state"] == "delivered")
    )
    assert len(await world.outside.inbox(user)) == 1


@pytest.mark.parametrize("template", ["desk.unheard_of", "crisis.page"])
async def test_a_template_nobody_may_send_is_refused(world: World, template: str) -> None:
    resident = await world.resident({"line": f"U{'a' * 32}"})
    answer = await ask(world, "POST", "messages", json={"resident_id": resident, "template": template})
    assert problem(answer) == (422, "unknown-template", ["template"])


async def test_a_resident_chooses_what_to_receive(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user, "email": f"{user}@mail.example"})
    mine = world.harness.resident("kyoto", resident)
    path = "/notify/v1/me/preferences"
    assert (await world.http.get(path, headers=mine)).json() == {
        "line": True,
        "email": True,
        "reminders": True,
    }
    changed = await world.http.put(path, headers=mine, json={"line": False, "reminders": False})
    assert changed.json() == {"line": False, "email": True, "reminders": False}
    await world.publish(world.contact(resident, {"line": user, "email": f"{user}@new.example"}, sequence=2))
    await world.reached(resident, {"line": user, "email": f"{user}@new.example"})
    event = world.booked("confirmed", resident, derived_id("apt", new_ulid()), "2026-12-03T15:00")
    await world.publish(event)
    assert (await world.finished(event, TEMPLATE))["via"] == "email"
    world.at("2026-12-03T12:01")
    reminder = await world.finished(event, "appointment.reminder_hours")
    assert (reminder["state"], reminder["reason"]) == ("suppressed", "opted_out")
    assert await world.outside.inbox(user) == []
    assert len(await world.outside.mails(f"{user}@new.example")) == 1


async def test_preferences_may_come_before_the_contact_point(world: World) -> None:
    resident = derived_id("res", new_ulid())
    mine = world.harness.resident("kyoto", resident)
    path = "/notify/v1/me/preferences"
    first = await world.http.put(path, headers=mine, json={"email": False})
    assert (first.json()["email"], first.headers["ETag"]) == (False, '"1"')
    stale = await world.http.put(path, headers={**mine, "If-Match": '"0"'}, json={"email": True})
    assert stale.status_code == 412
    await world.publish(world.contact(resident, {"email": "a@mail.example"}))
    await world.reached(resident, {"email": "a@mail.example"})
    assert (await world.http.get(path, headers=mine)).json()["email"] is False


async def test_english_speakers_are_written_to_in_english(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user}, language="en")
    event = world.booked("confirmed", resident, derived_id("apt", new_ulid()), "2026-12-03T24:30")
    await world.publish(event)
    assert (await world.finished(event, TEMPLATE))["language"] == "en"
    (got,) = await world.outside.inbox(user)
    assert "Thu 3 Dec 24:30-25:30" in got["message"]["text"]


async def test_messages_are_listed_page_by_page_newest_first(world: World) -> None:
    resident = await world.resident({"line": f"U{'a' * 32}"})
    for day in ("08", "09"):
        event = world.booked("confirmed", resident, derived_id("apt", day), f"2026-12-{day}T15:00")
        await world.publish(event)
        await world.finished(event, TEMPLATE)
    seen: list[str] = []
    path = f"messages?resident_id={resident}&limit=4"
    answer = (await ask(world, "GET", path)).json()
    seen += [m["id"] for m in answer["data"]]
    rest = (await ask(world, "GET", f"{path}&cursor={answer['next']}")).json()
    seen += [m["id"] for m in rest["data"]]
    assert (len(seen), len(set(seen)), rest["next"]) == (6, 6, None)
    assert [m["id"] for m in await world.messages(resident)] == seen[::-1]
    assert problem(await ask(world, "GET", f"{path}&cursor=nonsense")) == (422, "invalid", ["cursor"])


async def test_nothing_of_a_municipality_is_there_for_another(world: World) -> None:
    resident = await world.resident({"line": f"U{'a' * 32}"})
    made = (
        await ask(world, "POST", "messages", json={"resident_id": resident, "template": "line.neutral"})
    ).json()
    hook = {"url": f"{world.outside.partner}/webhooks", "events": ["banso.booking.appointment.confirmed.v1"]}
    endpoint = (await ask(world, "POST", "webhook-endpoints", json=hook)).json()["id"]
    event = world.booked("confirmed", resident, derived_id("apt", new_ulid()), "2026-12-03T15:00")
    await world.publish(event)

    async def deliveries() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await ask(world, "GET", "webhook-deliveries")).json()["data"]
        return found

    (delivery,) = await eventually(deliveries)
    before = await _everything(world)
    for method, path in (
        ("GET", f"messages/{made['id']}"),
        ("GET", f"webhook-endpoints/{endpoint}"),
        ("DELETE", f"webhook-endpoints/{endpoint}"),
        ("POST", f"webhook-endpoints/{endpoint}/rotate"),
        ("POST", f"webhook-endpoints/{endpoint}/enable"),
        ("GET", f"webhook-deliveries/{delivery['id']}"),
        ("POST", f"webhook-deliveries/{delivery['id']}/redeliver"),
    ):
        assert (await ask(world, method, path, tenant="kameoka")).status_code == 404, path
    body = {"resident_id": resident, "template": "line.neutral"}
    assert (await ask(world, "POST", "messages", tenant="kameoka", json=body)).status_code == 404
    for path in ("messages", f"messages?resident_id={resident}", "webhook-endpoints", "webhook-deliveries"):
        assert (await ask(world, "GET", path, tenant="kameoka")).json()["data"] == []
    await ask(world, "PUT", f"templates/{TEMPLATE}", tenant="kameoka", json=WORDS)
    assert (await ask(world, "GET", f"templates/{TEMPLATE}")).json()["version"] == 0
    assert await _everything(world) == before


async def _everything(world: World) -> dict[str, int]:
    """How often each of kyoto's settings has been changed."""
    db = world.notify.core.db
    found: dict[str, int] = {}
    for name in ("webhook_endpoints", "contact_points", "templates"):
        async for document in db[name].find({"tenant_id": "kyoto"}):
            found[document["_id"]] = document["version"]
    return found


async def test_scopes_are_asked_for(world: World) -> None:
    reader = await world.harness.key("kyoto", "messages:read")
    resident = world.harness.resident("kyoto", derived_id("res", "x"))
    body = {"resident_id": derived_id("res", "x"), "template": "line.neutral"}
    assert (await world.http.post("/notify/v1/messages", json=body, headers=reader)).status_code == 403
    for path in ("messages", "templates", "webhook-endpoints", "webhook-deliveries"):
        assert (await world.http.get(f"/notify/v1/{path}", headers=resident)).status_code == 403
        assert (await world.http.get(f"/notify/v1/{path}")).status_code == 401
    assert (await world.http.get("/notify/v1/me/preferences", headers=reader)).status_code == 403


async def test_the_api_is_documented(world: World) -> None:
    page = await world.http.get("/notify/docs")
    assert page.status_code == 200
    assert "/notify/v1/webhook-endpoints" in page.text
    document = (await world.http.get("/notify/openapi.json")).json()
    assert "examples" in str(document["components"]["schemas"]["EndpointRequest"])


async def test_a_message_asked_for_with_a_test_key_is_checked_and_recorded_and_never_leaves(
    world: World,
) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    rehearsing = await world.harness.key("kyoto", "messages:write", "messages:read")
    body = {
        "resident_id": resident,
        "template": "line.link",
        "personalisation": {"link": "https://sample.example/"},
    }
    made = await ask(world, "POST", "messages", json=body, headers=rehearsing)
    assert (made.status_code, made.json()["state"], made.json()["reason"]) == (201, "suppressed", "test_key")
    wrong = await ask(world, "POST", "messages", json={**body, "personalisation": {}}, headers=rehearsing)
    assert wrong.status_code == 422
    real = await ask(world, "POST", "messages", json=body)
    await eventually(lambda: world.outside.inbox(user))
    assert real.json()["id"] != made.json()["id"]
    assert len(await world.outside.inbox(user)) == 1
