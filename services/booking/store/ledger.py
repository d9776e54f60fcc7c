"""The ledger of pools: what each member has used of a pool's week (see `quota`). Its home, `tenant_id`, is the pool.

    _id              <pool>:<Monday>:<municipality>          one document a member and week
    used, secured    minutes; `secured` is null until it is first needed
    _id              <pool>:<Monday>:*                       one document a week, for all members
    turns            how often somebody took what concerns others

Whoever takes what is secured to it reads and writes its own document alone: two municipalities never wait for each other. Whoever takes
more raises `turns` first, so that of two such transactions one fails and is run again, and then reads everybody's documents; it
writes those that it needs lowered, so that it and an own taking of theirs cannot pass each other either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from services.booking.quota import Code, Row, Taking, Terms, Use, WholeWeek, settle
from shared.errors import Unavailable
from shared.mongo import DUPLICATE_KEY, CollectionSpec, Database, Document, Session, reachable

log = structlog.get_logger()

LEDGER = CollectionSpec("ledger", (IndexModel([("tenant_id", ASCENDING), ("week", ASCENDING)]),))
EVERYBODY = "*"
MOST_MEMBERS = 5_000
REMEMBERED = 10_000


@dataclass(frozen=True)
class Asked:
    """A use that is wanted, and the terms that hold for it now."""

    use: Use
    terms: Terms


@dataclass(frozen=True)
class Exchange:
    """What one step gives back and takes of pools."""

    give: Sequence[Use] = ()
    take: Sequence[Asked] = ()


@dataclass(frozen=True)
class _Page:
    """One member's part of one week."""

    pool: str
    week: date
    member: str

    def document_id(self, member: str) -> str:
        return f"{self.pool}:{self.week.isoformat()}:{member}"


class Ledger:
    def __init__(self, db: Database) -> None:
        self.db = db
        self._opened: set[str] = set()

    async def open(self, pool: str, week: date, members: Iterable[str]) -> None:
        """Make the documents that are missing, before a transaction: made inside one they would be one more thing to collide on."""
        page = _Page(pool, week, EVERYBODY)
        missing = [m for m in (EVERYBODY, *members) if page.document_id(m) not in self._opened]
        if not missing:
            return
        rows = [InsertOne(_new_row(page, member)) for member in missing]
        try:
            async with reachable():
                await self.db["ledger"].bulk_write(rows, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise
        if len(self._opened) > REMEMBERED:
            self._opened.clear()
        self._opened |= {page.document_id(member) for member in missing}

    async def exchange(  # tenant: each use names its pool
        self, session: Session, *, give: Sequence[Use] = (), take: Sequence[Asked] = ()
    ) -> list[Code]:
        """Give minutes back and take others, inside a transaction; returns why each of `take` was given. The weeks of `take` are open.

        Raises NotAMember, PoolQuotaUsed, PoolReserved (the transaction must be given up then).
        """
        pages = {_page(use) for use in (*give, *(asked.use for asked in take))}
        codes: dict[int, Code] = {}
        for page in sorted(pages, key=lambda p: p.document_id(p.member)):
            back = sum(use.minutes for use in give if _page(use) == page)
            wanted = [n for n, asked in enumerate(take) if _page(asked.use) == page]
            given = await self._turn(session, page, back, [take[n] for n in wanted])
            codes |= dict(zip(wanted, given, strict=True))
        return [codes[n] for n in range(len(take))]

    async def rows(self, pool: str, week: date, *, session: Session | None = None) -> dict[str, Row]:
        """Everybody's rows of a week; who was never asked for is left out."""
        async with reachable():
            documents = (
                await self.db["ledger"]
                .find({"tenant_id": pool, "week": week.isoformat()}, session=session)
                .to_list(MOST_MEMBERS)
            )
        return {d["member"]: Row(d["used"], d["secured"]) for d in documents if d["member"] != EVERYBODY}

    async def _turn(self, session: Session, page: _Page, back: int, wanted: Sequence[Asked]) -> list[Code]:
        own = await self._own(session, page)
        if own is None and not wanted:
            # never seen, and no reason to keep a person from cancelling; `audit` shows where
            log.error("ledger_row_missing", pool=page.pool, week=page.week.isoformat(), member=page.member)
            return []
        if own is None:
            self._opened.clear()
            raise Unavailable("the ledger of this week is not open")
        takings = [Taking(asked.use.minutes, asked.terms) for asked in wanted]
        before = {page.member: own}
        try:
            codes, after = settle(before, page.member, back, takings)
        except WholeWeek:
            await self._take_turn(session, page)
            before = await self.rows(page.pool, page.week, session=session)
            codes, after = settle(before, page.member, back, takings, whole=True)
        await self._write(session, page, before, after)
        return codes

    async def _own(self, session: Session, page: _Page) -> Row | None:
        where = {"_id": page.document_id(page.member), "tenant_id": page.pool}
        async with reachable():
            document = await self.db["ledger"].find_one(where, session=session)
        return Row(document["used"], document["secured"]) if document else None

    async def _take_turn(self, session: Session, page: _Page) -> None:
        where = {"_id": page.document_id(EVERYBODY), "tenant_id": page.pool}
        async with reachable():
            await self.db["ledger"].update_one(where, {"$inc": {"turns": 1}}, session=session)

    async def _write(
        self, session: Session, page: _Page, before: dict[str, Row], after: dict[str, Row]
    ) -> None:
        operations = [
            UpdateOne(
                {"_id": page.document_id(member), "tenant_id": page.pool},
                {
                    "$inc": {"used": row.used - before.get(member, Row()).used},
                    "$set": {"secured": row.secured},
                },
            )
            for member, row in sorted(after.items())
            if row != before.get(member)
        ]
        if not operations:
            return
        async with reachable():
            result = await self.db["ledger"].bulk_write(operations, ordered=True, session=session)
        if result.matched_count != len(operations):
            self._opened.clear()
            raise Unavailable("the ledger of this week is not open")


def _page(use: Use) -> _Page:
    return _Page(use.pool, use.week, use.member)


def _new_row(page: _Page, member: str) -> Document:
    row: Document = {"used": 0, "secured": None} if member != EVERYBODY else {"turns": 0}
    return {
        "_id": page.document_id(member),
        "tenant_id": page.pool,
        "week": page.week.isoformat(),
        "member": member,
        **row,
    }
