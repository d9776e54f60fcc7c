"""Apply declarations (tenants, pools, API keys): `python -m shared.declare apply tenants/ keys/*.yaml | delete apikey NAME | list | schema`.

Everything is read and checked before anything is written: one bad file changes nothing.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import nats
import yaml
from nats.aio.client import Client
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import ValidationError

from shared.errors import Invalid
from shared.key_use import last_used
from shared.pools import Pool
from shared.registry import KEYS_BUCKET, POOLS_BUCKET, TENANTS_BUCKET, Registry, bucket, whole
from shared.settings import CoreSettings
from shared.streams import reconcile
from shared.tenancy import ApiKey, Tenant

Resource = Tenant | Pool | ApiKey
KINDS: dict[str, type[Resource]] = {"Tenant": Tenant, "Pool": Pool, "ApiKey": ApiKey}
M = TypeVar("M", Tenant, Pool)
BUCKETS = {"Tenant": TENANTS_BUCKET, "Pool": POOLS_BUCKET, "ApiKey": KEYS_BUCKET}


def read(paths: list[Path]) -> list[Resource]:
    """The resources of files and folders (`*.yaml`). Raises Invalid, naming file and field, for the first that is wrong."""
    files = [f for p in paths for f in (sorted(p.rglob("*.yaml")) if p.is_dir() else [p])]
    found: list[tuple[Path, Resource]] = []
    for file in files:
        try:
            documents: list[Any] = [d for d in yaml.safe_load_all(file.read_text("utf-8")) if d is not None]
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise Invalid(str(file), f"cannot be read: {error}") from error
        found.extend((file, _resource(file, document)) for document in documents)
    _check_together(found)
    return [resource for _, resource in found]


def _resource(file: Path, document: Any) -> Resource:
    kind = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(f"{file}: kind", f"must be one of {', '.join(KINDS)}, not {kind!r}")
    try:
        return KINDS[kind].model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Invalid(f"{file}: {'.'.join(map(str, first['loc']))}", first["msg"]) from error


def _check_together(found: list[tuple[Path, Resource]]) -> None:
    named: dict[tuple[str, str], Path] = {}
    hosts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for file, resource in found:
        if first := named.get((resource.kind, resource.id)):
            raise Invalid(f"{file}: metadata.name", f"{resource.id} is declared in {first} already")
        named[resource.kind, resource.id] = file
        if isinstance(resource, Tenant):
            _claim(hosts, resource, f"{file}: ")
        if not isinstance(resource, ApiKey):
            _claim_name(kinds, resource, f"{file}: ")


def _claim(hosts: dict[str, str], tenant: Tenant, where: str = "") -> None:
    for host in tenant.spec.hosts:
        if hosts.setdefault(host, tenant.id) != tenant.id:
            raise Invalid(f"{where}spec.hosts", f"{host} belongs to {hosts[host]} and to {tenant.id}")


def _claim_name(kinds: dict[str, str], resource: Tenant | Pool, where: str = "") -> None:
    """A pool's id stands where a tenant's would: nothing may be both."""
    if kinds.setdefault(resource.id, resource.kind) != resource.kind:
        raise Invalid(f"{where}metadata.name", f"{resource.id} is the name of a {kinds[resource.id]} already")


async def apply(nc: Client, found: Sequence[Resource], *, replicas: int = 1) -> None:
    """Write the declared state to the KV buckets. Streams and durables are reconciled on the way.

    Raises Invalid, and writes nothing, when a host or a name belongs to what was declared before, or when a pool has a member
    that is no declared tenant.
    """
    await reconcile(nc.jetstream(), replicas=replicas)
    buckets = {kind: await bucket(nc, name, replicas=replicas) for kind, name in BUCKETS.items()}
    await _check_against_declared(buckets, found)
    for resource in found:
        await buckets[resource.kind].put(resource.id, resource.model_dump_json(by_alias=True).encode())


async def _check_against_declared(buckets: dict[str, KeyValue], found: Sequence[Resource]) -> None:
    tenants = await _declared(buckets["Tenant"], Tenant)
    tenants |= {resource.id: resource for resource in found if isinstance(resource, Tenant)}
    pools = await _declared(buckets["Pool"], Pool)
    pools |= {resource.id: resource for resource in found if isinstance(resource, Pool)}
    hosts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for tenant in tenants.values():
        _claim(hosts, tenant)
        _claim_name(kinds, tenant)
    for pool in pools.values():
        _claim_name(kinds, pool)
    for pool in (resource for resource in found if isinstance(resource, Pool)):
        for n, member in enumerate(pool.spec.members):
            if member.tenant not in tenants:
                raise Invalid(f"spec.members.{n}.tenant", f"no tenant {member.tenant} is declared")


async def _declared(kv: KeyValue, model: type[M]) -> dict[str, M]:
    watcher = await kv.watchall()
    try:
        return await whole(kv, watcher, model)
    finally:
        await watcher.stop()  # type: ignore[no-untyped-call]


async def _apply_files(paths: list[Path]) -> None:
    settings = CoreSettings()
    found = read(paths)
    nc = await nats.connect(settings.nats_url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        await apply(nc, found, replicas=settings.nats_replicas)
    finally:
        await nc.close()
    for resource in found:
        print(f"{resource.kind.lower()}/{resource.id} applied")


async def _list() -> None:
    nc = await nats.connect(CoreSettings().nats_url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        registry = Registry(nc)
        stop = asyncio.Event()
        running = asyncio.create_task(registry.run(stop))
        await asyncio.wait_for(registry.ready.wait(), 10)
        stop.set()
        await running
        used = await last_used(nc)
    finally:
        await nc.close()
    for tenant in registry.tenants.values():
        print(f"tenant/{tenant.id}  {tenant.spec.municipality_code}  {tenant.spec.name}")
    for pool in registry.pools.values():
        print(f"pool/{pool.id}  {','.join(m.tenant for m in pool.spec.members)}  {pool.spec.name}")
    for key in registry.keys.values():
        print(
            f"apikey/{key.id}  {key.spec.tenant}  {key.spec.key_kind}  {key.spec.name}  {','.join(key.spec.scopes)}"
            f"  last used: {used.get(key.id, 'never')}"
        )


async def _delete(kind: str, name: str) -> bool:
    settings = CoreSettings()
    nc = await nats.connect(settings.nats_url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        names = {known.lower(): name for known, name in BUCKETS.items()}
        kv = await bucket(nc, names[kind], replicas=settings.nats_replicas)
        try:
            await kv.get(name)
        except KeyNotFoundError:
            return False
        return await kv.delete(name)
    finally:
        await nc.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m shared.declare", description="Apply declared tenants and API keys."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("apply").add_argument("paths", nargs="+", type=Path)
    actions.add_parser("schema", help="JSON Schema of the resources")
    actions.add_parser("list", help="what is declared now")
    removal = actions.add_parser("delete", help="take a declaration back, e.g. apikey k3x9… (data stay)")
    removal.add_argument("kind", choices=[kind.lower() for kind in BUCKETS])
    removal.add_argument("name")
    args = parser.parse_args()
    if args.action == "delete":
        if not asyncio.run(_delete(args.kind, args.name)):
            print(f"no {args.kind} {args.name} is declared", file=sys.stderr)
            raise SystemExit(1)
        print(f"{args.kind}/{args.name} deleted")
    elif args.action == "schema":
        print(json.dumps({k: m.model_json_schema(by_alias=True) for k, m in KINDS.items()}, indent=2))
    elif args.action == "list":
        asyncio.run(_list())
    else:
        try:
            asyncio.run(_apply_files(args.paths))
        except Invalid as error:
            print(f"{error.field}: {error.detail}", file=sys.stderr)
            raise SystemExit(1) from error


if __name__ == "__main__":
    main()
