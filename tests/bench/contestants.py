"""What is measured: two floors and the spine, each as processes that stay up for all rounds."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nats
from nats.js.api import AckPolicy, ConsumerConfig, StorageType, StreamConfig

from shared.declare import apply
from shared.inbox import INBOX
from shared.keys import create_issuer, issue
from shared.mongo import Database
from shared.publisher import EVENT_LOG
from shared.secrets import create_missing
from shared.tenancy import ApiKey
from tests.bench.floor import Place
from tests.bench.load import Drive, Outcome
from tests.bench.sample import BODY, TENANT, tenant
from tests.servers.embedded import free_port, process

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0

BARE_FLOOR, FLOOR, SPINE = "floor without HTTP", "floor", "spine"
REGISTERING, EFFECTS, DATABASE, BROKER, LOAD = (
    "registering process",
    "effect's process",
    "database",
    "broker",
    "load",
)


@dataclass(frozen=True)
class Servers:
    folder: Path
    mongo_url: str
    nats_url: str
    pids: dict[str, int]


@dataclass(frozen=True)
class Contestant:
    """`command` runs one round; `pids` are the processes that do the work beside it."""

    name: str
    command: Sequence[str]
    plan: Drive
    pids: dict[str, int]
    place: Place | None = None

    @property
    def drives_itself(self) -> bool:
        """Whether the load runs inside the registering process."""
        return self.place is not None

    def run(self, count: int, rate: float | None = None) -> Outcome:
        """One round. Raises RuntimeError with what the round wrote when it failed."""
        plan = {**asdict(self.plan), "count": count, "rate": rate, "warm": 100 if rate is None else 30}
        given = plan if self.place is None else {"place": asdict(self.place), "plan": plan}
        done = subprocess.run(
            [*self.command, json.dumps(given)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"a round of {self.name} failed:\n{done.stderr[-3000:]}")
        return Outcome(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def plain_floor(servers: Servers, *, http: bool) -> Iterator[Contestant]:
    """The floor, behind a bare ASGI endpoint or without HTTP."""
    place = Place(
        "floorhttp" if http else "floor", servers.mongo_url, servers.nats_url, free_port(), tenant=TENANT
    )
    asyncio.run(_prepare(place))
    plan = Drive(
        servers.nats_url, place.stream, f"{place.name}-residents", 0, port=place.port, path="/", body=BODY
    )
    with ExitStack() as stack:
        pids = dict(servers.pids)
        roles = {REGISTERING: "producer", EFFECTS: "consumer"} if http else {EFFECTS: "consumer"}
        for part, role in roles.items():
            argv = [sys.executable, "-m", "tests.bench.floor", role, json.dumps({"place": asdict(place)})]
            running = _start(stack, servers, f"{place.name}-{role}", argv, {})
            pids[part] = running.pid
            if role == "producer":
                _wait(f"http://127.0.0.1:{place.port}/", running, servers, f"{place.name}-{role}")
        if http:
            yield Contestant(FLOOR, [sys.executable, "-m", "tests.bench.load"], plan, pids)
        else:
            command = [sys.executable, "-m", "tests.bench.floor", "alone"]
            yield Contestant(BARE_FLOOR, command, plan, pids, place)


@contextmanager
def spine(servers: Servers) -> Iterator[Contestant]:
    """The services intake and matching as `make up` starts them, with one declared tenant and one API key."""
    secrets, issuer = servers.folder / "secrets", servers.folder / "issuer"
    create_missing(secrets, TENANT)
    create_issuer(issuer)
    key, resource = issue(TENANT, "bench", "live", ["residents:write"], None, None)
    asyncio.run(_declare(servers.nats_url, resource))
    environment = {
        "BANSO_MONGO_URL": servers.mongo_url,
        "BANSO_NATS_URL": servers.nats_url,
        "BANSO_DATABASE_PREFIX": "spine",
        "BANSO_SECRETS_DIR": str(secrets),
        "BANSO_STAFF_JWKS": str(issuer / "jwks.json"),
    }
    with ExitStack() as stack:
        pids, ports = dict(servers.pids), {}
        for part, name in ((REGISTERING, "intake"), (EFFECTS, "matching")):
            port = ports[name] = free_port()
            argv = [sys.executable, "-m", f"services.{name}", "all"]
            own = {**environment, f"{name.upper()}_PORT": str(port)}
            running = _start(stack, servers, name, argv, own)
            pids[part] = running.pid
            _wait(f"http://127.0.0.1:{port}/readyz", running, servers, name)
        plan = Drive(
            servers.nats_url,
            "INTAKE",
            "matching-residents",
            0,
            port=ports["intake"],
            path="/intake/v1/residents",
            headers={"Authorization": f"Bearer {key}"},
            body=BODY,
        )
        yield Contestant(SPINE, [sys.executable, "-m", "tests.bench.load"], plan, pids)


async def _prepare(place: Place) -> None:
    """The floor's stream, durables and collections: with the very indexes of the spine's."""
    from services.intake.store import COLLECTIONS as INTAKE
    from services.matching.store import COLLECTIONS as MATCHING

    for service, specs in (("intake", INTAKE), ("matching", MATCHING)):
        db = Database(place.mongo_url, f"{place.name}_{service}")
        await db.prepare([*specs, EVENT_LOG, INBOX])
        db.close()
    nc = await nats.connect(place.nats_url)
    js = nc.jetstream()
    await js.add_stream(
        StreamConfig(
            name=place.stream,
            subjects=[f"{place.name}.>"],
            storage=StorageType.FILE,
            duplicate_window=3600,
        )
    )
    for durable in ("timeline", "residents"):
        config = ConsumerConfig(
            durable_name=f"{place.name}-{durable}",
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=60,
            max_ack_pending=256,
        )
        await js.add_consumer(place.stream, config)
    await nc.close()


async def _declare(nats_url: str, key: dict[str, Any]) -> None:
    nc = await nats.connect(nats_url)
    await apply(nc, [tenant(), ApiKey.model_validate(key)])
    await nc.close()


def _start(
    stack: ExitStack, servers: Servers, name: str, argv: list[str], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    return stack.enter_context(process(argv, servers.folder / f"{name}.log", environment))


def _wait(url: str, running: subprocess.Popen[bytes], servers: Servers, name: str) -> None:
    """Until `url` answers 200. Raises RuntimeError with the end of the log when the process ends or does not answer in time."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer:\n{(servers.folder / f'{name}.log').read_text()[-3000:]}")
