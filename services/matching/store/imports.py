"""Imports: how far each is, the pieces of its file until it has ended, and the numbers that it has seen."""

import zlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, DeleteOne, IndexModel

from services.matching.import_run import AlreadyRunning, ImportRun, Place, Source
from services.matching.store.import_faults import FAULTS, ImportFaults
from services.matching.store.listing import Position, newest_first
from shared.errors import StaleVersion
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, Document, Duplicate, reachable
from shared.outbox import Changes, Outbox
from shared.retention import Kept

KEPT_FOR = timedelta(days=90)
PIECES_KEPT_FOR = timedelta(days=2)
"""A file whose import never began, as the sending was broken off."""
AT_ONCE = 20
_TENANT = ("tenant_id", ASCENDING)
_NEWEST = (("created_at", DESCENDING), ("_id", DESCENDING))
COLLECTIONS = (
    CollectionSpec(
        "imports",
        (
            IndexModel([_TENANT, *_NEWEST]),
            IndexModel([_TENANT, ("source", ASCENDING), *_NEWEST]),
            IndexModel(
                [_TENANT, ("source", ASCENDING)],
                name="one_at_a_time",
                unique=True,
                partialFilterExpression={"state": "running"},
            ),
            IndexModel([_TENANT, ("state", ASCENDING)]),
        ),
    ),
    FAULTS,
    *(
        CollectionSpec(
            name,
            (IndexModel([_TENANT, ("run_id", ASCENDING)]), IndexModel([_TENANT, ("at", ASCENDING)])),
        )
        for name in ("import_seen", "import_pieces")
    ),
)
KEPT = (
    Kept("imports", "created_at", lambda _: KEPT_FOR.days),
    Kept("import_faults", "at", lambda _: KEPT_FOR.days),
    Kept("import_seen", "at", lambda _: KEPT_FOR.days),
    Kept("import_pieces", "at", lambda _: PIECES_KEPT_FOR.days),
)


class Overtaken(Exception):
    """Somebody else goes on with this import."""


