"""The owner's walk through client orders: planned, asked for, declined, done, checked, given back and accepted."""

import datetime
from typing import Any

from tests.contract.walk import Walk
from tests.harness import Harness, eventually

V1 = "/matching/v1"
ORDER, TASK = V1 + "/orders/{order_id}", V1 + "/tasks/{task_id}"
ASSIGNMENT, MINE = V1 + "/assignments/{assignment_id}", V1 + "/me/assignments/{assignment_id}"


async def walk_orders(
    walk: Walk, harness: Harness, tenant: str, resident_id: str, municipality_code: str, today: datetime.date
) -> None:
    """`resident_id` works with a centre."""
    ids = {"resident_id": resident_id, "code": "entry"}
    workers = harness.of("matching").core.db["workers"]
    await eventually(lambda: workers.count_documents({"tenant_id": tenant, "resident_id": resident_id}))
    due = f"{today + datetime.timedelta(days=60)}T18:00:00+09:00"
    company = {"name": "見本商店", "municipality_code": municipality_code}
    ids["company_id"] = (await walk.go("staff", "POST", f"{V1}/companies", json=company))["id"]
    await _order(walk, ids, due)
    await _plan(walk, ids)
    asked = {"task_id": ids["task_id"], "resident_id": resident_id, "beyond": True}
    declined = await _ask(walk, ids, asked)
    await walk.go("resident", "POST", MINE + "/decline", declined)
    pin = {"kind": "pin", "note": "見本の覚え書き"}
    await walk.go("staff", "PUT", TASK + "/overrides/{resident_id}", ids, json=pin)
    edited = await _ask(walk, ids, asked)
    instead = {"resident_id": resident_id, "beyond": True}
    made = await walk.go("staff", "POST", ASSIGNMENT + "/replace", edited, json=instead)
    await walk.go("staff", "POST", ASSIGNMENT + "/withdraw", {"assignment_id": made["id"]})
    await _work(walk, ids, asked)
    await walk.go("staff", "DELETE", TASK + "/overrides/{resident_id}", ids)
    await walk.go("staff", "POST", ORDER + "/deliver", ids)
    lines = {"lines": [{"task_id": ids["task_id"], "quantity": 1}], "due_at": due}
    await walk.go("staff", "POST", ORDER + "/client-return", ids, json=lines)
    back = (await walk.go("staff", "GET", ORDER + "/tasks", ids))[-1]
    await walk.go("staff", "POST", TASK + "/cancel", {"task_id": back["id"]})
    await walk.go("staff", "POST", ORDER + "/deliver", ids)
    await walk.go("staff", "POST", ORDER + "/client-acceptance", ids)


async def _order(walk: Walk, ids: dict[str, str], due: str) -> None:
    kind = {"name": "見本の入力", "unit": "件", "unit_minutes": 3}
    await walk.go("staff", "PUT", V1 + "/task-types/{code}", ids, json=kind)
    await walk.go("staff", "GET", f"{V1}/task-types")
    terms = {"title": "見本の名簿の入力", "due_at": due}
    order = {**terms, "company_id": ids["company_id"]}
    gone = {"order_id": (await walk.go("staff", "POST", f"{V1}/orders", json=order))["id"]}
    await walk.go("staff", "POST", ORDER + "/cancel", gone)
    ids["order_id"] = (await walk.go("staff", "POST", f"{V1}/orders", json=order))["id"]
    await walk.go("staff", "GET", f"{V1}/orders")
    await walk.go("staff", "GET", ORDER, ids)
    await walk.go("staff", "PUT", ORDER, ids, json={**terms, "critical": True})
    task: dict[str, Any] = {"type": "entry", "quantity": 20, "unit_minutes": 3, "due_at": due}
    ids["task_id"] = (await walk.go("staff", "POST", ORDER + "/tasks", ids, json=task))["id"]
    await walk.go("staff", "GET", TASK, ids)
    await walk.go("staff", "PUT", TASK, ids, json={**task, "quantity": 10})
    await walk.go("staff", "POST", ORDER + "/accept", ids)


async def _plan(walk: Walk, ids: dict[str, str]) -> None:
    plan = {"plan_id": (await walk.go("staff", "POST", f"{V1}/assignment-plans"))["id"]}
    await walk.go("staff", "GET", f"{V1}/assignment-plans")
    await walk.go("staff", "GET", V1 + "/assignment-plans/{plan_id}", plan)
    await walk.go("staff", "POST", V1 + "/assignment-plans/{plan_id}/ask", plan, json={"places": []})
    await walk.go("staff", "GET", f"{V1}/order-workers")
    await walk.go("staff", "GET", V1 + "/order-workers/{resident_id}/abilities", ids)


async def _ask(walk: Walk, ids: dict[str, str], asked: dict[str, Any]) -> dict[str, str]:
    made = await walk.go("staff", "POST", f"{V1}/assignments", json=asked)
    return {**ids, "assignment_id": made["id"]}


async def _work(walk: Walk, ids: dict[str, str], asked: dict[str, Any]) -> None:
    """Recorded by the worker, put right by staff, and looked at."""
    one = await _ask(walk, ids, asked)
    by_order = {"order_id": ids["order_id"]}
    await walk.go("staff", "GET", f"{V1}/assignments", params=by_order)
    await walk.go("staff", "GET", ASSIGNMENT, one)
    await walk.go("resident", "GET", f"{V1}/me/assignments")
    await walk.go("resident", "GET", MINE, one)
    await walk.go("resident", "POST", MINE + "/accept", one)
    await walk.go("resident", "POST", MINE + "/start", one)
    done = {"done": 10, "minutes": 30}
    await walk.go("resident", "POST", MINE + "/result", one, json=done)
    await walk.go("staff", "POST", ASSIGNMENT + "/result", one, json={**done, "minutes": 35})
    await walk.go("staff", "POST", ASSIGNMENT + "/check", one, json={"checked": 10, "passed": 10})
