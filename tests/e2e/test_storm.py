"""The proof over HTTP, with real processes: one slot for five hundred, and two thousand commands while processes are killed."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.declared import REPOSITORY
from shared.auth import Authenticator
from shared.clock import TOKYO, set_shift
from shared.ids import new_ulid
from shared.secrets import Secrets
from shared.settings import CoreSettings
from tests.e2e.stacks import Running
from tests.e2e.storm import proof
from tests.e2e.storm.asking import Insistent
from tests.e2e.storm.stack import BookingStack, booking_processes, register

APIS = 2
WANT_IT, CONNECTIONS = 500, 4
CLIENTS, COMMANDS, SEED = 8, 2000, 20261122
RESIDENTS = 10
HALF_PAST_MIDNIGHT = 1470
BEATS = (("booking-1", 0.2), ("mongo", 0.45), ("booking-2", 0.7))
"""Who is killed (-9) once this share of the commands has been decided."""
TIME_BOX = 240.0
"""Half a minute, and a minute more when a killed process leaves a transaction behind: see `asking.PATIENCE_SECONDS`."""
WEEK = [{"weekday": d, "start_minute": s, "end_minute": e} for d in range(7) for s, e in ((180, 1620),)]
MORNINGS = [{"weekday": d, "start_minute": 0, "end_minute": 1320} for d in range(7)]


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, BookingStack]]:
    with booking_processes(tmp_path_factory.mktemp("storm"), APIS) as made:
        yield made


@pytest.fixture
async def banso(processes: tuple[Running, BookingStack]) -> AsyncIterator[Running]:
    yield processes[0]
    await set_shift(processes[0].plan.nats, timedelta())


@pytest.fixture
def urls(processes: tuple[Running, BookingStack]) -> list[str]:
    return processes[1].urls


def resident_token(banso: Running, tenant: str, resident_id: str) -> str:
    settings = CoreSettings(secrets_dir=banso.plan.materials.secrets)
    issuing = Authenticator(None, Secrets(settings.secrets_dir), settings)  # type: ignore[arg-type]
    return issuing.session(tenant, resident_id)


async def counsellor(banso: Running, url: str, tenant: str, hours: list[dict[str, int]]) -> str:
    body = {
        "display_name": "見本 相談員",
        "channels": ["online"],
        "weekly_hours": hours,
        "works_holidays": True,
    }
    headers = {"Authorization": f"Bearer {banso.stack.key(tenant, 'staff')}"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as staff:
        answer = await staff.post("/booking/v1/counsellors", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def some_days_ahead() -> str:
    return (datetime.now(TOKYO) + timedelta(days=3)).date().isoformat()


async def test_of_five_hundred_who_want_one_slot_exactly_one_gets_it(banso: Running, urls: list[str]) -> None:
    wanted = {
        "counsellor_id": await counsellor(banso, urls[0], "sample-a", WEEK),
        "service_date": some_days_ahead(),
        "start_minute": HALF_PAST_MIDNIGHT,
        "channel": "online",
    }
    residents = await register(banso, "sample-a", [f"storm-{n}" for n in range(WANT_IT)])
    tokens = [resident_token(banso, "sample-a", resident) for resident in residents]
    clients = [httpx.AsyncClient() for _ in range(CONNECTIONS)]
    asking = [Insistent(http, [*urls[n % APIS :], *urls[: n % APIS]]) for n, http in enumerate(clients)]
    answers = await asyncio.gather(
        *(
            asking[n % CONNECTIONS].ask(
                "POST", "/me/appointments", wanted, new_ulid(), {"Authorization": f"Bearer {token}"}
            )
            for n, token in enumerate(tokens)
        )
    )
    for client in clients:
        await client.aclose()
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: WANT_IT - 1}
    losers = [answer.json() for answer in answers if answer.status_code == 409]
    assert {loser["type"].rpartition("/")[2] for loser in losers} == {"slot-taken"}
    assert all(len(loser["alternatives"]) == 3 for loser in losers)
    (winner,) = (answer.json()["id"] for answer in answers if answer.status_code == 201)
    kept = banso.rows("booking", "appointments", **{"slot.counsellor_id": wanted["counsellor_id"]})
    assert [row["_id"] for row in kept] == [winner]
    print(f"on the way: {sum((a.figures for a in asking), Counter())}")
    print(await banso.commanded("services.booking.audit"))


@pytest.mark.timeout(TIME_BOX + 60)
async def test_two_thousand_commands_while_processes_are_killed_lose_and_double_nothing(
    banso: Running, urls: list[str], tmp_path: Path
) -> None:
    plan = await _plan(banso, urls, tmp_path)
    others = {row["_id"] for row in banso.rows("booking", "appointments")}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    began = time.monotonic()
    clients = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.e2e.storm.client", str(file), str(n), cwd=REPOSITORY, stderr=PIPE
        )
        for n in range(CLIENTS)
    ]
    try:
        await _break(banso, tmp_path, clients)
        ends = await asyncio.wait_for(asyncio.gather(*(c.communicate() for c in clients)), TIME_BOX)
    finally:
        for client in clients:
            if client.returncode is None:
                client.kill()
    took = time.monotonic() - began
    ledger = proof.lines(tmp_path)
    _tell(ledger, took)
    assert [complaint.decode() for _, complaint in ends if complaint] == []
    assert all(client.returncode == 0 for client in clients)
    assert len(proof.commands(ledger)) >= COMMANDS
    stored = [row for row in banso.rows("booking", "appointments") if row["_id"] not in others]
    assert proof.findings(ledger, stored, banso.rows("booking", "counsellors")) == []
    print(await banso.commanded("services.booking.audit"))


async def _plan(banso: Running, urls: list[str], folder: Path) -> dict[str, Any]:
    tenants = ("sample-a", "sample-b")
    people = {
        tenant: [await counsellor(banso, urls[0], tenant, hours) for hours in (WEEK, MORNINGS)]
        for tenant in tenants
    }
    residents = {
        tenant: await register(banso, tenant, [f"storm-r{n}" for n in range(RESIDENTS)]) for tenant in tenants
    }
    return {
        "bases": urls,
        "staff": {tenant: banso.stack.key(tenant, "staff") for tenant in tenants},
        "residents": {t: {r: resident_token(banso, t, r) for r in found} for t, found in residents.items()},
        "counsellors": people,
        "first_day": some_days_ahead(),
        "seed": SEED,
        "commands": COMMANDS // CLIENTS,
        "folder": str(folder),
    }


async def _break(banso: Running, folder: Path, clients: list[asyncio.subprocess.Process]) -> None:
    """Kill one process after another, and let holds run out once, while the clients are at work."""
    for name, share in BEATS:
        while proof.decided(folder) < COMMANDS * share and any(c.returncode is None for c in clients):
            await asyncio.sleep(0.1)
        assert any(c.returncode is None for c in clients), f"all was over before {name} was killed"
        await asyncio.to_thread(banso.stack.kill, name)
        await asyncio.to_thread(banso.stack.start, name)
        await set_shift(banso.plan.nats, timedelta(minutes=11 * (1 + BEATS.index((name, share)))))


def _tell(ledger: list[dict[str, Any]], seconds: float) -> None:
    decided = Counter(f"{line['op']} {line['status']}" for line in proof.commands(ledger))
    figures: Counter[str] = Counter()
    for line in ledger:
        if line["op"] == "figures":
            figures.update({name: count for name, count in line.items() if name != "op"})
    print(f"{decided.total()} commands in {seconds:.0f} s: {dict(sorted(decided.items()))}; {dict(figures)}")
