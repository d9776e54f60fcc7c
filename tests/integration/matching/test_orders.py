"""A client's order from its draft to the client's acceptance, with matching and booking at work; and who is first when two want the same."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.matching.ordering.parts import ordering_of
from services.matching.orders.asking import Ask
from services.matching.orders.order import Order, OrderNotThere
from services.matching.store import open_store
from shared.idempotency import Command
from shared.ids import derived_id, new_ulid
from tests.harness import Harness, Started, a_tenant, eventually
from tests.integration.booking.centre import MONDAY, Centre, open_centre, slug
from tests.integration.booking.desk import NOW, A, B

DUE, TASK_DUE = "2026-12-25T18:00:00+09:00", "2026-12-12T00:00:00+09:00"
NOBODY = derived_id("res", "nobody")


@dataclass
class Office:
    """Both services, and short ways to ask matching."""

    centre: Centre
    matching: Started

    async def staff(
        self, method: str, path: str, body: Any = None, key: str = "", tenant: str = A, **headers: str
    ) -> httpx.Response:
        asked = {**self.centre.desk.harness.staff(tenant), "Idempotency-Key": key or new_ulid(), **headers}
        return await self.matching.client.request(method, f"/matching/v1{path}", headers=asked, json=body)

    async def made(self, path: str, body: Any = None, **more: Any) -> Any:
        answer = await self.staff("POST", path, body, **more)
        assert answer.is_success, answer.text
        return answer.json()

    async def me(self, name: str, method: str, path: str = "", body: Any = None) -> httpx.Response:
        headers = {**self.centre.desk.who(name), "Idempotency-Key": new_ulid()}
        return await self.matching.client.request(
            method, f"/matching/v1/me/assignments{path}", headers=headers, json=body
        )

    async def does(self, name: str, assignment_id: str, *steps: str, **result: int) -> Any:
        for step in steps:
            answer = await self.me(
                name, "POST", f"/{assignment_id}/{step}", result if step == "result" else None
            )
            assert answer.status_code == 200, answer.text
        return answer.json()

    async def mine(self, name: str) -> list[Any]:
        return list((await self.me(name, "GET")).json()["data"])

    async def worker(self, name: str, *days: str, **terms: Any) -> str:
        """Somebody with two hours on each of the days; matching knows it, once this returns."""
        who = await self.centre.worker(name, max_days=5, **terms)
        await self.centre.planned(name, *(self.centre.entry(day, station=None) for day in days))

        async def free() -> list[Any]:
            answer = (await self.staff("GET", "/order-workers")).json()
            return [w["free"] for w in answer if w["resident_id"] == who and len(w["free"]) == len(days)]

        await eventually(free)
        return who

    async def order(self, *tasks: dict[str, Any], accept: bool = True) -> tuple[Any, list[Any]]:
        await self.staff("PUT", "/task-types/entry", {"name": "見本の入力", "unit": "件", "unit_minutes": 3})
        company = await self.made("/companies", {"name": "見本商店", "municipality_code": "990019"})
        body = {"company_id": company["id"], "title": "見本の名簿の入力", "due_at": DUE}
        order = await self.made("/orders", body)
        made = [
            await self.made(f"/orders/{order['id']}/tasks", {**a_task(), **task}) for task in tasks or ({},)
        ]
        if accept:
            order = await self.made(f"/orders/{order['id']}/accept")
        return order, made

    async def committed(self, who: str) -> int:
        found = (await self.centre.staff("GET", f"/workers/{who}/capacity")).json()
        return next(int(w["committed"]) for w in found["weeks"] if w["monday"] == MONDAY)


def a_task(**more: Any) -> dict[str, Any]:
    task = {"type": "entry", "quantity": 20, "unit_minutes": 3, "due_at": TASK_DUE, "batch": 10}
    return {**task, **more}


@pytest.fixture
async def office(harness: Harness) -> Office:
    centre = await open_centre(harness)
    matching = await harness.launch("matching")
    # nobody has results yet: everybody may grow
    await harness.declare(a_tenant(A, matching={"exploration": 0, "stretch": 1}))
    matching.core.clock.shift = NOW - (matching.core.clock.now() - matching.core.clock.shift)
    return Office(centre, matching)


async def test_an_order_is_planned_asked_for_done_checked_delivered_and_accepted(office: Office) -> None:
    ann = await office.worker("ann", "2026-12-07", "2026-12-08")
    ben = await office.worker("ben", "2026-12-09")
    order, (task,) = await office.order()
    plan = await office.made("/assignment-plans")
    assert [p["quantity"] for p in plan["proposals"]] == [10, 10]
    assert plan["unplaced"] == []
    assert plan["gap"] is not None
    assert all(p["stretch"] and p["reasons"] for p in plan["proposals"])
    assert {p["resident_id"] for p in plan["proposals"]} <= {ann, ben}
    asked = await office.made(f"/assignment-plans/{plan['id']}/ask")
    again = await office.made(f"/assignment-plans/{plan['id']}/ask")
    assert [p["assignment_id"] for p in asked["proposals"]] == [
        p["assignment_id"] for p in again["proposals"]
    ]
    assert (await office.staff("GET", f"/tasks/{task['id']}")).json()["left"] == 0

    # both to ann, whatever the plan said: staff may edit what nobody has answered yet
    first, second = [p["assignment_id"] for p in asked["proposals"]]
    for n, assignment_id in enumerate((first, second)):
        found = (await office.staff("GET", f"/assignments/{assignment_id}")).json()
        if found["resident_id"] != ann:
            body = {"resident_id": ann, "note": "見本の覚え書き"}
            edited = await office.made(f"/assignments/{assignment_id}/replace", body)
            assert (edited["replaces"], edited["note"]) == (assignment_id, "見本の覚え書き")
            first, second = (edited["id"], second) if n == 0 else (first, edited["id"])
    mine = await office.mine("ann")
    assert {m["id"] for m in mine if m["state"] == "proposed"} == {first, second}
    assert "resident_id" not in mine[0]
    assert not any("%" in reason["text"] for reason in mine[0]["reasons"])

    # yes to one, and booking counts its minutes beside what staff say; no to the other, without a reason
    minutes = (await office.does("ann", first, "accept"))["minutes"]
    assert (await office.staff("GET", f"/orders/{order['id']}")).json()["state"] == "in_progress"
    await eventually(lambda: office.committed(ann), until=lambda m: m == minutes)
    weeks = {"weeks": [{"monday": MONDAY, "minutes": 15}]}
    await office.centre.staff("PUT", f"/workers/{ann}/commitments", weeks)
    assert await office.committed(ann) == minutes + 15
    await office.does("ann", second, "decline")
    present = (await office.staff("GET", f"/tasks/{task['id']}")).json()
    assert (present["left"], present["held"]) == (10, 10)
    refused = await office.staff("POST", "/assignments", {"task_id": task["id"], "resident_id": ann})
    assert (refused.status_code, slug(refused), refused.json()["why"]) == (409, "worker-cannot", "barred")

    # staff name ann again, and plan anew
    pin = {"kind": "pin", "note": "見本：本人の希望"}
    pinned = (await office.staff("PUT", f"/tasks/{task['id']}/overrides/{ann}", pin)).json()
    assert [(o["kind"], o["by"], o["note"]) for o in pinned["overrides"]] == [
        ("pin", "staff:sample-staff", "見本：本人の希望")
    ]
    plan = await office.made("/assignment-plans")
    assert [(p["resident_id"], p["reasons"][0]["code"]) for p in plan["proposals"]] == [(ann, "pinned")]
    asked = await office.made(f"/assignment-plans/{plan['id']}/ask", {"places": [0]})
    second = asked["proposals"][0]["assignment_id"]

    # the first is done and two units come back; the minutes that were used are counted from then on
    await office.does("ann", first, "start", "result", done=10, minutes=40)
    found = {"checked": 10, "passed": 8, "returned": 2, "reason": "content"}
    checked = await office.made(f"/assignments/{first}/check", found)
    assert (checked["state"], checked["returned"]) == ("completed", 2)
    await eventually(lambda: office.committed(ann), until=lambda m: m == 15)
    # 40 minutes were used before the week that was planned
    await office.does("ann", second, "accept", "result", done=10, minutes=30)
    unfinished = await office.staff("POST", f"/orders/{order['id']}/deliver")
    tasks = (await office.staff("GET", f"/orders/{order['id']}/tasks")).json()
    assert (unfinished.status_code, slug(unfinished)) == (409, "order-unfinished")
    assert unfinished.json()["tasks"] == [t["id"] for t in tasks]
    rework = next(t for t in tasks if t["rework_of"] == first)
    assert (rework["quantity"], rework["check"]["kind"]) == (2, "all")
    await office.made(f"/assignments/{second}/check", {"checked": 10, "passed": 10})

    # whoever may do it again does it again; then it is delivered, comes back, is mended and accepted
    async def done(task_id: str, units: int) -> None:
        made = await office.made("/assignments", {"task_id": task_id, "resident_id": ben})
        await office.does("ben", made["id"], "accept", "result", done=units, minutes=9)
        await office.made(f"/assignments/{made['id']}/check", {"checked": units, "passed": units})

    await done(rework["id"], 2)
    await office.made(f"/orders/{order['id']}/deliver")
    lines = {"lines": [{"task_id": task["id"], "quantity": 1}], "due_at": "2026-12-28T18:00:00+09:00"}
    returned = await office.made(f"/orders/{order['id']}/client-return", lines)
    assert returned["state"] == "returned"
    tasks = (await office.staff("GET", f"/orders/{order['id']}/tasks")).json()
    await done(tasks[-1]["id"], 1)
    await office.made(f"/orders/{order['id']}/deliver")
    finished = await office.made(f"/orders/{order['id']}/client-acceptance")
    assert [step["state"] for step in finished["steps"]] == [
        "draft", "accepted", "in_progress", "delivered", "returned", "in_progress", "delivered", "accepted_by_client",
    ]  # fmt: skip

    # what is known of ann rests on her two results, and is hers alone
    (ability,) = (await office.staff("GET", f"/order-workers/{ann}/abilities")).json()
    assert ability["results"] == 2
    assert ability["at_least"] < ability["expected"] < 0.95

    async def told() -> set[str]:
        events = await office.centre.desk.harness.published("matching")
        return {
            f"{e.data['assignment_id']} {e.type.split('.')[3]}" for e in events if ".assignment." in e.type
        }

    ends = [f"{first} returned", *(f"{one} completed" for one in (first, second))]
    await eventually(told, until=lambda known: set(ends) <= known)


async def test_of_two_who_want_the_same_one_is_first_and_the_other_hears_why(office: Office) -> None:
    ann = await office.worker("ann", "2026-12-07", "2026-12-08")
    ben = await office.worker("ben", "2026-12-09", skills=["kana"])
    order, (task, skilled, large) = await office.order(
        {"batch": None}, {"skills": ["kana"]}, {"quantity": 500, "batch": None}
    )
    # two who ask the same worker at once do not ask for more than they have time for
    both = await asyncio.gather(
        *(
            office.staff(
                "POST", "/assignments", {"task_id": wanted["id"], "resident_id": ben, "quantity": 20}
            )
            for wanted in (task, skilled)
        )
    )
    assert sorted(a.status_code for a in both) == [201, 409]
    lost = next(a for a in both if a.status_code == 409)
    assert (slug(lost), lost.json()["why"]) == ("worker-cannot", "room")
    first = next(a for a in both if a.status_code == 201).json()
    await office.made(f"/assignments/{first['id']}/withdraw")

    # two members of staff ask for the same units at once
    bodies = [{"task_id": task["id"], "resident_id": who} for who in (ann, ben)]
    answers = await asyncio.gather(*(office.staff("POST", "/assignments", body) for body in bodies))
    assert sorted(a.status_code for a in answers) == [201, 409]
    lost = next(a for a in answers if a.status_code == 409)
    assert (slug(lost), lost.json()["left"]) == ("task-taken", 0)
    won = next(a for a in answers if a.status_code == 201).json()
    name, other = ("ann", "ben") if won["resident_id"] == ann else ("ben", "ann")

    # the worker says yes and no at once: one of them stands, and the units are where it says
    said = await asyncio.gather(
        *(office.me(name, "POST", f"/{won['id']}/{word}") for word in ("accept", "withdraw", "decline"))
    )
    assert said[1].status_code in (404, 405)
    state = (await office.mine(name))[0]["state"]
    left = (await office.staff("GET", f"/tasks/{task['id']}")).json()["left"]
    assert (state, left) in (("accepted", 0), ("declined", 20))

    # what is another's does not exist; what does not fit says which rule is against it
    assert (await office.me(other, "GET", f"/{won['id']}")).status_code == 404
    assert (await office.me(other, "POST", f"/{won['id']}/accept")).status_code == 404
    assert (await office.staff("GET", f"/orders/{order['id']}", tenant=B)).status_code == 404
    for wanted, who, reason in ((skilled, ann, "skill"), (large, ben, "room")):
        refused = await office.staff("POST", "/assignments", {"task_id": wanted["id"], "resident_id": who})
        assert (refused.status_code, refused.json()["why"]) == (409, reason)
    beyond = {"task_id": large["id"], "resident_id": ben, "beyond": True}
    assert (await office.made("/assignments", beyond, key="one"))["days"] == []
    assert (await office.made("/assignments", beyond, key="one"))["state"] == "proposed"
    nobody = await office.staff("POST", "/assignments", {"task_id": skilled["id"], "resident_id": NOBODY})
    assert nobody.status_code == 404

    # versions, bad input, closed states
    etag = (await office.staff("GET", f"/orders/{order['id']}")).headers["ETag"]
    changed = {"title": "見本の名簿の入力（二）", "due_at": DUE}
    assert (await office.staff("PUT", f"/orders/{order['id']}", changed, **{"If-Match": etag})).is_success
    stale = await office.staff(
        "PUT", f"/orders/{order['id']}", changed | {"critical": True}, **{"If-Match": etag}
    )
    assert (stale.status_code, slug(stale)) == (412, "stale-version")
    bad = await office.staff("POST", f"/orders/{order['id']}/tasks", a_task(type="nothing"))
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "type")
    late = await office.staff("POST", f"/orders/{order['id']}/tasks", a_task(due_at="2027-01-09T00:00:00Z"))
    assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "due_at")
    cancelled = await office.made(f"/orders/{order['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    open_ones = (await office.staff("GET", f"/assignments?order_id={order['id']}")).json()["data"]
    assert {one["state"] for one in open_ones} <= {"withdrawn", "declined"}
    closed = await office.staff("POST", "/assignments", {"task_id": task["id"], "resident_id": ben})
    assert (closed.status_code, slug(closed)) == (409, "order-state")


async def test_an_order_that_is_cancelled_while_somebody_is_asked_leaves_no_request(office: Office) -> None:
    ann = await office.worker("ann", "2026-12-07")
    order, (task,) = await office.order({})
    core = office.matching.core
    proposing = ordering_of(open_store(core.db, core.outbox, core.sealer), core.clock).proposing
    look, looked = proposing.workable, list[str]()

    async def then_cancelled(tenant: str, order_id: str) -> Order:
        found = await look(tenant, order_id)
        if not looked:
            looked.append(order_id)
            await office.made(f"/orders/{order_id}/cancel")
        return found

    setattr(proposing, "workable", then_cancelled)  # noqa: B010
    with pytest.raises(OrderNotThere):
        await proposing.propose(A, Ask(task["id"], ann), "staff:test", Command("one", "one"))
    assert (await office.staff("GET", f"/assignments?order_id={order['id']}")).json()["data"] == []

    # a result that has come stands, and is looked at; what else was asked for is taken back
    second, (task,) = await office.order({})
    made = [
        await office.made(
            "/assignments", {"task_id": task["id"], "resident_id": ann, "quantity": 10, "beyond": True}
        )
        for _ in range(2)
    ]
    await office.does("ann", made[0]["id"], "accept", "result", done=10, minutes=30)
    await office.made(f"/orders/{second['id']}/cancel")
    asked = (await office.staff("GET", f"/assignments?order_id={second['id']}")).json()["data"]
    assert sorted(one["state"] for one in asked) == ["recorded", "withdrawn"]
    found = {"checked": 10, "passed": 8, "returned": 2, "reason": "content"}
    assert (await office.made(f"/assignments/{made[0]['id']}/check", found))["state"] == "completed"
    tasks = (await office.staff("GET", f"/orders/{second['id']}/tasks")).json()
    assert [(one["state"], one["left"]) for one in tasks] == [("cancelled", 0)] * 2
