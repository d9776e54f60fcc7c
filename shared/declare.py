"""Apply declarations: `python -m shared.declare apply tenants/ keys/*.yaml | delete apikey NAME | list | schema`.

Everything is read and checked before anything is written: one bad file changes nothing.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import nats
import yaml
from nats.aio.client import Client
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import ValidationError

from shared.errors import Invalid
from shared.key_use import last_used
from shared.registry import KEYS_BUCKET, TENANTS_BUCKET, Registry, bucket, whole
from shared.settings import CoreSettings
from shared.streams import reconcile
from shared.tenancy import ApiKey, Tenant

KINDS: dict[str, type[Tenant] | type[ApiKey]] = {"Tenant": Tenant, "ApiKey": ApiKey}


def read(paths: list[Path]) -> list[Tenant | ApiKey]:
    """The resources of files and folders (`*.yaml`). Raises Invalid, naming file and field, for the first that is wrong."""
    files = [f for p in paths for f in (sorted(p.rglob("*.yaml")) if p.is_dir() else [p])]
    found: list[tuple[Path, Tenant | ApiKey]] = []
    for file in files:
        try:
            documents: list[Any] = [d for d in yaml.safe_load_all(file.read_text("utf-8")) if d is not None]
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise Invalid(str(file), f"cannot be read: {error}") from error
        found.extend((file, _resource(file, document)) for document in documents)
    _check_together(found)
    return [resource for _, resource in found]


def _resource(file: Path, document: Any) -> Tenant | ApiKey:
    kind = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(f"{file}: kind", f"must be one of {', '.join(KINDS)}, not {kind!r}")
    try:
        return KINDS[kind].model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Invalid(f"{file}: {'.'.join(map(str, first['loc']))}", first["msg"]) from error


def _check_together(found: list[tuple[Path, Tenant | ApiKey]]) -> None:
    named: dict[tuple[str, str], Path] = {}
    hosts: dict[str, str] = {}
    for file, resource in found:
        if first := named.get((resource.kind, resource.id)):
            raise Invalid(f"{file}: metadata.name", f"{resource.id} is declared in {first} already")
        named[resource.kind, resource.id] = file
        if isinstance(resource, Tenant):
            _claim(hosts, resource, f"{file}: ")


def _claim(hosts: dict[str, str], tenant: Tenant, where: str = "") -> None:
    for host in tenant.spec.hosts:
        if hosts.setdefault(host, tenant.id) != tenant.id:
            raise Invalid(f"{where}spec.hosts", f"{host} belongs to {hosts[host]} and to {tenant.id}")


async def apply(nc: Client, found: list[Tenant | ApiKey], *, replicas: int = 1) -> None:
    """Write the declared state to the KV buckets. Streams and durables are reconciled on the way.

    Raises Invalid, and writes nothing, when a host belongs to a tenant that was declared before.
    """
    await reconcile(nc.jetstream(), replicas=replicas)
    tenants = await bucket(nc, TENANTS_BUCKET, replicas=replicas)
    keys = await bucket(nc, KEYS_BUCKET, replicas=replicas)
    await _check_against_declared(tenants, [r for r in found if isinstance(r, Tenant)])
    for resource in found:
        body = resource.model_dump_json(by_alias=True).encode()
        await (tenants if isinstance(resource, Tenant) else keys).put(resource.id, body)


async def _check_against_declared(bucket: KeyValue, found: list[Tenant]) -> None:
    watcher = await bucket.watchall()
    declared = await whole(watcher, Tenant)
    await watcher.stop()  # type: ignore[no-untyped-call]
    hosts: dict[str, str] = {}
    for tenant in {**declared, **{tenant.id: tenant for tenant in found}}.values():
        _claim(hosts, tenant)


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
    for key in registry.keys.values():
        print(
            f"apikey/{key.id}  {key.spec.tenant}  {key.spec.key_kind}  {key.spec.name}  {','.join(key.spec.scopes)}"
            f"  last used: {used.get(key.id, 'never')}"
        )


async def _delete(kind: str, name: str) -> bool:
    settings = CoreSettings()
    nc = await nats.connect(settings.nats_url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        kv = await bucket(
            nc, TENANTS_BUCKET if kind == "tenant" else KEYS_BUCKET, replicas=settings.nats_replicas
        )
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
    removal.add_argument("kind", choices=["tenant", "apikey"])
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
