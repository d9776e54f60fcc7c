"""Services are restarted, and one is killed at the worst moment: nothing that was acknowledged is lost."""

import asyncio
from collections import Counter

import httpx

from deploy.local.demo.world import World, open_world
from deploy.local.services import NAMES
from tests.e2e.residents import register
from tests.e2e.stacks import Running
from tests.harness import eventually

REGISTERED = "banso.intake.resident.registered.v1"
CALLERS = 4


async def test_a_rolling_restart_under_load_loses_nothing(world: World, banso: Running) -> None:
    registered: list[str] = []
    done = asyncio.Event()
    async with world.staff("sample-a") as staff:
        callers = [asyncio.ensure_future(_keep_registering(staff, registered, done)) for _ in range(CALLERS)]
        for name in NAMES:
            so_far = len(registered)
            await asyncio.to_thread(banso.stack.restart, name)
            await eventually(lambda n=so_far: _count(registered, n + 10), within=30)  # type: ignore[misc]
        done.set()
        await asyncio.gather(*callers)
    assert len(registered) == len(set(registered)) >= 40
    await eventually(lambda: _effects(banso, registered), until=lambda seen: seen == {1: len(registered)})
    known = {row["_id"] for row in await asyncio.to_thread(banso.rows, "matching", "residents")}
    assert set(registered) <= known


async def test_events_of_a_service_killed_before_publishing_are_swept(breakable: Running) -> None:
    stack = breakable.stack
    async with open_world(breakable.plan) as world, world.staff("sample-a") as staff:
        await register(staff)
        stack.kill("nats")
        lost = await register(staff)
        (document,) = await asyncio.to_thread(breakable.rows, "intake", "residents", _id=lost)
        assert len(document["outbox"]) == 1, "the broker is away: the event waits inside the document"
        stack.kill("intake")
        stack.start("nats")
        assert breakable.rows("intake", "timeline", resident_id=lost) == []
        await asyncio.to_thread(stack.start, "intake")
        await eventually(lambda: _effects(breakable, [lost]), until=lambda seen: seen == {1: 1}, within=40)
        (document,) = await asyncio.to_thread(breakable.rows, "intake", "residents", _id=lost)
        assert document["outbox"] == [] and "outbox_at" not in document


async def _keep_registering(staff: httpx.AsyncClient, registered: list[str], done: asyncio.Event) -> None:
    while not done.is_set():
        registered.append(await register(staff))


async def _count(registered: list[str], wanted: int) -> bool:
    return len(registered) >= wanted


async def _effects(banso: Running, residents: list[str]) -> Counter[int]:
    """How many residents have how many `registered` steps in their timeline."""
    rows = await asyncio.to_thread(banso.rows, "intake", "timeline", type=REGISTERED)
    steps = Counter(row["resident_id"] for row in rows)
    return Counter(steps[resident] for resident in residents)