class Imports:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox
        self.faults = ImportFaults(db)

    async def begin(self, tenant: str, run: ImportRun, command: Command | None = None) -> ImportRun:
        """The import, or what this very command began before. Raises AlreadyRunning while another of its source runs."""
        fields = {**_fields(run), "created_at": run.started_at}
        try:
            if await self.outbox.insert("imports", tenant, run.id, fields, command=command):
                return run
        except Duplicate:
            raise AlreadyRunning("an import of this source is running") from None
        return await self.get(tenant, run.id)

    async def get(self, tenant: str, run_id: str) -> ImportRun:
        """Raises NotFound."""
        return _run(await self.outbox.fetch("imports", tenant, run_id))

    async def done_before(self, tenant: str, run_id: str, command: Command) -> ImportRun | None:
        """What this very command began before. Raises IdempotencyConflict when that was with another body."""
        where = {"_id": run_id, "tenant_id": tenant}
        async with reachable():
            found = await self.db["imports"].find_one(where)
        return _run(found) if found and command.seen_in(found) else None

    async def known(self, tenant: str, run_id: str) -> bool:
        """Whether there is an import of that id."""
        async with reachable():
            return (
                await self.db["imports"].find_one({"_id": run_id, "tenant_id": tenant}, {"_id": 1})
                is not None
            )

    async def refuse_second(self, tenant: str, source: Source, run_id: str) -> None:
        """Raises AlreadyRunning while another import of the source than this one runs."""
        where = {"tenant_id": tenant, "source": source, "state": "running"}
        async with reachable():
            found = await self.db["imports"].find_one(where, {"_id": 1})
        if found and found["_id"] != run_id:
            raise AlreadyRunning("an import of this source is running")

    async def newest(self, tenant: str, after: Position | None, count: int) -> list[ImportRun]:
        return [_run(d) for d in await newest_first(self.db, "imports", tenant, {}, after, count)]

    async def running(self, tenant: str) -> list[ImportRun]:
        """Those that go on, the oldest first."""
        async with reachable():
            found = await self.db["imports"].find({"tenant_id": tenant, "state": "running"}).to_list(None)
        return sorted((_run(document) for document in found), key=lambda run: run.started_at)

    async def latest(self, tenant: str, source: Source) -> ImportRun | None:
        """The source's import that began last."""
        found = await newest_first(self.db, "imports", tenant, {"source": source}, None, 1)
        return _run(found[0]) if found else None

    async def followed(self, tenant: str, run: ImportRun) -> bool:
        """Whether a later import of its source has changed, or changes, what is offered. One that failed before it read anything has not."""
        where, after = {"source": run.source, "dry_run": False}, None
        while found := await newest_first(self.db, "imports", tenant, where, after, AT_ONCE):
            for document in found:
                if document["_id"] == run.id:
                    return False
                if document["state"] != "failed" or document["read"]:
                    return True
            after = found[-1]["created_at"], found[-1]["_id"]
        return False

    async def put(self, tenant: str, run: ImportRun, changes: Changes | None = None) -> ImportRun:
        """The import as it stands now. Raises Overtaken when somebody else has moved it, AlreadyRunning when it goes on while another does."""
        try:
            version = await self.outbox.update(
                "imports", tenant, run.id, run.version, _fields(run), changes=changes
            )
        except StaleVersion:
            raise Overtaken from None
        except Duplicate:
            raise AlreadyRunning("an import of this source is running") from None
        return replace(run, version=version)

    async def note_seen(
        self, tenant: str, run: ImportRun, numbers: Iterable[str], at: datetime, changes: Changes
    ) -> None:
        """The offers' numbers that the next page of the import holds."""
        seen = sorted(numbers)
        if seen:
            document = {
                "_id": derived_id("ims", tenant, run.id, str(run.read)),
                "tenant_id": tenant,
                "run_id": run.id,
                "at": at,
                "seen": seen,
            }
            async with reachable():
                await self.db["import_seen"].insert_one(document, session=changes.session)

    async def seen(self, tenant: str, run_id: str) -> set[str]:
        """Every number that was noted."""
        async with reachable():
            found = await self.db["import_seen"].find({"tenant_id": tenant, "run_id": run_id}).to_list(None)
        return {number for document in found for number in document["seen"]}

    async def keep_piece(self, tenant: str, run_id: str, place: int, data: bytes, at: datetime) -> None:
        """A piece of the file, the first is 0; sent again, it takes the place of the one before."""
        piece_id = _piece(tenant, run_id, place)
        document = {
            "_id": piece_id,
            "tenant_id": tenant,
            "run_id": run_id,
            "place": place,
            "at": at,
            "data": zlib.compress(data, 1),
        }
        async with reachable():
            await self.db["import_pieces"].replace_one(
                {"_id": piece_id, "tenant_id": tenant}, document, upsert=True
            )

    async def pieces(self, tenant: str, run_id: str, count: int) -> AsyncIterator[bytes]:
        """The first `count` pieces of the file in their order."""
        for place in range(count):
            where = {"_id": _piece(tenant, run_id, place), "tenant_id": tenant}
            async with reachable():
                found = await self.db["import_pieces"].find_one(where)
            if found is None:
                raise LookupError("a piece of the file is missing")
            yield zlib.decompress(found["data"])

    async def let_go(self, tenant: str, run_id: str, *, but_seen: bool = False) -> None:
        """Of what is needed only while the import runs: the file and, unless it may go on later, the numbers seen."""
        for collection in ("import_pieces",) if but_seen else ("import_pieces", "import_seen"):
            where = {"tenant_id": tenant, "run_id": run_id}
            async with reachable():
                found = await self.db[collection].find(where, {"_id": 1}).to_list(None)
            gone = [DeleteOne({"_id": document["_id"], "tenant_id": tenant}) for document in found]
            for first in range(0, len(gone), AT_ONCE):
                async with reachable():
                    # tenant: every operation names the tenant
                    await self.db[collection].bulk_write(gone[first : first + AT_ONCE], ordered=False)

    async def forget_pages(self, tenant: str, run_id: str, changes: Changes) -> None:
        """What was noted of pages that are read again from the first one."""
        for collection in ("import_seen", "import_faults"):
            where = {"tenant_id": tenant, "run_id": run_id}
            async with reachable():
                await self.db[collection].delete_many(where, session=changes.session)


def _piece(tenant: str, run_id: str, place: int) -> str:
    return derived_id("imx", tenant, run_id, str(place))


def _fields(run: ImportRun) -> dict[str, Any]:
    said = {**vars(run), "place": asdict(run.place), "counts": dict(run.counts)}
    return {name: value for name, value in said.items() if name not in ("id", "version")}


def _run(document: Document) -> ImportRun:
    said = {name: document[name] for name in _NAMES if name in document}
    place = document["place"]
    return ImportRun(
        **{
            **said,
            "id": document["_id"],
            "version": document["version"],
            "place": Place(**{**place, "lists": tuple(place["lists"])}),
        }
    )


_NAMES = tuple(name for name in ImportRun.__dataclass_fields__ if name not in ("id", "version", "place"))
