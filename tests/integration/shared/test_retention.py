"""What a municipality declared to be kept so many days is deleted after them, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from shared.clock import Clock
from shared.mongo import CollectionSpec, Database
from shared.registry import Registry
from shared.retention import Forgetting, Kept
from shared.settings import CoreSettings
from tests.harness import a_tenant

KEPT = Kept("things", "finished_at", lambda retention: retention.messages)


@pytest.fixture
async def db(settings: CoreSettings) -> Any:
    made = Database(settings.mongo_url, f"{settings.database_prefix}_retention")
    await made.prepare([CollectionSpec("things")])
    yield made
    made.close()


def forgetting(db: Database, clock: Clock) -> Forgetting:
    registry = Registry(None)  # type: ignore[arg-type]  # never connected: its picture is given here
    for name, days in (("sample-a", 10), ("sample-b", 100)):
        registry.tenants[name] = a_tenant(name, retention={"messages": days})
    return Forgetting(db, registry, clock, [KEPT])


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
