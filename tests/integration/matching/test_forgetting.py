"""What is over goes when its time has come; what somebody still waits for stays, and a slate that is kept can be made again."""

from datetime import timedelta
from typing import Any

from services.matching.store import KEPT
from services.matching.store.forgetting import kept
from shared.clock import Clock, system_now
from shared.ids import new_ulid
from shared.retention import Forgetting
from tests.integration.matching.centre import task_type, with_time
from tests.integration.matching.conftest import Town
from tests.integration.matching.test_matching_pages import PROPOSALS, browser
from tests.integration.matching.test_matching_slates import INTERESTS

ORDERS, DAYS = "/matching/v1/orders", 20


async def forget(town: Town, days: int) -> None:
    """What a look so many days from now deletes; everything that was written is published by then."""
    await town.harness.published("matching")
    core, clock = town.harness.of("matching").core, Clock()
    clock.shift = timedelta(days=days)
    await Forgetting(core.db, core.registry, clock, (*KEPT, *kept(core.db))).once()


async def left(town: Town, *collections: str) -> list[int]:
    db = town.harness.of("matching").core.db
    return [await db[name].count_documents({"tenant_id": town.tenant}) for name in collections]


async def does(town: Town, path: str, body: Any = None) -> Any:
    headers = {**town.staff, "Idempotency-Key": new_ulid()}
    answer = await town.api.post(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


async def test_a_slate_can_be_made_again_as_long_as_it_is_kept(town: Town) -> None:
    await town.offer((await town.company())["id"])
    slate = await town.slate()
    await forget(town, 89)
    again = await town.api.get(f"/matching/v1/slates/{slate['id']}/replay", headers=town.staff)
    assert again.json()["identical"] and again.json()["whole"]
    await forget(town, 91)
    assert await left(town, "slates") == [0]
    await forget(town, 122)
    assert await left(town, "snapshots") == [0]


async def test_a_list_whose_first_page_is_no_longer_kept_is_over(town: Town) -> None:
    company = await town.company()
    for _ in range(4):
        await town.offer(company["id"])
    first = await town.slate()
    await town.slate(follows=first["id"])
    await (
        town.harness.of("matching")
        .core.db["slates"]
        .delete_one({"_id": first["id"], "tenant_id": town.tenant})
    )
    with browser(town) as resident:
        shown = await resident.get(PROPOSALS)
    assert shown.status_code == 200
    assert f"{PROPOSALS}?slate=" not in shown.text


async def test_what_was_said_goes_unless_it_stands_or_waits(town: Town) -> None:
    company = (await town.company())["id"]
    open_, closed = [(await town.offer(company))["id"] for _ in range(2)]
    said = {
        (offer, kind): (await town.says(offer, kind)).json()["id"]
        for offer, kind in ((open_, "save"), (open_, "apply"), (closed, "save"), (closed, "ask"))
    }
    taken_back = f"{INTERESTS}/{said[open_, 'apply']}"
    assert (await town.api.delete(taken_back, headers=town.resident())).is_success
    await does(town, f"/matching/v1/offers/{closed}/close", {"reason": "withdrawn"})
    await forget(town, 1094)
    assert await left(town, "interests") == [4]
    await forget(town, 1096)
    found = await town.harness.of("matching").core.db["interests"].find({"tenant_id": town.tenant}).to_list(9)
    assert {row["_id"] for row in found} == {said[open_, "save"], said[closed, "ask"]}


async def test_an_order_goes_with_all_of_it_once_nobody_has_anything_to_do(town: Town) -> None:
    await task_type(town)
    (who,) = await with_time(town, "one")
    due = (system_now() + timedelta(days=DAYS)).isoformat()
    company = (await town.company())["id"]
    orders = []
    for _ in range(3):
        order = (await does(town, ORDERS, {"company_id": company, "title": "見本", "due_at": due}))["id"]
        terms = {"type": "proofreading", "unit_minutes": 10, "due_at": due, "quantity": 2}
        task = (await does(town, f"{ORDERS}/{order}/tasks", terms))["id"]
        await does(town, f"{ORDERS}/{order}/accept")
        await does(town, "/matching/v1/assignments", {"task_id": task, "resident_id": who})
        orders.append(order)
    running, cancelled, cut = orders
    for order in (cancelled, cut):
        await does(town, f"{ORDERS}/{order}/cancel")
    db, of_cut = town.harness.of("matching").core.db, {"order_id": cut, "tenant_id": town.tenant}
    await town.harness.published("matching")
    await db["assignments"].update_one(of_cut, {"$set": {"open": True}})  # its cancelling has not come so far
    parts = ("orders", "tasks", "assignments")
    await forget(town, DAYS + 1825)
    assert await left(town, *parts) == [3, 3, 3]
    await forget(town, DAYS + 1828)
    assert await left(town, *parts) == [2, 2, 2]
    await db["assignments"].update_one(of_cut, {"$set": {"open": False}})
    await forget(town, DAYS + 1828)
    assert [row["_id"] for row in await db["orders"].find({"tenant_id": town.tenant}).to_list(9)] == [running]


async def test_who_wants_nothing_sent_any_more_is_forgotten_but_begins_again_behind_the_stop(
    town: Town,
) -> None:
    async def wants(name: str, offers: bool) -> int:
        """The version it makes, which is the sequence of its event."""
        headers = {**town.resident(name), "Idempotency-Key": new_ulid()}
        path = "/matching/v1/me/subscriptions"
        answer = await town.api.put(path, json={"offers": offers}, headers=headers)
        assert answer.is_success, answer.text
        return int(answer.headers["ETag"].strip('"'))

    async def kept(name: str) -> Any:
        whose = {"tenant_id": town.tenant, "resident_id": town.resident_id(name)}
        return await town.harness.of("matching").core.db["subscriptions"].find_one(whose)

    await wants("one", True)
    stopped = await wants("one", False)
    await wants("two", True)
    for name in ("one", "two"):
        told = [{"list_id": "snd_1", "at": system_now(), "offers": ["ofr_1"]}]
        mine = {"_id": (await kept(name))["_id"], "tenant_id": town.tenant}
        await town.harness.of("matching").core.db["subscriptions"].update_one(mine, {"$set": {"told": told}})
    await forget(town, 89)
    assert (await kept("one"))["told"] and (await kept("one"))["changed_at"]
    await forget(town, 91)
    emptied = await kept("one")
    assert (emptied["told"], emptied["changed_at"], emptied["wanted"]) == ([], None, False)
    assert "commands" not in emptied
    assert (await kept("two"))["told"]
    await forget(town, 91)
    assert (await kept("one"))["version"] == emptied["version"]
    assert await wants("one", True) > stopped
