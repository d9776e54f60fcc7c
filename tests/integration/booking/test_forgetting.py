"""What is over goes when its time has come, with the cells and minutes that it had; what is not over stays."""

from datetime import date, timedelta

from services.booking.store.forgetting import kept
from shared.clock import Clock
from shared.events.matching.orders import AssignmentAccepted
from shared.retention import Forgetting
from tests.harness import Harness, a_pool, a_tenant, eventually
from tests.integration.booking.centre import MONDAY, open_centre
from tests.integration.booking.desk import DAY, NOW, A, B, Desk, open_desk
from tests.integration.booking.test_experiences import place, request
from tests.integration.booking.test_feeds import MINE, opened
from tests.integration.booking.test_pool import POOL, Shared, add_counsellor
from tests.integration.booking.test_promises import said
from tests.integration.booking.test_series import DATES, series
from tests.integration.booking.test_waiting_list import join

WORK = ("shifts", "experiences", "contracts", "promises")


async def forget(desk: Desk, after: date, days: int) -> int:
    """What a look `days` after the date deletes; everything that was written is published by then."""
    await desk.harness.published("booking")
    core, clock = desk.started.core, Clock()
    clock.shift = NOW - clock.now() + timedelta(days=(after - NOW.date()).days + days)
    return await Forgetting(core.db, core.registry, clock, kept(core.db)).once()


async def left(desk: Desk, *collections: str, tenant: str = A) -> list[int]:
    db = desk.started.core.db
    return [await db[name].count_documents({"tenant_id": tenant}) for name in collections]


async def test_an_appointment_stays_three_years_and_a_hold_that_came_to_nothing_a_month(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    booked, cancelled = await desk.booked("aoi", counsellor), await desk.booked("ren", counsellor, 1380)
    await desk.act("ren", cancelled, "cancel")
    tried = (await desk.hold("yui", desk.wish(counsellor, 1320))).json()["id"]
    await desk.act("yui", tried, "cancel")
    assert await forget(desk, NOW.date(), 29) == 0
    assert await forget(desk, NOW.date(), 31) == 1
    seen = [
        (await desk.staff("GET", f"/appointments/{each}")).status_code for each in (tried, cancelled, booked)
    ]
    assert seen == [404, 200, 200]
    await forget(desk, DAY, 1095)  # empty calendars, at most
    assert await left(desk, "appointments") == [2]
    assert await desk.findings() == []
    await forget(desk, DAY, 1096)
    assert await left(desk, "appointments", "calendars") == [0, 0]


async def test_one_that_cannot_be_let_go_keeps_no_other_waiting(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    oldest = await desk.booked("aoi", counsellor, service_date="2026-12-02")
    await desk.booked("ren", counsellor)
    await desk.harness.published("booking")  # nothing is written any more while the test lays hands on it
    stored, where = desk.started.core.db["appointments"], {"_id": oldest, "tenant_id": A}
    slot = (await stored.find_one(where) or {})["slot"]
    await stored.update_one(where, {"$set": {"slot": None}})
    await forget(desk, DAY, 1096)
    assert [each["_id"] for each in await stored.find({"tenant_id": A}).to_list(None)] == [oldest]
    await stored.update_one(where, {"$set": {"slot": slot}})
    await forget(desk, DAY, 1096)
    assert await left(desk, "appointments") == [0]


async def test_a_series_shows_what_is_kept_of_it_and_goes_with_its_last_day(desk: Desk) -> None:
    await desk.counsellor()
    made = (await series(desk, await desk.registered("aoi"))).json()
    await forget(desk, date.fromisoformat(DATES[1]), 1096)
    shown = (await desk.staff("GET", f"/series/{made['id']}")).json()
    assert [a["service_date"] for a in shown["appointments"]] == DATES[2:]
    await forget(desk, date.fromisoformat(DATES[3]), 1096)
    assert await left(desk, "series", "appointments") == [0, 0]


async def test_who_still_waits_stays_on_the_list(desk: Desk) -> None:
    await join(desk, "aoi")
    path = f"/booking/v1/me/waiting/{await join(desk, 'ren')}"
    assert (await desk.client.delete(path, headers=desk.who("ren"))).status_code == 204
    assert await forget(desk, NOW.date(), 1094) == 0
    assert await forget(desk, NOW.date(), 1096) == 1
    assert await left(desk, "waiting") == [1]


async def test_a_feed_goes_once_it_has_been_closed_for_long_enough(desk: Desk) -> None:
    for name in ("aoi", "ren", "yui"):
        await opened(desk, name, name)
    for name in ("aoi", "ren"):
        assert (await desk.client.delete(MINE, headers=desk.who(name))).status_code == 204
    await opened(desk, "ren", "again")
    assert await forget(desk, NOW.date(), 89) == 0
    assert await forget(desk, NOW.date(), 91) == 1
    assert await left(desk, "feeds") == [2]


async def test_each_municipality_takes_its_own_time_out_of_a_pool(harness: Harness) -> None:
    desk = await open_desk(harness, pools_every=0.05)
    members = [{"tenant": tenant, "quota_hours": 2} for tenant in (A, B)]
    await harness.declare(a_pool(POOL, *members), a_tenant(A, retention={"appointments": 90}))
    shared = Shared(desk, await add_counsellor(desk))
    assert (await shared.hold("aoi", A, 1320)).status_code == 201
    assert (await shared.hold("ren", B, 1380)).status_code == 201
    await forget(desk, DAY, 91)
    assert [await left(desk, "appointments", tenant=tenant) for tenant in (A, B)] == [[0], [1]]
    assert await shared.used() == {A: 0, B: 60}
    assert await desk.findings() == []
    await forget(desk, DAY, 1096)
    assert await left(desk, "calendars", "ledger", tenant=POOL) == [0, 0]
    assert await desk.findings() == []


async def test_a_centres_papers_stay_five_years_from_their_last_day(harness: Harness) -> None:
    centre = await open_centre(harness)
    desk, who = centre.desk, await centre.worker("aoi")
    await centre.planned("aoi", centre.entry(MONDAY))
    await desk.registered("ren")
    assert (await request(centre, "ren", await place(centre))).status_code == 201
    contract = {"resident_id": who, "starts_on": "2026-12-01"}
    assert (await centre.staff("POST", "/contracts", contract)).status_code == 201
    await harness.publish(said(who, "one", 2, AssignmentAccepted, 60))
    await eventually(lambda: left(desk, *WORK), until=lambda counts: counts == [1, 1, 1, 1])
    await forget(desk, date.fromisoformat(MONDAY), 1826)
    assert await left(desk, *WORK) == [1, 1, 1, 1]
    await forget(desk, date.fromisoformat(MONDAY), 1827)
    assert await left(desk, *WORK) == [0, 1, 1, 0]
    assert await desk.findings() == []
    await forget(desk, date(2027, 5, 31), 1827)
    assert await left(desk, *WORK, "calendars", "workers") == [0, 0, 0, 0, 0, 1]
