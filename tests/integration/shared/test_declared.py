"""What is declared reaches every process: the registry follows, and one bad file changes nothing."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nats
import pytest
import yaml
from nats.aio.client import Client

from shared.declare import apply
from shared.errors import Invalid
from shared.keys import issue
from shared.registry import KEYS_BUCKET, POOLS_BUCKET, TENANTS_BUCKET, Registry, bucket, entries
from shared.settings import CoreSettings
from shared.tenancy import ApiKey
from tests.harness import DEADLINE, a_pool, a_tenant, eventually


@pytest.fixture
async def nc(nats_url: str) -> AsyncIterator[Client]:
    made = await nats.connect(nats_url)
    yield made
    await made.close()


@pytest.fixture
async def registry(nc: Client) -> AsyncIterator[Registry]:
    made, stop = Registry(nc), asyncio.Event()
    running = asyncio.create_task(made.run(stop))
    await asyncio.wait_for(made.ready.wait(), DEADLINE)
    yield made
    stop.set()
    await asyncio.wait_for(running, DEADLINE)


def a_key(tenant: str = "kyoto") -> ApiKey:
    return ApiKey.model_validate(issue(tenant, "test", "test", ["residents:read"], None, None)[1])


async def knows(registry: Registry, *names: str) -> None:
    async def known() -> set[str]:
        return set(registry.tenants)

    await eventually(known, until=lambda found: found == set(names))


async def test_the_registry_follows_what_is_declared_changed_and_taken_back(
    nc: Client, registry: Registry
) -> None:
    key = a_key()
    await apply(nc, [a_tenant("kyoto"), a_tenant("kameoka"), key])
    await knows(registry, "kyoto", "kameoka")

    async def keys() -> set[str]:
        return set(registry.keys)

    await eventually(keys, until=lambda found: found == {key.id})
    await apply(nc, [a_tenant("kyoto", hosts=["new.localhost"])])

    async def new_host() -> str | None:
        tenant = registry.by_host("NEW.localhost:8080")
        return tenant.id if tenant else None

    assert await eventually(new_host) == "kyoto"
    assert registry.by_host("kyoto.localhost") is None
    await (await bucket(nc, TENANTS_BUCKET)).delete("kameoka")
    await (await bucket(nc, KEYS_BUCKET)).purge(key.id)
    await knows(registry, "kyoto")
    await eventually(keys, until=lambda found: not found)


async def test_what_cannot_be_read_is_passed_over_and_keeps_nobody_else_out(
    nc: Client, registry: Registry
) -> None:
    await apply(nc, [a_tenant("kyoto")])
    await (await bucket(nc, TENANTS_BUCKET)).put("strange", b'{"kind": "Tenant"}')
    await (await bucket(nc, TENANTS_BUCKET)).put("kyoto", b"not json")
    await apply(nc, [a_tenant("kameoka")])
    await knows(registry, "kyoto", "kameoka")


async def test_a_bucket_that_was_deleted_and_filled_again_is_followed(
    nc: Client, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.registry.RENEW_EVERY", 0.2)
    await apply(nc, [a_tenant("kyoto"), a_tenant("kameoka")])
    await knows(registry, "kyoto", "kameoka")
    before = registry.tenants
    registry.reconnected()

    async def renewed() -> bool:
        return registry.tenants is not before

    await eventually(renewed)  # the short renewal holds from now on
    await nc.jetstream().delete_key_value(TENANTS_BUCKET)
    await apply(nc, [a_tenant("kameoka"), a_tenant("uji")])
    await knows(registry, "kameoka", "uji")
    await apply(nc, [a_tenant("nara")])
    await knows(registry, "kameoka", "uji", "nara")


async def test_after_a_reconnect_the_whole_picture_is_read_anew(nc: Client, registry: Registry) -> None:
    await apply(nc, [a_tenant("kyoto")])
    await knows(registry, "kyoto")
    registry.tenants["gone"] = a_tenant("gone")  # as if its deletion had been missed
    registry.reconnected()
    await knows(registry, "kyoto")


async def test_a_host_of_another_declared_municipality_is_refused_and_nothing_is_written(
    nc: Client, registry: Registry
) -> None:
    await apply(nc, [a_tenant("kyoto", hosts=["one.localhost"])])
    with pytest.raises(Invalid) as caught:
        await apply(nc, [a_tenant("uji"), a_tenant("kameoka", hosts=["one.localhost"])])
    assert (caught.value.field, "one.localhost belongs to kyoto" in caught.value.detail) == (
        "spec.hosts",
        True,
    )
    await apply(nc, [a_tenant("nara")])
    await knows(registry, "kyoto", "nara")
    # the host can move in one step
    await apply(nc, [a_tenant("kyoto"), a_tenant("kameoka", hosts=["one.localhost"])])
    await knows(registry, "kyoto", "nara", "kameoka")


async def test_pools_are_followed_and_need_declared_members_and_a_name_of_their_own(
    nc: Client, registry: Registry
) -> None:
    with pytest.raises(Invalid) as caught:
        await apply(nc, [a_tenant("sample-a"), a_pool()])
    assert caught.value.field == "spec.members.1.tenant"
    await apply(nc, [a_tenant("sample-a"), a_tenant("sample-b"), a_pool()])

    async def pools() -> set[str]:
        return {pool.id for pool in registry.pools_of("sample-b")}

    await eventually(pools, until=lambda found: found == {"sample-pool"})
    assert registry.pools_of("kyoto") == [] and registry.pool("sample-a") is None
    for clashing in (a_tenant("sample-pool"), a_pool("sample-a")):
        with pytest.raises(Invalid) as caught:
            await apply(nc, [clashing])
        assert caught.value.field == "metadata.name"
    await (await bucket(nc, POOLS_BUCKET)).delete("sample-pool")
    await eventually(pools, until=lambda found: not found)


async def command(settings: CoreSettings, *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of `python -m shared.declare`."""
    env = {**os.environ, "BANSO_NATS_URL": settings.nats_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.declare", *arguments, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_command_applies_all_or_nothing(settings: CoreSettings, nc: Client, tmp_path: Path) -> None:
    good = a_tenant("kyoto").model_dump(mode="json", by_alias=True)
    bad = a_tenant("kameoka").model_dump(mode="json", by_alias=True)
    bad["spec"]["municipality_code"] = "990018"
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(good))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(bad))
    code, out, err = await command(settings, "apply", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.strip() == (
        f"{tmp_path / 'b.yaml'}: spec.municipality_code: Value error, the check digit of the municipality code is wrong"
    )
    code, out, _ = await command(settings, "list")
    assert (code, out) == (0, "")
    (tmp_path / "b.yaml").unlink()
    assert (await command(settings, "apply", str(tmp_path)))[1] == "tenant/kyoto applied\n"
    assert "tenant/kyoto" in (await command(settings, "list"))[1]


async def test_a_mark_that_comes_too_early_does_not_make_a_full_bucket_look_empty(nc: Client) -> None:
    await apply(nc, [a_tenant("kyoto"), a_tenant("kameoka")])
    kv = await bucket(nc, TENANTS_BUCKET)
    watcher = await kv.watchall()
    early: asyncio.Queue[Any] = asyncio.Queue()
    early.put_nowait(None)
    for _ in range(2):
        early.put_nowait(await watcher.updates(timeout=5))  # type: ignore[no-untyped-call]
    watcher._updates = early
    assert {entry.key for entry in await entries(kv, watcher)} == {"kyoto", "kameoka"}
    await watcher.stop()  # type: ignore[no-untyped-call]


async def test_an_empty_bucket_is_empty(nc: Client) -> None:
    kv = await bucket(nc, TENANTS_BUCKET)
    watcher = await kv.watchall()
    assert await entries(kv, watcher) == []
    await watcher.stop()  # type: ignore[no-untyped-call]
