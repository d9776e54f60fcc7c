"""Services in the test's own process, against real servers, with declared tenants and every kind of credential.

await harness.declare(a_tenant("kyoto"), a_tenant("kameoka"))
intake = await harness.start("intake")
answer = await intake.post("/intake/v1/…", headers=harness.staff("kyoto"), json={…})
"""

import asyncio
import importlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import nats

from shared.auth import Authenticator
from shared.declare import apply
from shared.events.envelope import Event, decode
from shared.keys import create_issuer, issue, staff_token
from shared.leases import take_lease
from shared.mongo import Database
from shared.pools import Pool
from shared.publisher import Publisher
from shared.registry import Registry
from shared.runtime import Core, Running, Service, connect_core, start
from shared.secrets import Secrets, create_missing
from shared.settings import CoreSettings
from shared.tenancy import ApiKey, Tenant

T = TypeVar("T")
DEADLINE = 30.0
"""Seconds; reached by what fails only."""
A_TEST = timedelta(hours=1)

SAMPLE_CODES = {"kyoto": "990019", "kameoka": "990027"}


def check_digit(five: str) -> str:
    """The full 6-digit municipality code of a five-digit one."""
    total = sum(int(d) * w for d, w in zip(five, (6, 5, 4, 3, 2), strict=True))
    return five + str((11 - total % 11) % 10)


def a_tenant(name: str = "sample-a", **spec: Any) -> Tenant:
    """A declared tenant; any field of its spec can be given."""
    defaults: dict[str, Any] = {
        "name": f"見本市 {name}",
        "short_name": name,
        "municipality_code": check_digit("99001" if name.endswith("a") else "99002"),
        "sample": True,
        "hosts": [f"{name}.localhost"],
        "line": {"channel_id": "1000000001", "basic_id": f"@{name}", "bot_user_id": f"U{name}"},
        "desk": {"name": "見本しごと相談窓口", "phone": "000-000-0000", "hours": "平日 9:00-17:00"},
        "agencies": [{"id": "sample-agency", "name": "見本支援機関"}],
        # a lot would make the order of proposals another at every run
        "matching": {"exploration": 0, "send_lists": True},
    }
    return Tenant.model_validate({"kind": "Tenant", "metadata": {"name": name}, "spec": {**defaults, **spec}})


def a_pool(name: str = "sample-pool", *members: dict[str, Any], **spec: Any) -> Pool:
    """A declared pool; its members are given by their fields, and are sample-a and sample-b unless told."""
    shared_by = members or tuple({"tenant": t, "quota_hours": 10} for t in ("sample-a", "sample-b"))
    fields = {"name": f"見本プール {name}", "sample": True, "members": list(shared_by), **spec}
    return Pool.model_validate({"kind": "Pool", "metadata": {"name": name}, "spec": fields})


