"""A pool's counsellor between two municipalities: one calendar, two quotas, and nobody who sees more than their part."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.booking.audit import audit
from tests.harness import Harness, a_pool, eventually
from tests.integration.booking.desk import DAY, EVERY_NIGHT, NOW, A, B, Desk, open_desk, resident_id
from tests.integration.booking.test_feeds import busy
from tests.integration.booking.test_pages import Browser, choice_at, form_to

POOL = "sample-pool"
SESSION = {
    "id",
    "municipality",
    "service_date",
    "start_minute",
    "minutes",
    "label",
    "starts_at",
    "channel",
    "language",
    "join_url",
    "state",
}


class Shared:
    """The desk, a pool that A (2 h a week, borrows) and B (1 h) share, and its counsellor, who works 22:00-27:00."""

    def __init__(self, desk: Desk, counsellor: str) -> None:
        self.desk = desk
        self.counsellor = counsellor

    async def ask(self, method: str, path: str, *roles: str, me: str | None = None, **sent: Any) -> Any:
        headers = self.desk.harness.staff(POOL, *roles, counsellor_id=me)
        return await self.desk.client.request(method, f"/booking/v1/pool{path}", headers=headers, **sent)

    async def hold(self, name: str, tenant: str, start_minute: int, **more: Any) -> httpx.Response:
        wish = self.desk.wish(self.counsellor, start_minute, **more)
        return await self.desk.hold(name, wish, tenant=tenant)

    async def used(self) -> dict[str, int]:
        answer = await self.ask("GET", "/ledger", "pool_staff", params={"from": DAY.isoformat(), "weeks": 1})
        assert answer.status_code == 200, answer.text
        (week,) = answer.json()["weeks"]
        assert week["used_minutes"] == sum(member["used_minutes"] for member in week["members"])
        return {member["tenant"]: member["used_minutes"] for member in week["members"]}

    async def mine(self) -> list[dict[str, Any]]:
        answer = await self.ask("GET", "/me/appointments", "pool_counsellor", me=self.counsellor)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["appointments"]
        return found

    async def mark(self, appointment_id: str, how: str, body: Any = None, me: str | None = None) -> Any:
        path = f"/me/appointments/{appointment_id}/{how}"
        return await self.ask("POST", path, "pool_counsellor", me=me or self.counsellor, json=body)


async def add_counsellor(desk: Desk, **more: Any) -> str:
    body = {
        "display_name": "見本 共同の相談員",
        "languages": ["ja", "en"],
        "channels": ["online", "telephone"],
        "skills": ["debt"],
        "weekly_hours": EVERY_NIGHT,
        **more,
    }
    headers = desk.harness.staff(POOL, "pool_staff")
    made = await desk.client.post("/booking/v1/pool/counsellors", headers=headers, json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
async def shared(harness: Harness) -> AsyncIterator[Shared]:
    desk = await open_desk(harness, pools_every=0.05)
    members = [
        {"tenant": A, "quota_hours": 2, "floor_hours": 1, "borrow": True},
        {"tenant": B, "quota_hours": 1, "floor_hours": 1},
    ]
    await harness.declare(a_pool(POOL, *members))
    yield Shared(desk, await add_counsellor(desk))
    assert (await audit(desk.started.core.db)).findings == []


async def test_on_the_pages_a_pools_time_is_held_confirmed_moved_and_cancelled_like_any_other(
    shared: Shared,
) -> None:
    aoi = Browser(shared.desk, "aoi")

    async def shown() -> list[str]:  # once a look has seen that the pool has somebody
        await aoi.get(f"/booking/times?day={DAY.isoformat()}")
        return aoi.choices()

    await eventually(shown)
    await aoi.post("/booking/times", slot=choice_at(aoi, 1470))
    assert "見本 共同の相談員" in aoi.page
    await aoi.post(form_to(aoi, "confirm"))
    assert "予約しました" in aoi.page
    made = (await shared.desk.staff("GET", "/appointments")).json()["data"][0]["id"]
    page = f"/booking/appointments/{made}"
    assert (await aoi.get(page)).status_code == 200
    assert f'href="https://meet.example/{made}"' in aoi.page
    await aoi.get(f"/booking/times?move={made}&day={DAY.isoformat()}")
    link = re.search(rf'href="({page}/move\?slot=[^"]+1380)"', aoi.page)
    assert link is not None
    await aoi.get(link[1].replace("&amp;", "&"))
    assert "見本 共同の相談員" in aoi.page
    await aoi.post(f"{page}/move")
    assert "23:00から 24:00 まで" in aoi.page
    await aoi.get(f"{page}/cancel")
    assert (await aoi.post(f"{page}/cancel")).status_code == 200
    assert "この予約は取り消されています" in aoi.page
    assert await shared.used() == {A: 0, B: 0}


async def test_two_municipalities_share_one_calendar(shared: Shared) -> None:
    mine = await shared.hold("one", A, 1320)
    assert mine.status_code == 201 and mine.json()["pool"] == POOL
    same = await shared.hold("two", B, 1350)
    assert (same.status_code, same.json()["type"].rpartition("/")[2]) == (409, "slot-taken")
    assert (await shared.hold("two", B, 1380)).status_code == 201
    assert await shared.used() == {A: 60, B: 60}


async def test_beyond_the_quota_is_refused_with_numbers_or_borrowed_and_said(shared: Shared) -> None:
    assert (await shared.hold("one", B, 1320)).status_code == 201
    refused = await shared.hold("two", B, 1380)
    assert refused.status_code == 409
    told = refused.json()
    assert (told["quota"], told["used"], told["asked"]) == (60, 60, 60)
    codes = []
    for name, start in (("three", 1380), ("four", 1440), ("five", 1500)):
        held = (await shared.hold(name, A, start)).json()
        shown = await shared.desk.staff("GET", f"/appointments/{held['id']}")
        codes.append(shown.json()["assignment"]["quota"])
    assert codes == ["own", "own", "borrowed"]


async def test_what_is_cancelled_or_let_go_is_given_back_and_a_move_keeps_its_time(shared: Shared) -> None:
    held = (await shared.hold("one", B, 1320)).json()["id"]
    path = f"/booking/v1/me/appointments/{held}"
    who = shared.desk.who("one", B)
    await shared.desk.client.post(f"{path}/confirm", headers=who)
    to = {"service_date": DAY.isoformat(), "start_minute": 1440}
    moved = await shared.desk.client.post(f"{path}/move", headers=who, json=to)
    assert moved.status_code == 200, moved.text
    assert await shared.used() == {A: 0, B: 60}
    assert (await shared.hold("two", B, 1320)).status_code == 409
    await shared.desk.client.post(f"{path}/cancel", headers=who)
    assert await shared.used() == {A: 0, B: 0}
    assert (await shared.hold("two", B, 1320)).status_code == 201
    shared.desk.at(NOW + timedelta(minutes=11))  # the hold has run out

    async def used() -> dict[str, int]:
        return await shared.used()

    await eventually(used, until=lambda found: found[B] == 0)


async def test_a_counsellor_sees_of_each_municipality_only_what_the_appointment_needs(shared: Shared) -> None:
    first = (await shared.hold("one", A, 1320, language="en")).json()["id"]
    second = (await shared.hold("two", B, 1440)).json()["id"]
    for name, tenant, each in (("one", A, first), ("two", B, second)):
        path = f"/booking/v1/me/appointments/{each}/confirm"
        await shared.desk.client.post(path, headers=shared.desk.who(name, tenant))
    own = await shared.desk.counsellor(A)
    await shared.desk.hold("one", shared.desk.wish(own, 1400))  # the same resident's other business
    found = await shared.mine()
    assert [set(each) for each in found] == [SESSION, SESSION]
    assert [(each["id"], each["municipality"], each["label"]) for each in found] == [
        (first, A, "22:00-23:00"),
        (second, B, "24:00-25:00"),
    ]
    assert [each["language"] for each in found] == ["en", None]
    assert all(each["join_url"] for each in found)
    text = str(found)
    for name, tenant in (("one", A), ("two", B)):
        assert resident_id(name) not in text, tenant


async def test_a_note_is_sealed_for_the_residents_municipality_and_read_there_only(shared: Shared) -> None:
    held = (await shared.hold("one", B, 1320)).json()["id"]
    path = f"/booking/v1/me/appointments/{held}/confirm"
    await shared.desk.client.post(path, headers=shared.desk.who("one", B))
    early = await shared.mark(held, "attended")
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "not-started")
    shared.desk.at(NOW + timedelta(days=3))
    marked = await shared.mark(held, "attended", {"note": "見本の記録です"})
    assert (marked.status_code, marked.json()["state"]) == (200, "attended")
    assert set(marked.json()) == SESSION and "見本の記録" not in marked.text
    read = await shared.desk.staff("GET", f"/appointments/{held}", tenant=B)
    assert read.json()["note"] == "見本の記録です"
    assert (await shared.desk.staff("GET", f"/appointments/{held}", tenant=A)).status_code == 404
    stored = await shared.desk.started.core.db["appointments"].find_one({"_id": held, "tenant_id": B})
    assert stored is not None and "見本" not in str(stored["note"])
    again = await shared.mark(held, "missed", {"by": "counsellor"})
    assert again.json()["state"] == "missed"


async def test_a_colleague_of_the_pool_has_no_hand_in_anothers_appointment(shared: Shared) -> None:
    held = (await shared.hold("one", A, 1320)).json()["id"]
    shared.desk.at(NOW + timedelta(minutes=5))
    colleague = await add_counsellor(shared.desk)
    assert (await shared.mark(held, "attended", me=colleague)).status_code == 404
    nobody = await shared.ask("GET", "/me/appointments", "pool_counsellor")
    assert nobody.status_code == 403
    other = await shared.ask("GET", "/me/appointments", "pool_counsellor", me=colleague)
    assert other.json() == {"appointments": []}
    stranger = await shared.ask("GET", "/me/appointments", "pool_counsellor", me=held.replace("apt", "cou"))
    assert stranger.status_code == 404


async def test_a_municipality_sees_who_can_be_talked_to_and_its_own_numbers_alone(shared: Shared) -> None:
    await shared.hold("one", A, 1320)
    staff = shared.desk.staff
    pools = (await staff("GET", "/pools")).json()["pools"]
    assert [(pool["id"], pool["release_days"]) for pool in pools] == [(POOL, 7)]
    people = (await staff("GET", f"/pools/{POOL}/counsellors", tenant=B)).json()["counsellors"]
    assert people == [
        {
            "id": shared.counsellor,
            "pool": POOL,
            "display_name": "見本 共同の相談員",
            "languages": ["ja", "en"],
            "skills": ["debt"],
            "channels": ["online", "telephone"],
        }
    ]
    path = f"/pools/{POOL}/ledger?from={DAY}&weeks=1"
    (week,) = (await staff("GET", path)).json()["weeks"]
    assert (week["tenant"], week["quota_minutes"], week["floor_minutes"], week["used_minutes"]) == (
        A,
        120,
        60,
        60,
    )
    # seven nights of five hours, less B's quota, or floor once it is released
    assert (week["left_minutes"], week["left_near_minutes"]) == (7 * 300 - 60 - 60, 7 * 300 - 60 - 60)
    (theirs,) = (await staff("GET", path, tenant=B)).json()["weeks"]
    assert (theirs["tenant"], theirs["used_minutes"], theirs["left_minutes"]) == (B, 0, 60)
    assert A not in str(theirs)


async def test_a_pool_that_others_share_is_not_there(shared: Shared) -> None:
    await shared.desk.harness.declare(a_pool("other-pool", {"tenant": A, "quota_hours": 1}))
    for path in ("counsellors", "ledger"):
        answer = await shared.desk.staff("GET", f"/pools/other-pool/{path}", tenant=B)
        assert answer.status_code == 404
    assert (await shared.desk.staff("GET", "/pool/ledger")).status_code == 403
    operator = shared.desk.harness.staff(POOL, "pool_staff")
    for path in ("/counsellors", "/pools", "/appointments", "/me/appointments"):
        refused = await shared.desk.client.get(f"/booking/v1{path}", headers=operator)
        assert refused.status_code == 403, path


async def test_a_counsellor_of_a_pool_that_is_not_shared_cannot_be_wished_for(shared: Shared) -> None:
    await shared.desk.harness.declare(a_pool(POOL, {"tenant": A, "quota_hours": 1}))
    assert (await shared.hold("two", B, 1380)).status_code == 404


async def test_leave_in_the_pool_is_the_operators_and_names_no_resident(shared: Shared) -> None:
    held = (await shared.hold("one", A, 1320)).json()["id"]
    days = {"from_date": DAY.isoformat(), "to_date": DAY.isoformat()}
    leaves = f"/counsellors/{shared.counsellor}/leaves"
    taken = await shared.ask("POST", leaves, "pool_staff", json=days)
    assert taken.status_code == 201, taken.text
    assert [each["appointment_id"] for each in taken.json()["touches"]] == [held]
    assert resident_id("one") not in taken.text
    refused = await shared.hold("two", B, 1440)
    assert refused.status_code == 409
    assert (await shared.ask("POST", leaves, "pool_counsellor", json=days)).status_code == 403


async def test_a_pools_counsellor_is_not_offered_at_times_imported_from_elsewhere(shared: Shared) -> None:
    held = (await shared.hold("one", A, 1320)).json()["id"]
    path = f"/counsellors/{shared.counsellor}/busy-import"
    body = busy("20261203T130000Z/20261203T170000Z")  # 22:00-26:00 in Tokyo
    answer = await shared.ask("POST", path, "pool_staff", content=body)
    assert (answer.status_code, answer.json()["imported"]) == (200, 1)
    assert [each["appointment_id"] for each in answer.json()["touches"]] == [held]
    assert resident_id("one") not in answer.text
    assert (await shared.hold("two", B, 1440)).status_code == 409
    assert (await shared.ask("POST", path, "pool_counsellor", content=body)).status_code == 403


async def test_nobody_named_means_own_counsellors_first_and_then_the_pools(shared: Shared) -> None:
    own = await shared.desk.counsellor(A)
    wish = {**shared.desk.wish(own), "counsellor_id": None}
    chosen = []
    for name in ("one", "two"):
        held = await shared.desk.hold(name, wish)
        assert held.status_code == 201, held.text
        shown = (await shared.desk.staff("GET", f"/appointments/{held.json()['id']}")).json()
        why = shown["assignment"]
        chosen.append((shown["counsellor_id"], why["code"], why["pool"], why.get("quota")))
    assert chosen == [(own, "own", None, None), (shared.counsellor, "only", POOL, "own")]
    none = await shared.desk.hold("three", wish)
    assert none.status_code == 409


async def test_times_that_the_quota_would_refuse_are_not_shown_and_the_reason_is(shared: Shared) -> None:
    desk = shared.desk
    query = {"from": DAY.isoformat(), "days": "1"}

    async def free(tenant: str) -> list[str]:
        path = "/booking/v1/me/availability"
        answer = await desk.client.get(path, headers=desk.who("rin", tenant), params=query)
        return [slot["label"] for slot in answer.json()["slots"]]

    await eventually(lambda: free(B))
    assert (await shared.hold("aoi", B, 1320)).status_code == 201
    await eventually(lambda: free(B), until=lambda labels: labels == [])
    assert "24:30-25:30" in await free(A)
    days = await desk.client.get("/booking/v1/me/availability/days", headers=desk.who("rin", B), params=query)
    assert days.json()["days"] == []
    why = await desk.client.get(
        "/booking/v1/availability/why", headers=desk.harness.staff(B), params={**query, "channel": "online"}
    )
    assert "pool-quota" in [reason["code"] for reason in why.json()["reasons"]]
