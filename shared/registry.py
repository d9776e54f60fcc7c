"""The live picture of what is declared: tenants, pools and API keys, from the KV buckets, in memory.

The watch is renewed every minute and after every reconnect, and builds its picture from the whole bucket, so that neither a lost watch nor a
bucket that was deleted and filled again leaves a process with an old picture.
"""

import asyncio
from typing import TypeVar

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import BucketNotFoundError, NotFoundError
from nats.js.kv import KeyValue
from pydantic import BaseModel, ValidationError

from shared.errors import Unavailable
from shared.pools import Pool
from shared.tenancy import ApiKey, Tenant

log = structlog.get_logger()

TENANTS_BUCKET = "tenants"
POOLS_BUCKET = "pools"
KEYS_BUCKET = "api_keys"
RENEW_EVERY = 60.0

M = TypeVar("M", bound=BaseModel)


async def bucket(nc: Client, name: str, *, replicas: int = 1) -> KeyValue:
    """The KV bucket, created when missing."""
    js = nc.jetstream()
    try:
        return await js.key_value(name)
    except (BucketNotFoundError, NotFoundError):
        return await js.create_key_value(bucket=name, history=5, replicas=replicas)


class Registry:
    """Tenants by id and host, pools by id, API keys by key id. `ready` is set once all have been read."""

    def __init__(self, nc: Client, *, replicas: int = 1) -> None:
        self.nc = nc
        self.replicas = replicas
        self.tenants: dict[str, Tenant] = {}
        self.pools: dict[str, Pool] = {}
        self.keys: dict[str, ApiKey] = {}
        self.ready = asyncio.Event()
        self._renew = asyncio.Event()

    def tenant(self, tenant_id: str) -> Tenant | None:
        return self.tenants.get(tenant_id)

    def pool(self, pool_id: str) -> Pool | None:
        return self.pools.get(pool_id)

    def pools_of(self, tenant_id: str) -> list[Pool]:
        """The pools that the tenant is a member of, in order of their ids."""
        return [pool for _, pool in sorted(self.pools.items()) if pool.member(tenant_id)]

    def by_host(self, host: str) -> Tenant | None:
        """The tenant whose pages are at `host` (a port is ignored)."""
        name = host.partition(":")[0].lower()
        return next((t for t in self.tenants.values() if name in t.spec.hosts), None)

    def reconnected(self) -> None:
        self._renew.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._renew.clear()
            try:
                await self._follow(stop)
            except (NatsError, Unavailable, TimeoutError, OSError) as error:
                log.warning("registry_waits", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _follow(self, stop: asyncio.Event) -> None:
        """Read the buckets whole, then follow their changes until it is time to read them anew."""
        names = (TENANTS_BUCKET, POOLS_BUCKET, KEYS_BUCKET)
        buckets = [await bucket(self.nc, name, replicas=self.replicas) for name in names]
        tenants, pools, keys = watchers = [await kv.watchall() for kv in buckets]
        try:
            self.tenants = await whole(buckets[0], tenants, Tenant)
            self.pools = await whole(buckets[1], pools, Pool)
            self.keys = await whole(buckets[2], keys, ApiKey)
            self.ready.set()
            followers = [
                asyncio.ensure_future(_changes(tenants, Tenant, self.tenants)),
                asyncio.ensure_future(_changes(pools, Pool, self.pools)),
                asyncio.ensure_future(_changes(keys, ApiKey, self.keys)),
                asyncio.ensure_future(self._renew.wait()),
                asyncio.ensure_future(stop.wait()),
            ]
            try:
                await asyncio.wait(followers, timeout=RENEW_EVERY, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for follower in followers:
                    follower.cancel()
                await asyncio.gather(*followers, return_exceptions=True)
        finally:
            for watcher in watchers:
                try:
                    await watcher.stop()  # type: ignore[no-untyped-call]
                except (NatsError, OSError):  # the connection is gone, and the watch with it
                    pass


async def whole(kv: KeyValue, watcher: KeyValue.KeyWatcher, model: type[M]) -> dict[str, M]:
    """What the watched bucket holds now, by name."""
    found: dict[str, M] = {}
    for entry in await entries(kv, watcher):
        _apply(entry, model, found)
    return found


async def entries(kv: KeyValue, watcher: KeyValue.KeyWatcher) -> list[KeyValue.Entry]:
    """What `kv` holds, read from the beginning of `watcher`, deletions included.

    The watcher's own mark for "that was all" is not relied on: nats-py gives it too early when the server has sent the entries but its
    answer about the consumer overtakes them, and a full bucket would look empty. Each entry says how many follow it.
    """
    found: list[KeyValue.Entry] = []
    if (await kv.status()).values == 0:
        return found
    while not found or found[-1].delta:
        entry = await watcher.updates(timeout=5)  # type: ignore[no-untyped-call]
        if entry is not None:
            found.append(entry)
    return found


async def _changes(watcher: KeyValue.KeyWatcher, model: type[M], into: dict[str, M]) -> None:
    async for entry in watcher:
        if entry is not None:
            _apply(entry, model, into)


def _apply(entry: KeyValue.Entry, model: type[M], into: dict[str, M]) -> None:
    if entry.operation in ("DEL", "PURGE"):
        into.pop(entry.key, None)
        return
    try:
        into[entry.key] = model.model_validate_json(entry.value or b"")
    except ValidationError:
        log.error("declaration_unreadable", kind=model.__name__, name=entry.key)