async def eventually(
    probe: Callable[[], Awaitable[T]], *, until: Callable[[T], bool] = bool, within: float = DEADLINE
) -> T:
    """Ask `probe` until `until` holds; fails with the last answer after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = await probe()
        if until(answer):
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last: {answer!r}")
        await asyncio.sleep(0.02)


@dataclass
class Started:
    """A running service: `client` speaks to its app, `core` and `service` are what it was composed of."""

    core: Core
    service: Service
    running: Running
    client: httpx.AsyncClient

    async def close(self) -> None:
        await self.running.finish(5)
        await self.client.aclose()
        await self.core.nc.close()
        self.core.db.close()


class Harness:
    def __init__(self, settings: CoreSettings, folder: Path) -> None:
        self.settings = settings
        self.issuer = folder / "issuer"
        self.started: list[Started] = []
        self._keys: dict[tuple[str, ...], str] = {}
        create_issuer(self.issuer)

    async def declare(self, *resources: Tenant | Pool | ApiKey) -> None:
        """Apply tenants (their secrets are made), pools and keys, as the command would; returns when every started service knows them."""
        for resource in resources:
            if isinstance(resource, Tenant):
                create_missing(self.settings.secrets_dir, resource.id)
        nc = await nats.connect(self.settings.nats_url)
        await apply(nc, list(resources))
        await nc.close()
        for started in self.started:
            for resource in resources:
                await eventually(partial(_known, started.core.registry, resource))

    async def start(self, name: str, *, role: str = "all", **settings: Any) -> httpx.AsyncClient:
        """Start service `name` with extra settings; returns a client of its app."""
        return (await self.launch(name, role=role, **settings)).client

    async def launch(self, name: str, *, role: str = "all", **settings: Any) -> Started:
        app = importlib.import_module(f"services.{name}.app")
        store = importlib.import_module(f"services.{name}.store")
        made = importlib.import_module(f"services.{name}.settings").Settings(
            **self.settings.model_dump(), **settings
        )
        core = await connect_core(name, made, store.COLLECTIONS)
        service: Service = await app.compose(core)
        running = await start(core, service, role)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=service.app, raise_app_exceptions=False),
            base_url="http://sample-a.localhost:8080",
        )
        started = Started(core, service, running, client)
        self.started.append(started)
        return started

    async def keep(self, service: str, *rounds: str) -> None:
        """The test makes these rounds of `service` itself: it holds their leases, so that no process's timer makes one beside it."""
        db = Database(self.settings.mongo_url, f"{self.settings.database_prefix}_{service}")
        for name in rounds:
            assert await take_lease(db, name, "the test", A_TEST)
        db.close()

    def of(self, name: str) -> Started:
        return next(s for s in self.started if s.core.name == name)

    def staff(self, tenant: str, *roles: str, counsellor_id: str | None = None) -> dict[str, str]:
        """Headers of a staff token."""
        token = staff_token(
            self.issuer,
            self.settings,
            tenant,
            f"sample-{'-'.join(roles) or 'staff'}",
            list(roles or ("staff",)),
            counsellor_id,
        )
        return {"Authorization": f"Bearer {token}"}

    async def key(self, tenant: str, *scopes: str, agency: str | None = None) -> dict[str, str]:
        """Headers of an API key, issued and applied on first use."""
        wanted = (tenant, agency or "", *scopes)
        if wanted not in self._keys:
            text, resource = issue(tenant, "test", "test", list(scopes), agency, None)
            key = ApiKey.model_validate(resource)
            await self.declare(key)
            self._keys[wanted] = text
        return {"Authorization": f"Bearer {self._keys[wanted]}"}

    def resident(self, tenant: str, resident_id: str) -> dict[str, str]:
        """Headers of a resident's session."""
        secrets = Secrets(self.settings.secrets_dir)
        token = Authenticator(None, secrets, self.settings).session(tenant, resident_id)  # type: ignore[arg-type]
        return {"Authorization": f"Bearer {token}"}

    async def publish(self, *events: Event) -> None:
        """Publish events as another service would."""
        nc = await nats.connect(self.settings.nats_url)
        for event in events:
            await nc.jetstream().publish(event.nats_subject, event.encode(), headers=event.headers())
        await nc.close()

    async def published(self, service: str, event_type: str | None = None) -> list[Event]:
        """What `service` has published and archived, oldest first; what it has written so far is."""
        for started in (s for s in self.started if s.core.name == service):
            await eventually(partial(_idle, started.core.publisher))
        rows = await self.of(service).core.db["event_log"].find({}).sort("_id", 1).to_list(None)
        events = [decode(row["event"].encode()) for row in rows]
        return [e for e in events if event_type is None or e.type == event_type]

    async def close(self) -> None:
        for started in reversed(self.started):
            await started.close()


async def _idle(publisher: Publisher) -> bool:
    return publisher.idle


async def _known(registry: Registry, resource: Tenant | Pool | ApiKey) -> bool:
    if isinstance(resource, Tenant):
        return registry.tenants.get(resource.id) == resource
    if isinstance(resource, Pool):
        return registry.pools.get(resource.id) == resource
    return registry.keys.get(resource.id) == resource
