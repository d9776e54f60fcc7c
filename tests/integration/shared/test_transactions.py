"""Transactions that lose: run again when they must be, given up in time when they cannot be."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pymongo.errors import OperationFailure

from shared import mongo
from shared.errors import Unavailable
from shared.mongo import CollectionSpec, Database, Session
from shared.settings import CoreSettings

THINGS = CollectionSpec("things")
TENANT = {"tenant_id": "sample-a"}


@pytest.fixture
async def db(settings: CoreSettings) -> AsyncIterator[Database]:
    made = Database(settings.mongo_url, f"{settings.database_prefix}_racing")
    await made.prepare([THINGS])
    await made["things"].insert_one({"_id": "counter", "n": 0, **TENANT})
    yield made
    made.close()


async def count(db: Database, session: Session) -> None:
    await db["things"].update_one({"_id": "counter", **TENANT}, {"$inc": {"n": 1}}, session=session)


async def counted(db: Database) -> int:
    found = await db["things"].find_one({"_id": "counter", **TENANT})
    assert found is not None
    return int(found["n"])


async def test_a_commit_that_the_server_refuses_is_run_again_and_kept_once(db: Database) -> None:
    """As when the server was started anew, or another became primary, between the last write and the commit."""
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await count(db, session)
        if runs == 1:
            await db.client.admin.command("abortTransaction", session=session)

    await db.in_transaction(work)
    assert (runs, await counted(db)) == (2, 1)


async def test_many_who_race_for_one_document_are_all_kept(db: Database) -> None:
    await asyncio.gather(*(db.in_transaction(lambda session: count(db, session)) for _ in range(30)))
    assert await counted(db) == 30


async def test_a_document_that_somebody_never_lets_go_of_is_reported_in_time(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a process was killed inside its transaction."""
    monkeypatch.setattr(mongo, "RACING_SECONDS", 0.3)
    async with await db.client.start_session() as other:
        other.start_transaction()
        await count(db, other)
        with pytest.raises(Unavailable):
            await db.in_transaction(lambda session: count(db, session))
        await other.abort_transaction()
    await db.in_transaction(lambda session: count(db, session))
    assert await counted(db) == 1


async def test_what_work_raises_is_raised_and_nothing_is_kept(db: Database) -> None:
    async def work(session: Session) -> None:
        await count(db, session)
        raise KeyError("of its own")

    with pytest.raises(KeyError):
        await db.in_transaction(work)
    assert await counted(db) == 0


async def test_what_can_never_be_is_not_tried_again(db: Database) -> None:
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await db["things"].update_one(
            {"_id": "counter", **TENANT}, {"$inc": {"tenant_id": 1}}, session=session
        )

    with pytest.raises(OperationFailure):
        await db.in_transaction(work)
    assert runs == 1
