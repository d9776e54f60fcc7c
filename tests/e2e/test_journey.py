"""The sample journey that `make demo` tells, as facts."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.declared import REPOSITORY
from deploy.local.demo.journey import Told, tell_all
from deploy.local.demo.story import Story
from deploy.local.demo.terminal import WIDTH, Terminal, columns
from deploy.local.demo.world import World
from tests.e2e.stacks import Running

CROSS_TENANT_TRIES = 10


@pytest.fixture(scope="module")
def paper() -> io.StringIO:
    return io.StringIO()


async def journey(world: World, paper: io.StringIO) -> Told:
    return await tell_all(world, Story(Terminal(paper)))


async def test_the_whole_journey_and_once_more(world: World, banso: Running, paper: io.StringIO) -> None:
    told = await journey(world, paper)
    _check_a(told)
    _check_b(told)
    assert len(told.refused) > 2 * CROSS_TENANT_TRIES and {a.status for a in told.refused} == {404}
    measured = {hop.name: hop.milliseconds for hop in told.measured}
    assert all(measured.values()), measured
    assert [line for line in paper.getvalue().splitlines() if columns(line) > WIDTH] == []
    assert "\x1b" not in paper.getvalue()

    again = await journey(world, paper)
    assert again.a.resident_id != told.a.resident_id
    assert (again.a.appointment["service_date"], again.a.appointment["counsellor_id"]) != (
        told.a.appointment["service_date"],
        told.a.appointment["counsellor_id"],
    )
    await _check_samples_stand_once(world)
    deadletters = await banso.commanded("shared.deadletters", "list")
    assert "dlq." not in deadletters, deadletters


async def _check_samples_stand_once(world: World) -> None:
    """What was brought in by both journeys: an order with two tasks for a worker whose time is known, a company that waits, a workplace."""
    async with world.staff("sample-a") as staff:

        async def found(path: str) -> list[dict[str, Any]]:
            answer = (await staff.get(f"/matching/v1/{path}")).json()
            return answer if isinstance(answer, list) else answer.get("data", answer.get("assessments"))

        orders = await found("orders")  # one a month: between the journeys a month may have begun
        assert len({order["title"] for order in orders}) == len(orders)
        for order in orders:
            assert (order["state"], len(await found(f"orders/{order['id']}/tasks"))) == ("accepted", 2)
        (worker,) = await found("order-workers")
        assert sum(day["minutes"] for day in worker["free"]) > 0
        seen = await found(f"workers/{worker['resident_id']}/assessments")
        assert {one["kind"] for one in seen} == {"self", "staff"}
        assert len(await found("companies?standing=waiting")) == 1
        linked = [offer["workplace_id"] for offer in await found("offers?limit=100") if offer["workplace_id"]]
        assert (len(linked), len(set(linked))) == (2, 1)


def test_without_a_stack_the_demo_says_so_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo"],
        cwd=REPOSITORY,
        env={**os.environ, "BANSO_LOCAL_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().splitlines() == [done.stderr.strip()]
    assert "run `make up` first" in done.stderr


def _check_a(told: Told) -> None:
    a = told.a
    assert a.greeting["via"] == "reply"
    parts = a.answer["answer"]["parts"]
    assert len(parts) == 3 and any(part["links"] for part in parts)
    assert len(a.slate["offers"]) == 3
    assert "992038" in [offer["municipality_code"] for offer in a.slate["offers"]]
    assert (a.appointment["label"], a.appointment["state"]) == ("24:30-25:30", "confirmed")
    starts_at = datetime.fromisoformat(a.appointment["starts_at"])
    assert starts_at.astimezone(UTC).strftime("%H:%M") == "15:30"
    assert (starts_at.date() - datetime.fromisoformat(a.appointment["service_date"]).date()) == timedelta(0)
    assert a.confirmation["retry_key"] != a.reminder["retry_key"]
    assert a.referral["state"] == "acknowledged"
    assert a.webhook["deliveries"] == 1
    assert a.attended["state"] == "attended"
    kinds = [step["type"] for step in a.timeline]
    assert kinds[0] == "banso.intake.resident.registered.v1"
    assert len({step["source"] for step in a.timeline}) == 4
    assert kinds.count("banso.booking.appointment.confirmed.v1") == 1


def _check_b(told: Told) -> None:
    b = told.b
    assert (b.appointment["state"], b.appointment["start_minute"] >= 18 * 60) == ("confirmed", True)
    assert b.confirmation["recipients"] == [f"{b.resident_id[-8:]}@resident.example"]
    assert set(b.ids().values()).isdisjoint(told.a.ids().values())
