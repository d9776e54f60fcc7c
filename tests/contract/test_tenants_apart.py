"""No request of one municipality's people reaches another municipality's things.

A resident, staff and an agency of B walk through every documented operation of all four services. Then the people of A try the very same requests,
with their own credentials and B's ids: they get 403 or 404, and nothing changes in any database.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import TOKYO
from tests.contract.owner import (
    AGENCY,
    known,
    walk_after_appointments,
    walk_booking,
    walk_deliveries,
    walk_intake,
    walk_matching,
    walk_notify,
)
from tests.contract.owner_assess import walk_assessments
from tests.contract.owner_calendar import walk_rooms_leave_and_series
from tests.contract.owner_centre import walk_centre
from tests.contract.owner_imports import municipalities, walk_imports
from tests.contract.owner_orders import walk_orders
from tests.contract.owner_pool import EVERY_DAY, pool_of, walk_pool
from tests.contract.walk import Step, Walk, hybrids, operations
from tests.harness import Harness, a_pool, a_tenant, eventually

pytestmark = pytest.mark.timeout(600)
"""Whole walks: half a minute each on an idle machine."""
SERVICES = ("intake", "matching", "booking", "notify")
NOT_COMPARED = {"leases", "inbox"}
REFUSED = (403, 404)
SHARED = "shared-pool"
NOBODY = "cou_aaaaaaaaaaaaaaaaaaaaaaaaaa"


async def start_all(harness: Harness) -> None:
    await harness.declare(a_tenant("sample-a"), a_tenant("sample-b"))
    for tenant in ("sample-a", "sample-b"):
        await harness.declare(a_pool(pool_of(tenant), {"tenant": tenant, "quota_hours": 100}))
    await harness.declare(a_pool(SHARED))
    settings: dict[str, dict[str, Any]] = {
        "notify": {"allow_private_webhooks": True},
        "matching": {
            "municipalities": municipalities(harness),
            "hellowork_url": "http://127.0.0.1:9",
            "hellowork_pause": 0.0,
        },
    }
    await harness.keep("matching", "hellowork-fetches")  # the walk begins the one that there is
    for name in SERVICES:
        await harness.launch(name, **settings.get(name, {}))


async def credentials(harness: Harness, tenant: str) -> dict[str, dict[str, str]]:
    """Headers of staff, of an agency's key, of a resident (with its id in X-Resident), and of the people of the tenant's pool."""
    staff = harness.staff(tenant)
    intake = harness.of("intake").client
    made = await intake.post("/intake/v1/residents", headers=staff, json={"channel": "web"})
    resident_id = made.json()["id"]
    return {
        "staff": staff,
        "agency": await harness.key(tenant, "referrals:read", "referrals:respond", agency=AGENCY),
        "resident": {**harness.resident(tenant, resident_id), "X-Resident": resident_id},
        "operator": harness.staff(pool_of(tenant), "pool_staff"),
        "pool_counsellor": harness.staff(pool_of(tenant), "pool_counsellor", counsellor_id=NOBODY),
    }


async def fingerprints(harness: Harness, tenant: str | None = None) -> dict[str, str]:
    """A hash of every document of every service (of `tenant` alone, when given), by place."""
    found: dict[str, str] = {}
    for started in harness.started:
        db = started.core.db
        for name in await db.client[db.name].list_collection_names():
            if name in NOT_COMPARED:
                continue
            async for document in db[name].find({"tenant_id": tenant} if tenant else {}):
                text = json.dumps(document, default=str, sort_keys=True)
                place = f"{started.core.name}/{name}/{document['_id']}"
                found[place] = hashlib.sha256(text.encode()).hexdigest()
    return found


async def stand_still(harness: Harness) -> None:
    """Stop everything that works on its own, so that from here on only requests change anything."""
    for started in harness.started:
        await started.running.finish(10)


async def walked(harness: Harness, tenant: str = "sample-b") -> Walk:
    """A tenant's whole walk, through every operation."""
    clients = {name: harness.of(name).client for name in SERVICES}
    walk = Walk(clients, {**await credentials(harness, tenant)}, f"{tenant}.localhost:8080")
    resident_id = walk.credentials["resident"]["X-Resident"]
    await known(walk, resident_id)
    core = harness.of("booking").core
    now = core.clock.now().astimezone(TOKYO)
    contact = {"email": "resident@b.example"}
    await walk.go("resident", "PUT", "/intake/v1/me/contact", json=contact)
    points = harness.of("notify").core.db["contact_points"]
    await eventually(lambda: points.count_documents({"tenant_id": tenant}))
    notify = await walk_notify(walk, resident_id, "http://127.0.0.1:9/webhooks")
    await walk_intake(walk)
    await walk_deliveries(walk, notify)
    code = core.registry.tenants[tenant].spec.municipality_code
    await walk_matching(walk, code)
    await walk_imports(walk, harness, tenant, code)
    booking = await walk_booking(walk, resident_id, now)
    await walk_rooms_leave_and_series(walk, resident_id, now.date())
    await walk_pool(walk, harness, tenant, resident_id, core.clock)
    day = now.date() + timedelta(days=4)
    await walk_after_appointments(walk, core.clock, resident_id, booking["counsellor_id"], day)
    await walk_centre(walk, core.clock, resident_id, now.date())
    await walk_assessments(walk, harness, tenant, resident_id, now.date())
    code = core.registry.tenants[tenant].spec.municipality_code
    await walk_orders(walk, harness, tenant, resident_id, code, now.date())
    return walk


