"""The sample digital employment centre: a worker with a contract and a week, how a month went, and an order that waits to be planned.

Everything is brought in by API and may be brought in again: what stands already stays, and what is dated belongs to a week or a month,
so that a stack of last month gets this month's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from deploy.local.demo.expecting import answered, eventually
from deploy.local.demo.samples import FOLDER, made_by
from deploy.local.demo.world import World, service_time
from shared.clock import TOKYO

BOOKING, MATCHING = "/booking/v1", "/matching/v1"
WEEKS = 5
"""This one and those after it: a forecast looks at four, and the journey moves the clock ahead by days."""
CLOSING_HOUR = 17
CREATED, ALREADY = 201, 409


@dataclass(frozen=True)
class Worker:
    """Somebody at the centre: `staff` and `me` are clients with the staff key and with the worker's own session."""

    staff: httpx.AsyncClient
    me: httpx.AsyncClient
    resident_id: str


async def load(world: World, tenant: str, companies: Mapping[str, str]) -> None:
    """Bring the centre in; returns once matching knows the worker's time. `companies`: id -> name. Raises JourneyBroke."""
    sample = json.loads((FOLDER / "centre-a.json").read_text(encoding="utf-8"))
    today, _ = service_time(world.now())
    async with world.staff(tenant) as staff:
        resident = await made_by(staff, "POST", "/intake/v1/residents", "worker", sample["resident"])
        session = await made_by(staff, "POST", f"/intake/v1/residents/{resident['id']}/session", "worker", {})
        async with world.resident(tenant, session["token"]) as me:
            await _work(Worker(staff, me, resident["id"]), sample, today)
        await _task_types(staff, sample["task_types"])
        await _order(staff, sample, companies, today)


async def _work(worker: Worker, sample: Mapping[str, Any], today: date) -> None:
    centre = await made_by(worker.staff, "POST", f"{BOOKING}/centres", "centre", sample["centre"])
    await _enrol(worker, {**sample["worker"], "centre_id": centre["id"]})
    contract = await _contract(worker, today)
    if contract["state"] == "ended":  # somebody has tried that out: it stays so
        return
    monday = today - timedelta(days=today.weekday())
    for n in range(WEEKS):
        await _week(worker, sample["week"], centre["stations"][0]["id"], monday + timedelta(weeks=n), today)
    await eventually(
        lambda: worker.staff.get(f"{MATCHING}/order-workers"),
        "centre: forecast",
        "the worker's time in matching",
        until=lambda answer: worker.resident_id in answer.text,
    )
    await _assess(worker, sample["assessments"], today)


async def _enrol(worker: Worker, terms: Mapping[str, Any]) -> None:
    """Booking hears of a resident by an event: it is asked until it has."""
    body = {**terms, "resident_id": worker.resident_id}
    headers = {"Idempotency-Key": f"sample-enrol-{worker.resident_id}"}
    await eventually(
        lambda: worker.staff.post(f"{BOOKING}/workers", json=body, headers=headers),
        "centre: enrol",
        "a worker",
        until=lambda answer: answer.status_code in (CREATED, ALREADY),
    )


async def _contract(worker: Worker, today: date) -> dict[str, Any]:
    path = f"{BOOKING}/contracts"
    known = answered(await worker.staff.get(path, params={"resident_id": worker.resident_id}), "contracts")
    contract: dict[str, Any]
    if known["data"]:
        contract = known["data"][-1]
    else:
        body = {"resident_id": worker.resident_id, "starts_on": today.isoformat()}
        contract = await made_by(worker.staff, "POST", path, "contract", body)
    if contract["state"] != "proposed":
        return contract
    return await made_by(worker.me, "POST", f"{BOOKING}/me/contracts/{contract['id']}/agree", "agree", {})


async def _week(worker: Worker, hours: list[dict[str, int]], station: str, monday: date, today: date) -> None:
    """The days that are still to come of a week in which nothing stands."""
    path = f"{BOOKING}/me/week"
    known = answered(await worker.me.get(path, params={"monday": monday.isoformat()}), "centre: week")
    days = [(monday + timedelta(days=h["weekday"]), h["start_minute"], h["end_minute"]) for h in hours]
    entries = [
        {"service_date": day.isoformat(), "start_minute": start, "end_minute": end, "station_id": station}
        for day, start, end in days
        if day > today
    ]
    if entries and not known["shifts"]:
        await made_by(worker.me, "PUT", path, "week", {"monday": monday.isoformat(), "entries": entries})


async def _assess(worker: Worker, answers: Mapping[str, Any], today: date) -> None:
    """This month as both sides see it, unless they have looked at it already."""
    for client, path, side in (
        (worker.me, f"{MATCHING}/me/assessments", "self"),
        (worker.staff, f"{MATCHING}/workers/{worker.resident_id}/assessments", "staff"),
    ):
        body = {"period": f"{today:%Y-%m}", "answers": answers[side]}
        await made_by(client, "POST", path, f"assessment-{side}", body, CREATED, ALREADY)


async def _task_types(staff: httpx.AsyncClient, types: Mapping[str, Any]) -> None:
    path = f"{MATCHING}/task-types"
    known = {found["code"] for found in answered(await staff.get(path), "task types")}
    for code in types.keys() - known:
        answered(await staff.put(f"{path}/{code}", json=types[code]), f"task type {code}")


async def _order(
    staff: httpx.AsyncClient, sample: Mapping[str, Any], companies: Mapping[str, str], today: date
) -> None:
    """One order a month, for the month after it; accepted, so that its tasks may be planned."""
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    wanted = sample["order"]
    body = {
        "company_id": next(known for known, name in companies.items() if name == wanted["company"]),
        "title": wanted["title"].format(month=month.month),
        "due_at": _due(month, wanted["due_day"]),
    }
    order = await made_by(staff, "POST", f"{MATCHING}/orders", "order", body)
    path = f"{MATCHING}/orders/{order['id']}"
    for n, task in enumerate(sample["tasks"]):
        terms = {name: value for name, value in task.items() if name != "due_day"}
        await made_by(
            staff, "POST", f"{path}/tasks", f"task-{n}", {**terms, "due_at": _due(month, task["due_day"])}
        )
    if order["state"] == "draft":
        await made_by(staff, "POST", f"{path}/accept", "accept", {})


def _due(month: date, day: int) -> str:
    return datetime(month.year, month.month, day, CLOSING_HOUR, tzinfo=TOKYO).isoformat()
