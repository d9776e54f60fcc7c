"""The ledger of a pool under real transactions: floors and capacity hold however many ask at once, and own takings never meet."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import date

import pytest

from services.booking.quota import PoolQuotaUsed, PoolReserved, Row, Share, Terms, Use
from services.booking.store.ledger import LEDGER, Asked, Ledger
from shared.errors import Conflict
from shared.mongo import Database, Session
from shared.settings import CoreSettings

POOL, DAY, WEEK = "sample-pool", date(2026, 12, 3), date(2026, 11, 30)
SHARES = {"a": Share(600, 120, True), "b": Share(600, 0, True), "c": Share(300, 60, False)}


@pytest.fixture
async def db(settings: CoreSettings) -> AsyncIterator[Database]:
    made = Database(settings.mongo_url, f"{settings.database_prefix}_ledger", pool=24)
    await made.prepare([LEDGER])
    yield made
    made.close()


def use(member: str, minutes: int, day: date = DAY) -> Use:
    return Use(POOL, member, day, minutes)


async def take(
    db: Database, member: str, minutes: int, *, released: bool = True, capacity: int = 1500, back: int = 0
) -> str:
    """One transaction of a process of its own; returns the code, or the slug of the refusal."""
    ledger = Ledger(db)
    await ledger.open(POOL, WEEK, SHARES)
    asked = Asked(use(member, minutes), Terms(SHARES, capacity, released))
    give = [use(member, back)] if back else []

    async def work(session: Session) -> list[str]:
        return list(await ledger.exchange(session, give=give, take=[asked]))

    try:
        return (await db.in_transaction(work))[0]
    except Conflict as refused:
        return refused.slug


async def used(db: Database) -> dict[str, int]:
    return {member: row.used for member, row in (await Ledger(db).rows(POOL, WEEK)).items()}


async def turns(db: Database) -> int:
    document = await db["ledger"].find_one({"_id": f"{POOL}:{WEEK}:*", "tenant_id": POOL})
    return int(document["turns"]) if document else 0


def count(codes: Iterable[str]) -> dict[str, int]:
    found = list(codes)
    return {code: found.count(code) for code in sorted(set(found))}


async def test_forty_parallel_borrowers_neither_eat_a_floor_nor_exceed_the_capacity(db: Database) -> None:
    codes = await asyncio.gather(*(take(db, "ab"[n % 2], 60) for n in range(40)))
    taken = await used(db)
    # 1500 less c's floor of 60 (and what is left of a's own) is what a and b can have
    assert sum(taken.values()) == 60 * sum(code != "pool-reserved" for code in codes) == 1440
    assert max(taken["a"], 120) + taken["b"] + 60 <= 1500
    assert count(codes)["pool-reserved"] == 40 - 24
    assert await take(db, "c", 60) == "own"
    assert sum((await used(db)).values()) == 1500


async def test_borrowers_and_owners_at_once_never_pass_each_other(db: Database) -> None:
    asking = [("b", 60)] * 20 + [("a", 60)] * 12 + [("c", 60)] * 8
    codes = await asyncio.gather(*(take(db, member, minutes) for member, minutes in asking))
    taken = await used(db)
    assert sum(taken.values()) == 60 * sum(not code.startswith("pool-") for code in codes)
    assert sum(max(taken[member], share.floor) for member, share in SHARES.items()) <= 1500
    assert taken["c"] <= 300
    for member in ("a", "c"):
        missing = SHARES[member].floor - taken[member]
        assert missing <= 0 or await take(db, member, missing) == "own"


async def test_own_takings_touch_one_document_each_and_no_common_one(db: Database) -> None:
    codes = await asyncio.gather(
        *(take(db, member, 60, released=False) for member in "abc" for _ in range(5))
    )
    assert count(codes) == {"own": 15}
    assert await used(db) == {"a": 300, "b": 300, "c": 300}
    assert await turns(db) == 0


async def test_an_own_taking_goes_through_while_another_members_transaction_is_open(db: Database) -> None:
    ledger = Ledger(db)
    await ledger.open(POOL, WEEK, SHARES)
    terms = Terms(SHARES, 1500, False)

    async def work(session: Session) -> None:
        await ledger.exchange(session, take=[Asked(use("a", 60), terms)])
        assert await asyncio.wait_for(take(db, "b", 60, released=False), 10) == "own"

    runs = 0

    async def counted(session: Session) -> None:
        nonlocal runs
        runs += 1
        await work(session)

    await db.in_transaction(counted)
    assert runs == 1  # nothing made it run again
    assert await used(db) == {"a": 60, "b": 60, "c": 0}


async def test_a_taking_of_released_time_and_its_owners_own_one_cannot_pass_each_other(db: Database) -> None:
    """The owner's transaction has read what is secured to it when the borrower takes it: it must be run again."""
    assert await take(db, "a", 15, released=False) == "own"
    ledger = Ledger(db)
    runs = 0

    async def work(session: Session) -> list[str]:
        nonlocal runs
        runs += 1
        terms = Terms(SHARES, 1500, False)
        await ledger.rows(POOL, WEEK, session=session)  # the snapshot of this transaction begins here
        if runs == 1:
            assert await take(db, "b", 1320) == "borrowed"  # all but the floors
        return list(await ledger.exchange(session, take=[Asked(use("a", 480), terms)]))

    with pytest.raises(PoolReserved):
        await db.in_transaction(work)
    assert runs == 2
    assert await used(db) == {"a": 15, "b": 1320, "c": 0}


async def test_what_is_given_back_can_be_taken_again_by_others(db: Database) -> None:
    assert await take(db, "b", 1320) == "borrowed"
    assert await take(db, "a", 180) == "pool-reserved"
    assert await take(db, "b", 15, back=600) == "kept"
    assert await take(db, "a", 180) == "released"


async def test_a_move_within_a_week_is_never_refused_and_one_that_takes_more_is_asked_again(
    db: Database,
) -> None:
    assert await take(db, "b", 900) == "borrowed"
    assert await take(db, "b", 60, back=60, capacity=0) == "kept"
    assert await take(db, "b", 90, back=60, capacity=0) == "pool-reserved"
    assert (await used(db))["b"] == 900


async def test_several_weeks_are_one_step(db: Database) -> None:
    ledger = Ledger(db)
    terms = Terms(SHARES, 1500, False)
    for week in (WEEK, date(2026, 12, 7)):
        await ledger.open(POOL, week, SHARES)
    asked = [Asked(use("c", 180, day), terms) for day in (DAY, date(2026, 12, 10), date(2026, 12, 11))]

    async def work(session: Session) -> list[str]:
        return list(await ledger.exchange(session, take=asked))

    with pytest.raises(PoolQuotaUsed):
        await db.in_transaction(work)
    assert (await used(db))["c"] == 0
    asked.pop()
    assert await db.in_transaction(work) == ["own", "own"]
    assert (await ledger.rows(POOL, date(2026, 12, 7)))["c"] == Row(180, 300)
