"""The commands of an operator against a running stack."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import nats
import pymongo

from deploy.local.demo.world import World, open_world
from tests.e2e.residents import register
from tests.e2e.stacks import Running, generous_tenants
from tests.harness import eventually

READ_MODELS = (
    ("intake", "timeline"),
    ("matching", "residents"),
    ("notify", "contact_points"),
    ("notify", "messages"),
)
RESIDENTS = 20


async def test_declared_things_are_listed_and_a_wrong_file_changes_nothing(
    banso: Running, tmp_path: Path
) -> None:
    listed = await banso.commanded("shared.declare", "list")
    assert "tenant/sample-a  991007  見本市A（サンプル）" in listed
    wrong = tmp_path / "wrong.yaml"
    good = next(iter(generous_tenants(tmp_path / "good").glob("*.yaml"))).read_text(encoding="utf-8")
    wrong.write_text(good.replace("'99", "'98"), encoding="utf-8")
    done = banso.command("shared.declare", "apply", str(wrong))
    assert done.returncode == 1 and "municipality_code" in done.stderr, done
    assert await banso.commanded("shared.declare", "list") == listed


async def test_a_key_works_once_it_is_applied_and_only_as_far_as_its_scopes(
    banso: Running, world: World, tmp_path: Path
) -> None:
    file = str(tmp_path / "desk.yaml")
    text = (
        await banso.commanded(
            "shared.keys",
            "issue",
            "--tenant",
            "sample-a",
            "--name",
            "desk",
            "--scopes",
            "residents:read",
            "--out",
            file,
        )
    ).strip()
    assert text not in Path(file).read_text()
    client = world.browser("sample-a")
    client.headers["Authorization"] = f"Bearer {text}"
    async with client:
        assert (await client.get("/intake/v1/residents")).status_code == 401
        await banso.commanded("shared.declare", "apply", file)
        await eventually(lambda: _status(client, "/intake/v1/residents"), until=lambda status: status == 200)
        assert (await client.post("/intake/v1/residents", json={"channel": "web"})).status_code == 403


async def test_a_message_nobody_can_read_is_listed_shown_redriven_and_dropped(banso: Running) -> None:
    nc = await nats.connect(banso.plan.nats)
    await nc.jetstream().publish("evt.booking.sample-a.appointment.confirmed.v1", b"no event at all")
    await nc.close()

    async def letters() -> list[str]:
        lines = (await banso.commanded("shared.deadletters", "list")).splitlines()
        return [line for line in lines if "dlq." in line]

    found = await eventually(letters, until=lambda lines: len(lines) == 2)
    assert {"dlq.intake.intake-timeline-booking", "dlq.notify.notify-booking"} <= set(" ".join(found).split())
    shown = json.loads(await banso.commanded("shared.deadletters", "show", _number(found[0])))
    assert (shown["kind"], shown["original"]) == ("poison", "no event at all")
    await banso.commanded("shared.deadletters", "redrive", _number(found[0]))
    again = await eventually(letters, until=lambda lines: len(lines) == 3)
    assert found[0] not in again and found[1] in again
    for line in again:
        await banso.commanded("shared.deadletters", "drop", _number(line))
    assert await letters() == []


def _number(line: str) -> str:
    return line.split()[0].lstrip("#")


async def test_a_lost_jetstream_store_is_rebuilt_from_the_event_logs(breakable: Running) -> None:
    stack, plan = breakable.stack, breakable.plan
    async with open_world(plan) as world, world.staff("sample-a") as staff:
        residents = await asyncio.gather(*(register(staff) for _ in range(RESIDENTS)))
        await _settled(breakable, residents)
        before = _read_models(breakable)

        stack.kill("nats")
        shutil.rmtree(plan.data / "nats")
        stack.start("nats")
        _forget_read_model(breakable, "intake", "timeline", "intake-timeline-")
        _forget_read_model(breakable, "matching", "residents", "matching-residents")
        await breakable.commanded(
            "shared.declare", "apply", str(plan.root / "declared"), str(plan.root.parent / "tenants")
        )
        printed = await breakable.commanded("shared.replay")
        assert int(printed.partition("intake: ")[2].split()[0]) >= RESIDENTS

        await eventually(lambda: _same(breakable, before), within=30)
        newcomer = await register(staff)
        await _settled(breakable, [newcomer])


async def _settled(banso: Running, residents: list[str]) -> None:
    async def all_there() -> bool:
        steps = {row["resident_id"] for row in await asyncio.to_thread(banso.rows, "intake", "timeline")}
        known = {row["_id"] for row in await asyncio.to_thread(banso.rows, "matching", "residents")}
        return set(residents) <= steps & known

    await eventually(all_there, within=30)


def _read_models(banso: Running) -> dict[str, dict[Any, Any]]:
    return {
        f"{service}.{collection}": {row["_id"]: row for row in banso.rows(service, collection)}
        for service, collection in READ_MODELS
    }


async def _same(banso: Running, before: dict[str, dict[Any, Any]]) -> bool:
    return await asyncio.to_thread(_read_models, banso) == before


def _forget_read_model(banso: Running, service: str, collection: str, durable: str) -> None:
    """Delete the rows and the inbox rows that say they were made, so that only a replay can bring them back."""
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(banso.plan.mongo)
    database = client[f"{banso.plan.database_prefix}_{service}"]
    database[collection].delete_many({})
    handled = [row["_id"] for row in database["inbox"].find({}, {"_id": 1}) if row["_id"].startswith(durable)]
    database["inbox"].delete_many({"_id": {"$in": handled}})
    client.close()


async def _status(client: httpx.AsyncClient, path: str) -> int:
    return (await client.get(path)).status_code
