"""What a municipality declared to be kept so many days is deleted after them, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import Clock
from shared.mongo import CollectionSpec, Database, Document
from shared.registry import Registry
from shared.retention import Forgetting, Kept
from shared.settings import CoreSettings
from tests.harness import a_pool, a_tenant

KEPT = Kept("things", "finished_at", lambda retention: retention.messages)


@pytest.fixture
async def db(settings: CoreSettings) -> Any:
    made = Database(settings.mongo_url, f"{settings.database_prefix}_retention")
    await made.prepare([CollectionSpec("things")])
    yield made
    made.close()


def forgetting(db: Database, clock: Clock, *kept: Kept) -> Forgetting:
    registry = Registry(None)  # type: ignore[arg-type]  # never connected: its picture is given here
    for name, days in (("sample-a", 10), ("sample-b", 100)):
        registry.tenants[name] = a_tenant(name, retention={"messages": days, "work": None})
    registry.pools["sample-pool"] = a_pool()
    return Forgetting(db, registry, clock, kept or [KEPT])


async def test_only_what_is_older_than_its_municipality_declared_is_forgotten(db: Database) -> None:
    clock = Clock()
    old, young = clock.now() - timedelta(days=11), clock.now() - timedelta(days=9)
    await db["things"].insert_many(
        [
            {"_id": "old", "tenant_id": "sample-a", "finished_at": old},
            {"_id": "young", "tenant_id": "sample-a", "finished_at": young},
            {"_id": "open", "tenant_id": "sample-a", "finished_at": None},
            {"_id": "unpublished", "tenant_id": "sample-a", "finished_at": old, "outbox_at": old},
            {"_id": "another's", "tenant_id": "sample-b", "finished_at": old},
        ]
    )
    assert await forgetting(db, clock).once() == 1
    left = {row["_id"] for row in await db["things"].find({}).to_list(None)}
    assert left == {"young", "open", "unpublished", "another's"}


async def test_more_than_fits_one_look_is_forgotten_too(db: Database) -> None:
    clock = Clock()
    old = clock.now() - timedelta(days=11)
    await db["things"].insert_many(
        [{"_id": f"t{n}", "tenant_id": "sample-a", "finished_at": old} for n in range(450)]
    )
    assert await forgetting(db, clock).once() == 450
    assert await db["things"].count_documents({}) == 0


async def test_days_are_text_too_and_what_must_hold_holds_at_the_deletion(db: Database) -> None:
    clock = Clock()
    today = clock.now().date()
    old, young = ((today - timedelta(days=days)).isoformat() for days in (12, 8))
    rows = [("old", old, 0), ("young", young, 0), ("in use", old, 5)]
    await db["things"].insert_many(
        [{"_id": name, "tenant_id": "sample-a", "week": day, "used": used} for name, day, used in rows]
    )
    pools = {"_id": "a pool's", "tenant_id": "sample-pool", "week": "2020-01-06", "used": 0}
    await db["things"].insert_one(pools)
    kept = Kept("things", "week", lambda retention: retention.messages, by_date=True, where={"used": 0})
    assert await forgetting(db, clock, kept).once() == 2
    left = {row["_id"] for row in await db["things"].find({}).to_list(None)}
    assert left == {"young", "in use"}


async def test_some_may_stay_and_stand_in_nobodys_way(db: Database) -> None:
    clock = Clock()
    old = clock.now() - timedelta(days=11)
    await db["things"].insert_many(
        [{"_id": f"t{n:03}", "tenant_id": "sample-a", "finished_at": old, "n": n} for n in range(450)]
    )

    async def let_go(tenant: str, found: Sequence[Document]) -> int:
        going = [row["_id"] for row in found if row["n"] >= 300]
        for each in going:
            await db["things"].delete_one({"_id": each, "tenant_id": tenant})
        return len(going)

    kept = Kept("things", "finished_at", lambda retention: retention.messages, let_go=let_go)
    assert await forgetting(db, clock, kept).once() == 150
    assert await db["things"].count_documents({}) == 300


async def test_what_is_kept_for_good_stays_and_what_fails_keeps_no_other_waiting(db: Database) -> None:
    clock = Clock()
    old = clock.now() - timedelta(days=11)
    await db["things"].insert_one({"_id": "old", "tenant_id": "sample-a", "finished_at": old})

    async def fails(tenant: str, found: Sequence[Document]) -> int:
        raise RuntimeError

    for_good = Kept("things", "finished_at", lambda retention: retention.work)
    assert await forgetting(db, clock, for_good).once() == 0
    failing = Kept("things", "finished_at", lambda retention: retention.messages, let_go=fails)
    assert await forgetting(db, clock, failing, KEPT).once() == 1
