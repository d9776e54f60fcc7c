"""What a request for free days costs over HTTP beside a request for nothing: one connection, the kinds in turn, medians."""

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import nats

from services.booking.counsellor import Counsellor
from services.booking.hours import WeeklyHours
from services.booking.settings import Settings
from services.booking.store import COLLECTIONS, Counsellors
from shared.declare import apply
from shared.idempotency import Command
from shared.ids import derived_id
from shared.keys import create_issuer, issue
from shared.runtime import Core, connect_core
from shared.secrets import create_missing
from shared.tenancy import ApiKey
from tests.bench.booking.change import calendars
from tests.bench.booking.sample import staff
from tests.bench.booking.served import BARE, CHANGE, EMPTY
from tests.bench.connection import Connection
from tests.bench.figures import median
from tests.bench.sample import TENANT, tenant
from tests.servers.embedded import free_port, process

DAYS = "/booking/v1/availability/days?days=31&minutes=60"
ROUNDS, WARM, DEADLINE = 400, 50, 90.0


@dataclass
class Read:
    """Milliseconds, medians of one request; `size` is the answer's in bytes."""

    counsellors: int
    bare: float
    empty: float
    unchanged: float
    changed: float
    size: int


@dataclass(frozen=True)
class Place:
    mongo_url: str
    nats_url: str
    folder: Path


def settings_of(place: Place, prefix: str) -> Settings:
    return Settings(
        mongo_url=place.mongo_url,
        nats_url=place.nats_url,
        database_prefix=prefix,
        secrets_dir=place.folder / "secrets",
        staff_jwks=str(place.folder / "issuer" / "jwks.json"),
    )


async def declare(place: Place) -> str:
    """Declare the municipality; returns an API key that may read and book."""
    create_missing(place.folder / "secrets", TENANT)
    create_issuer(place.folder / "issuer")
    scopes = ["appointments:read", "appointments:write", "counsellors:write"]
    key, resource = issue(TENANT, "bench", "test", scopes, None, None)
    nc = await nats.connect(place.nats_url)
    await apply(nc, [tenant(), ApiKey.model_validate(resource)])
    await nc.close()
    return key


async def fill(place: Place, prefix: str, count: int, first_day: date) -> str:
    """A staff of `count` in booking's database; returns the id of one of them, who has no appointments yet and works every day."""
    made = staff(count - 1, first_day)
    always = tuple(WeeklyHours(day, 600, 1260) for day in range(7))
    idle = Counsellor(
        derived_id("cou", "bench-idle"), "見本", ("ja",), ("online",), always, works_holidays=True
    )
    core = await connect_core("booking", settings_of(place, prefix), COLLECTIONS)
    await _keep(core, [*made.people, idle])
    documents = calendars(made)
    for begin in range(0, len(documents), 1000):
        await core.db["calendars"].insert_many(documents[begin : begin + 1000], ordered=False)
    await core.nc.close()
    core.db.close()
    return idle.id


async def _keep(core: Core, people: Sequence[Counsellor]) -> None:
    counsellors = Counsellors(core.outbox, core.clock)
    for number, person in enumerate(people):
        await counsellors.add(TENANT, person, Command(f"bench-{number}", "bench"))


@contextmanager
def serving(place: Place, prefix: str, counsellor_id: str) -> Iterator[int]:
    """Booking in a process of its own; yields its port."""
    port = free_port()
    environment = {
        "BANSO_MONGO_URL": place.mongo_url,
        "BANSO_NATS_URL": place.nats_url,
        "BANSO_DATABASE_PREFIX": prefix,
        "BANSO_SECRETS_DIR": str(place.folder / "secrets"),
        "BANSO_STAFF_JWKS": str(place.folder / "issuer" / "jwks.json"),
        "BOOKING_PORT": str(port),
        "BENCH_COUNSELLOR": counsellor_id,
    }
    log = place.folder / f"{prefix}.log"
    with ExitStack() as stack:
        argv = [sys.executable, "-m", "tests.bench.booking.served", "all"]
        running = stack.enter_context(process(argv, log, environment))
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                    break
            except OSError:
                if time.monotonic() > deadline or running.poll() is not None:
                    raise RuntimeError(f"booking does not answer:\n{log.read_text()[-3000:]}") from None
                time.sleep(0.05)
        yield port


async def measure(port: int, key: str, count: int) -> Read:
    connection = await Connection.open("127.0.0.1", port)
    head = f"Authorization: Bearer {key}\r\n"

    async def get(path: str) -> bytes:
        status, body = await connection.get(path, head)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:300]!r}")
        return body

    async def change() -> None:
        await connection.post(CHANGE, head, b"{}")

    await _in_memory(get, change)
    took: dict[str, list[float]] = {"bare": [], "empty": [], "unchanged": [], "changed": []}
    for number in range(WARM + ROUNDS):
        for kind, path in (("bare", BARE), ("empty", EMPTY), ("unchanged", DAYS), ("changed", DAYS)):
            if kind == "changed":
                await change()
            begun = time.perf_counter()
            body = await get(path)
            if number >= WARM:
                took[kind].append((time.perf_counter() - begun) * 1000)
    size = len(body)
    connection.close()
    medians = {kind: median(values) for kind, values in took.items()}
    return Read(count, **medians, size=size)


async def _in_memory(get: Callable[[str], Awaitable[bytes]], change: Callable[[], Awaitable[None]]) -> None:
    """Wait until a change is seen at once: then the answer comes from memory."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        answers = []
        for _ in range(3):
            await change()
            answers.append(json.loads(await get(DAYS))["days"])
        if answers[0] != answers[1] != answers[2]:
            return
        await asyncio.sleep(0.2)
    raise RuntimeError("booking's memory does not become ready")