async def test_every_documented_operation_is_walked_by_its_owner(harness: Harness) -> None:
    await start_all(harness)
    walk = await walked(harness)
    documented = set()
    for name in SERVICES:
        answer = await harness.of(name).client.get(f"/{name}/openapi.json")
        documented |= operations(name, answer.json())
    assert documented - {step.operation for step in walk.steps} == set()


async def test_another_tenants_credentials_reach_nothing_and_change_nothing(harness: Harness) -> None:
    await start_all(harness)
    walk = await walked(harness)
    strangers = await credentials(harness, "sample-a")
    await stand_still(harness)
    before = await fingerprints(harness)
    with_ids = [step for step in walk.steps if step.ids]
    assert len(with_ids) > 40
    wrong = []
    for step in with_ids:
        statuses = {}
        for who, headers in strangers.items():
            answer = await attempt(walk, step, headers)
            statuses[who] = answer.status_code
            if answer.status_code not in REFUSED:
                wrong.append(f"{step.operation} as A's {who}: {answer.status_code} {answer.text[:200]}")
            assert not leaked(step, answer.text, walk), f"{step.operation} shows B's things to A's {who}"
        if statuses[step.who] != 404:
            wrong.append(
                f"{step.operation}: A's {step.who} got {statuses[step.who]}, an unknown id gives 404"
            )
    assert wrong == []
    assert await fingerprints(harness) == before


async def test_one_foreign_id_among_ones_own_is_refused_and_changes_nothing(harness: Harness) -> None:
    await start_all(harness)
    theirs = await walked(harness, "sample-b")
    ours = await walked(harness, "sample-a")
    await stand_still(harness)
    before = await fingerprints(harness)
    tried, done = 0, []
    for owner, stranger in zip(theirs.steps, ours.steps, strict=True):
        assert owner.operation == stranger.operation
        for step in hybrids(owner, stranger):
            tried += 1
            answer = await attempt(ours, step, ours.credentials[step.who])
            # 409 and 422: refused for another reason before the foreign id was met
            if answer.status_code not in (*REFUSED, 409, 422):
                done.append(f"{step.operation}: {answer.status_code} {answer.text[:200]}")
    assert tried > 40
    assert done == []
    assert await fingerprints(harness) == before


async def test_lists_and_creations_of_one_tenant_neither_show_nor_touch_the_other(harness: Harness) -> None:
    await start_all(harness)
    walk = await walked(harness)
    strangers = await credentials(harness, "sample-a")
    await stand_still(harness)
    before = await fingerprints(harness, "sample-b")
    for step in walk.steps:
        if not step.ids:
            answer = await attempt(walk, step, strangers[step.who])
            assert answer.status_code < 500, f"{step.operation}: {answer.status_code}"
            assert not leaked(step, answer.text, walk), f"{step.operation} shows B's things"
    assert await fingerprints(harness, "sample-b") == before


