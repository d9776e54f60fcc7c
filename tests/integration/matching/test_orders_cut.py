"""What takes several writes, cut in the middle: cancelling an order, asking the workers of a plan. None of it, or all of it by itself; each of it once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.matching.ordering.cancelling import Cancelling
from services.matching.ordering.finishing import ROUND, Finishing
from services.matching.ordering.parts import Ordering, ordering_of
from services.matching.ordering.plan_asking import PlanAsking
from services.matching.pages.sent import reference
from services.matching.store import open_store
from shared.clock import system_now
from shared.events.matching.orders import AssignmentProposed
from shared.idempotency import Command
from shared.ids import new_ulid
from tests.harness import Harness, a_tenant
from tests.integration.matching.centre import task_type, with_time
from tests.integration.matching.conftest import LARGE, Town
from tests.integration.matching.test_fairness_page import signed_in

V1, DUE = "/matching/v1", (system_now() + timedelta(days=20)).isoformat()


class Died(Exception):
    """The process, in this very place."""


@dataclass
class Office:
    town: Town
    ordering: Ordering
    finishing: Finishing

    async def asked(self, path: str, body: Any = None, key: str = "") -> httpx.Response:
        headers = {**self.town.staff, "Idempotency-Key": key or new_ulid()}
        return await self.town.api.post(V1 + path, json=body, headers=headers)

    async def made(self, path: str, body: Any = None) -> Any:
        answer = await self.asked(path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def got(self, path: str) -> Any:
        return (await self.town.api.get(V1 + path, headers=self.town.staff)).json()

    async def order(self, *quantities: int) -> tuple[str, list[str]]:
        """An order that the centre has taken on, with tasks of so many units, in batches of one."""
        company = await self.town.company()
        body = {"company_id": company["id"], "title": "見本の名簿", "due_at": DUE}
        order = await self.made("/orders", body)
        terms = {"type": "proofreading", "unit_minutes": 10, "due_at": DUE, "batch": 1}
        tasks = [
            await self.made(f"/orders/{order['id']}/tasks", {**terms, "quantity": n}) for n in quantities
        ]
        await self.made(f"/orders/{order['id']}/accept")
        return order["id"], [task["id"] for task in tasks]

    async def requests(self, order_id: str) -> list[Any]:
        return list((await self.got(f"/assignments?limit=100&order_id={order_id}"))["data"])


@pytest.fixture
async def office(harness: Harness) -> Office:
    await harness.declare(a_tenant("sample-a", municipality_code=LARGE))
    await harness.keep("matching", ROUND)
    town = Town(harness, await harness.start("matching"), "sample-a", LARGE)
    core = harness.of("matching").core
    ordering = ordering_of(open_store(core.db, core.outbox, core.sealer), core.clock)
    await task_type(town)
    return Office(town, ordering, Finishing(core.db, core.registry, ordering, 1.0))


def dies(_: object, *__: object, **___: object) -> Awaitable[Any]:
    raise Died


def dies_after(times: int, real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    left = [times]

    async def step(*args: Any, **more: Any) -> Any:
        if not left[0]:
            raise Died
        left[0] -= 1
        return await real(*args, **more)

    return step


async def test_an_order_whose_cancelling_is_cut_is_cancelled_not_at_all_or_all_of_it_by_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, tenant = office.town, office.town.tenant
    (who,) = await with_time(town, "one", minutes=240)
    order_id, tasks = await office.order(3, 2, 1)
    for task_id in (tasks[0], tasks[0], tasks[0], tasks[1]):
        await office.made("/assignments", {"task_id": task_id, "resident_id": who})

    async def states() -> tuple[str, Counter[str], list[str]]:
        found = Counter(one["state"] for one in await office.requests(order_id))
        every = [one["state"] for one in await office.got(f"/orders/{order_id}/tasks")]
        return (await office.got(f"/orders/{order_id}"))["state"], found, every

    # one transaction: nothing of it stays when its last write does not come
    cancelling, books = office.ordering.cancelling, office.ordering.books
    with monkeypatch.context() as cut, pytest.raises(Died):
        cut.setattr(books.orders, "write", dies)
        await cancelling.cancel(tenant, order_id, "staff:a", Command("zero", "zero"))
    assert await states() == ("accepted", Counter(proposed=4), ["held", "open", "open"])

    # too large for one: cancelled, and whoever looks next takes the rest back, without another request
    large = Cancelling(books, office.ordering.desk.clock, at_once=2)
    with monkeypatch.context() as cut, pytest.raises(Died):
        cut.setattr(large, "finish", dies)
        await large.cancel(tenant, order_id, "staff:a", Command("one", "one"))
    assert await states() == ("cancelled", Counter(proposed=2, withdrawn=2), ["open", "open", "open"])
    refused = await office.asked("/assignments", {"task_id": tasks[2], "resident_id": who})
    assert refused.status_code == 409
    assert await office.finishing.once() == 1
    assert await states() == ("cancelled", Counter(withdrawn=4), ["cancelled"] * 3)
    assert await office.finishing.once() == 0
    again = await cancelling.cancel(tenant, order_id, "staff:a", Command("one", "one"))
    assert (again.state, again.clearing) == ("cancelled", False)


async def test_everybody_of_a_plan_is_asked_once_however_often_it_is_pressed_or_cut(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, tenant = office.town, office.town.tenant
    await with_time(town, "one", "two", minutes=240)
    first_order, _ = await office.order(4, 3)
    gone_order, _ = await office.order(2)
    plan = await office.made("/assignment-plans")
    places = [p["place"] for p in plan["proposals"]]
    assert len(places) == 9
    asking, books = PlanAsking(office.ordering.knowing, at_once=2), office.ordering.books
    with monkeypatch.context() as cut, pytest.raises(Died):
        cut.setattr(books.capacities, "ask", dies)
        await asking.ask(tenant, plan["id"], None, "staff:a", Command("zero", "zero"))
    untouched = await books.plans.get(tenant, plan["id"])
    assert (untouched.version, untouched.asking, await office.requests(first_order)) == (1, {}, [])
    with monkeypatch.context() as cut, pytest.raises(Died):
        cut.setattr(asking, "_try", dies_after(2, asking._try))
        await asking.ask(tenant, plan["id"], None, "staff:a", Command("one", "one"))
    cut_short = await books.plans.get(tenant, plan["id"])
    assert (len(cut_short.asked), len(cut_short.asking)) == (4, 5)
    page = await town.api.get(f"/matching/staff/plans/{plan['id']}", headers=signed_in(town))
    assert page.text.count("これからお願いします") == 5

    # another member of staff, the same one once more, and the look that finishes it, all at once
    path = f"/assignment-plans/{plan['id']}/ask"
    both = await asyncio.gather(
        office.asked(path),
        office.asked(path, {"places": places[:6]}),
        asking.ask(tenant, plan["id"], None, "staff:a", Command("one", "one")),
        office.finishing.once(),
    )
    assert [answer.status_code for answer in both[:2]] == [200, 200]
    done = await office.got(f"/assignment-plans/{plan['id']}")
    asked = [p["assignment_id"] for p in done["proposals"]]
    assert len(set(asked) - {None}) == 9
    made = [*await office.requests(first_order), *await office.requests(gone_order)]
    assert sorted(one["id"] for one in made) == sorted(asked)
    assert {one["proposed_by"] for one in made} == {"staff:a"}
    told = await town.harness.published("matching", AssignmentProposed.TYPE)
    assert sorted(event.data["assignment_id"] for event in told) == sorted(asked)
    again = (await office.asked(path)).json()
    assert again["version"] == done["version"]
    assert not await office.finishing.once()


async def test_a_plan_that_is_asked_while_its_order_is_cancelled_asks_nobody_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_time(office.town, "one", minutes=240)
    order_id, _ = await office.order(2)
    plan = await office.made("/assignment-plans")
    asking = office.ordering.plan_asking
    judge = asking._judged

    async def then_cancelled(*args: Any) -> Any:
        batch = await judge(*args)
        await office.made(f"/orders/{order_id}/cancel")
        return batch

    monkeypatch.setattr(asking, "_judged", then_cancelled)
    command = Command("one", "one")
    kept = await asking.ask(office.town.tenant, plan["id"], None, "staff:a", command)
    assert (dict(kept.asked), set(kept.refused.values()), dict(kept.asking)) == ({}, {"order-state"}, {})
    assert await office.requests(order_id) == []


async def test_the_plan_names_who_is_asked_now_and_who_was_before(office: Office) -> None:
    town = office.town
    one, two = await with_time(town, "one", "two", minutes=240)
    await office.order(1)
    plan = await office.made("/assignment-plans")
    first = (await office.made(f"/assignment-plans/{plan['id']}/ask"))["proposals"][0]
    earlier = first["resident_id"]
    present = two if earlier == one else one
    body = {"resident_id": present, "note": "見本"}
    second = await office.made(f"/assignments/{first['assignment_id']}/replace", body)
    back = {"resident_id": earlier, "note": "見本"}
    third = await office.made(f"/assignments/{second['id']}/replace", back)
    fourth = await office.made(f"/assignments/{third['id']}/replace", body)
    page = (await town.api.get(f"/matching/staff/plans/{plan['id']}", headers=signed_in(town))).text
    (entry,) = page.split('<div class="entry')[1:]
    named, *before = entry.split("<p>前のお願い：")
    before[-1] = before[-1].partition("</p>")[0]
    assert f"利用者 {reference(present)}：1頁</strong>" in named
    assert f"/assignments/{fourth['id']}/replace" in named
    assert [
        reference(who) in text for who, text in zip((earlier, present, earlier), before, strict=True)
    ] == [True] * 3
    assert "職員が選びました" in entry
    # the time is that of whoever is asked now
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    used = {who: next(row for row in rows if reference(who) in row) for who in (one, two)}
    assert '<td class="figure">0分</td>' in used[earlier]
    assert '<td class="figure">0分</td>' not in used[present]
    assert (await office.got(f"/assignments/{first['assignment_id']}"))["replaced_by"] == second["id"]
