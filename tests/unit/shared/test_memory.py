"""What is kept in memory is read from only once it is whole and while nothing was missed; and rounds that go on when one of them fails."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from shared import memory
from shared.errors import Unavailable
from shared.following import Following
from shared.memory import Kept, Memory
from shared.registry import Registry
from shared.rounds import tenant_by_tenant
from tests.harness import a_tenant

Notes = Memory[list[str]]


def a_memory() -> tuple[Notes, SimpleNamespace]:
    """A memory, and what it follows."""
    notes, followed = Notes("note"), SimpleNamespace(current=True, age=0.5)
    notes.following = cast(Following, followed)
    return notes, followed


async def nothing() -> None:
    return None


async def kept_in(notes: Notes) -> Kept[list[str]]:
    kept = notes.keep("kyoto", [], nothing())
    assert await notes.settled("kyoto", kept)
    return kept


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_asks_waits_until_what_has_changed_is_read_anew() -> None:
    notes, _ = a_memory()
    kept, come = await kept_in(notes), asyncio.Event()

    async def anew() -> None:
        await come.wait()
        kept.thing.append("news")

    notes.change("kyoto", kept, anew())
    asking = asyncio.ensure_future(notes.settled("kyoto", kept))
    await turns()
    assert not asking.done()
    come.set()
    assert await asking
    assert (kept.thing, kept.changes) == (["news"], set())


async def test_nobody_waits_for_a_reading_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0.01)
    notes, _ = a_memory()

    async def endless() -> None:
        await asyncio.Event().wait()

    kept = notes.keep("kyoto", [], endless())
    assert not await notes.settled("kyoto", kept)
    notes.lost()


async def test_what_could_not_be_read_is_kept_no_longer() -> None:
    notes, _ = a_memory()

    async def fails() -> None:
        raise Unavailable("the database does not answer")

    kept = notes.keep("kyoto", [], fails())
    assert not await notes.settled("kyoto", kept)
    assert notes.kept == {}
    whole = await kept_in(notes)
    notes.change("kyoto", whole, fails())
    assert not await notes.settled("kyoto", whole)
    assert notes.kept == {}


async def test_what_was_kept_is_good_only_while_nothing_is_missed() -> None:
    notes, followed = a_memory()
    kept, other = await kept_in(notes), asyncio.Event()
    followed.current = False
    assert not notes.holds("kyoto", kept)
    followed.current = True
    assert notes.holds("kyoto", kept)

    async def long() -> None:
        await other.wait()

    notes.change("kyoto", kept, long())
    (reading,) = kept.changes
    notes.lost()
    await turns()
    assert reading.cancelled() and not notes.holds("kyoto", kept)


async def test_following_ends_with_nothing_kept() -> None:
    notes, _ = a_memory()

    async def run_beside(look: object, stop: asyncio.Event) -> None:
        await kept_in(notes)

    followed = SimpleNamespace(current=True, run_beside=run_beside)
    await notes.follow(cast(Following, followed), nothing, asyncio.Event())
    assert (notes.kept, notes.current) == ({}, False)


async def test_what_fails_for_one_municipality_keeps_no_other_waiting() -> None:
    registry = Registry(None)  # type: ignore[arg-type]  # never connected: its picture is given here
    registry.tenants = {name: a_tenant(name) for name in ("sample-a", "sample-b", "sample-c")}

    async def look(tenant: str) -> int:
        if tenant == "sample-b":
            raise RuntimeError
        return 2

    assert await tenant_by_tenant(registry, "look_failed", look) == 4