async def test_a_pools_counsellor_reaches_nothing_but_the_own_appointments(harness: Harness) -> None:
    await start_all(harness)
    walks = {tenant: await walked(harness, tenant) for tenant in ("sample-a", "sample-b")}
    me, mine = await pool_counsellor(harness, walks)
    await stand_still(harness)
    before = await fingerprints(harness)
    open_to_all = {
        ("matching", "GET", f"/matching/v1/{what}") for what in ("questionnaire", "assessment-items")
    }
    own = "/booking/v1/pool/me/appointments"
    wrong = []
    for tenant, walk in walks.items():
        for step in walk.steps:
            answer = await attempt(walk, step, me)
            refused = answer.status_code in REFUSED
            if not refused and step.operation not in {*open_to_all, ("booking", "GET", own)}:
                wrong.append(f"{step.operation}: {answer.status_code} {answer.text[:200]}")
            shown = {found for found in walk.ids if found in answer.text} - step.ids - mine
            assert not shown, f"{step.operation} shows {tenant}'s things to the pool's counsellor"
    assert wrong == []
    assert await fingerprints(harness) == before
    schedule = await harness.of("booking").client.get(own, headers=me)
    assert {each["id"] for each in schedule.json()["appointments"]} == mine


async def pool_counsellor(harness: Harness, walks: Mapping[str, Walk]) -> tuple[dict[str, str], set[str]]:
    """Headers of a counsellor whom both municipalities share, and the ids of an appointment with each of them."""
    booking = harness.of("booking")
    operator = harness.staff(SHARED, "pool_staff")
    about = {
        "display_name": "見本 共同の相談員",
        "channels": ["online"],
        "weekly_hours": EVERY_DAY,
        "works_holidays": True,
    }
    made = await booking.client.post("/booking/v1/pool/counsellors", headers=operator, json=about)
    mine = set()
    for n, (tenant, walk) in enumerate(walks.items()):
        day = booking.core.clock.now().astimezone(TOKYO).date() + timedelta(days=2)
        wish = {
            "resident_id": walk.credentials["resident"]["X-Resident"],
            "counsellor_id": made.json()["id"],
            "service_date": day.isoformat(),
            "start_minute": 600 + 60 * n,
            "channel": "online",
        }
        booked = await booking.client.post(
            "/booking/v1/appointments", headers=harness.staff(tenant), json=wish
        )
        assert booked.status_code == 201, booked.text
        mine.add(booked.json()["id"])
    return harness.staff(SHARED, "pool_counsellor", counsellor_id=made.json()["id"]), mine


async def test_a_session_of_one_tenant_is_nothing_at_the_pages_of_another(harness: Harness) -> None:
    await start_all(harness)
    mine = await credentials(harness, "sample-a")
    token = mine["resident"]["Authorization"].removeprefix("Bearer ")
    for service, page in (("intake", "chat"), ("matching", "questionnaire"), ("booking", "mine")):
        answer = await harness.of(service).client.get(
            f"/{service}/{page}",
            headers={"Host": "sample-b.localhost:8080", "Cookie": f"banso_session={token}"},
        )
        assert answer.status_code in (200, 303)
        assert mine["resident"]["X-Resident"] not in answer.text


async def attempt(walk: Walk, step: Step, headers: Mapping[str, str]) -> Any:
    service, method, _ = step.operation
    sent = dict(step.sent)
    extra = sent.pop("headers", {})
    return await walk.clients[service].request(
        method, step.path, headers={**headers, **extra, "Host": "sample-a.localhost:8080"}, **sent
    )


def leaked(step: Step, text: str, walk: Walk) -> set[str]:
    """Ids of B in an answer that the request itself did not name."""
    return {found for found in walk.ids if found in text} - step.ids
