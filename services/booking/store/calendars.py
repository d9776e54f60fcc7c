"""Calendars: one document per resource and UTC date, its occupied cells as bits (see `cells`) and who owns them.

    _id        <home>:<resource>:<UTC date>     `home` (also `tenant_id`) is a tenant, or the pool that a counsellor belongs to
    kind, day  "counsellor" | "resident" | "room" | "seat", "2026-12-03"
    w0 … w4    60 cells each, a set bit is an occupied cell
    owners     id of the owner -> [first cell, end cell) of this date; in a pool's calendar also whose owner it is
    count      appointments whose service day bears this date, for the daily caps
    touched    counts changes of the resource's hours: they and a booking cannot pass each other

Taking is an update on the condition that every wanted bit is clear, and an upsert: a document that exists with a bit set does not match,
so the upsert meets its `_id` and fails. There is no moment between looking and taking.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from bson.int64 import Int64
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.booking.cells import (
    CELL_SECONDS,
    WORDS,
    DayCells,
    bits_of,
    cell_number,
    cells_of,
    first_cell,
    timeline,
    utc_days,
)
from services.booking.claim import Claim, Entry, Resource, calendar_id, entries
from shared.mongo import DUPLICATE_KEY, CollectionSpec, Database, Document, Session, reachable

log = structlog.get_logger()

CALENDARS = CollectionSpec(
    "calendars",
    (IndexModel([("tenant_id", ASCENDING), ("kind", ASCENDING), ("day", ASCENDING)]),),
)
Caps = Mapping[Resource, int]
"""How many appointments a service day a resource takes at most; who is not named has no such limit."""
NO_CAPS: Caps = {}


class CellsTaken(Exception):
    """A wanted cell is occupied, a day is full, or somebody made the calendar document at the same moment: look which."""


class Calendars:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def exchange(  # tenant: each claim names its home
        self,
        session: Session,
        *,
        give: Sequence[Entry] = (),
        take: Sequence[Entry] = (),
        caps: Caps = NO_CAPS,
    ) -> None:
        """Give cells back and take others, in one order for everybody, inside a transaction.

        Raises CellsTaken (the transaction is lost then).
        """
        steps = sorted(
            [(e.document_id, 0, _give(e)) for e in give]
            + [(e.document_id, 1, _take(e, caps.get(e.resource))) for e in take],
            key=lambda step: step[:2],
        )
        if not steps:
            return
        try:
            async with reachable():
                result = await self.db["calendars"].bulk_write(
                    [operation for *_, operation in steps], ordered=True, session=session
                )
        except BulkWriteError as error:
            if all(e["code"] == DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise CellsTaken() from error
            raise
        if result.matched_count + result.upserted_count != len(steps):
            # nothing to give back: never seen, and no reason to keep a person from cancelling; `audit` shows where
            log.error("calendar_entry_missing")

    # tenant: a resource names its home
    async def touch(self, session: Session, resource: Resource, days: Iterable[date]) -> None:
        """Mark that the hours of `resource` change on these UTC dates, inside the transaction that changes them.

        A booking reads the hours in its own transaction and writes these same documents: of the two one waits for the other.
        """
        operations = [
            UpdateOne(
                {"_id": calendar_id(resource.home, resource.id, day), "tenant_id": resource.home},
                {"$inc": {"touched": 1}, "$setOnInsert": {**_new(resource, day, WORDS), "owners": {}}},
                upsert=True,
            )
            for day in sorted(days)
        ]
        if operations:
            async with reachable():
                await self.db["calendars"].bulk_write(operations, ordered=True, session=session)

    async def in_the_way(  # tenant: each claim names its home
        self,
        claims: Sequence[Claim],
        *,
        caps: Caps = NO_CAPS,
        except_for: Iterable[str] = (),
        leaving: Sequence[Claim] = (),
    ) -> list[tuple[Resource, str]]:
        """What keeps the claims from being taken, by a look after the fact: (resource, "taken" | "full").

        The cells of `except_for` are no matter. `leaving` is given back in the same step: it counts no more.
        """
        spared = set(except_for)
        counted_less = {entry.document_id for entry in entries(leaving) if entry.counted}
        found: dict[tuple[Resource, str], None] = {}
        wanted = entries(claims)
        by_home: dict[str, list[Entry]] = {}
        for entry in wanted:
            by_home.setdefault(entry.resource.home, []).append(entry)
        for home, of_home in by_home.items():
            documents = {d["_id"]: d for d in await self._of(home, [e.document_id for e in of_home])}
            for entry in of_home:
                document = documents.get(entry.document_id)
                if document is None:
                    continue
                if _overlaps(document, entry.cells, spared):
                    found[entry.resource, "taken"] = None
                cap = caps.get(entry.resource)
                count = document.get("count", 0) - (entry.document_id in counted_less)
                if entry.counted and cap is not None and count >= cap:
                    found[entry.resource, "full"] = None
        return list(found)

    async def counsellors_busy(self, home: str, base: int, end: int) -> dict[str, int]:
        """Counsellor id -> occupied cells of `base`..`end` as a timeline from `base`; who has none is left out."""
        days = list(utc_days(base, end))
        async with reachable():
            documents = (
                await self.db["calendars"]
                .find(
                    {
                        "tenant_id": home,
                        "kind": "counsellor",
                        "day": {"$gte": days[0].isoformat(), "$lte": days[-1].isoformat()},
                    },
                    {"owners": 0},
                )
                .to_list(None)
            )
        busy: dict[str, int] = {}
        for document in documents:
            resource = document["resource_id"]
            busy[resource] = busy.get(resource, 0) | timeline(base, [day_bits(document)])
        return busy

    async def busy(self, home: str, resource_id: str, base: int, end: int) -> int:
        """Occupied cells of one resource as a timeline from `base`."""
        ids = [calendar_id(home, resource_id, day) for day in utc_days(base, end)]
        return timeline(base, [day_bits(document) for document in await self._of(home, ids)])

    async def free_of(
        self,
        home: str,
        resource_ids: Sequence[str],
        starts_at: datetime,
        ends_at: datetime,
        *,
        except_for: Iterable[str] = (),
    ) -> list[str]:
        """Those of the resources that nobody (`except_for` aside) has in [starts_at, ends_at), in the given order."""
        spared = set(except_for)
        wanted = {cells.day: cells for cells in cells_of(starts_at, ends_at)}
        ids = [calendar_id(home, resource_id, day) for resource_id in resource_ids for day in wanted]
        busy = {
            document["resource_id"]
            for document in await self._of(home, ids)
            if _overlaps(document, wanted[date.fromisoformat(document["day"])], spared)
        }
        return [resource_id for resource_id in resource_ids if resource_id not in busy]

    async def owners(
        self, home: str, resource_id: str, starts_at: datetime, ends_at: datetime
    ) -> list[tuple[str, str]]:
        """Who has the resource at some moment of [starts_at, ends_at): (tenant, owner), each once."""
        first, end = cell_number(starts_at), -(-int(ends_at.timestamp()) // CELL_SECONDS)
        days = list(utc_days(first, end))
        found: dict[tuple[str, str], None] = {}
        for document in await self._of(home, [calendar_id(home, resource_id, day) for day in days]):
            zero = first_cell(date.fromisoformat(document["day"]))
            for owner, mark in document["owners"].items():
                if mark[0] + zero < end and first < mark[1] + zero and mark[0] < mark[1]:
                    found[mark[2] if len(mark) > 2 else home, owner] = None
        return list(found)

    async def _of(self, home: str, ids: list[str]) -> list[Document]:
        async with reachable():
            return await self.db["calendars"].find({"_id": {"$in": ids}, "tenant_id": home}).to_list(len(ids))


def day_bits(document: Document) -> tuple[date, int]:
    """The UTC date of a calendar document and its occupied cells."""
    return date.fromisoformat(document["day"]), bits_of(document)


def _overlaps(document: Document, cells: DayCells, spared: Container[str]) -> bool:
    owners = document["owners"].items()
    return any(mark[0] < cells.end and cells.first < mark[1] for owner, mark in owners if owner not in spared)


def _new(resource: Resource, day: date, words: Iterable[str]) -> Document:
    return {
        "kind": resource.kind,
        "resource_id": resource.id,
        "day": day.isoformat(),
        **dict.fromkeys(words, Int64(0)),
    }


def _take(entry: Entry, cap: int | None) -> UpdateOne:
    masks = entry.cells.masks()
    where: Document = {
        "_id": entry.document_id,
        **{word: {"$bitsAllClear": Int64(bits)} for word, bits in masks.items()},
        "tenant_id": entry.resource.home,
    }
    if entry.counted and cap is not None:
        where["count"] = {"$not": {"$gte": cap}}
    change: Document = {
        "$set": {f"owners.{entry.owner}": entry.mark},
        "$setOnInsert": _new(entry.resource, entry.cells.day, (w for w in WORDS if w not in masks)),
    }
    if masks:
        change["$bit"] = {word: {"or": Int64(bits)} for word, bits in masks.items()}
    if entry.counted:
        change["$inc"] = {"count": 1}
    return UpdateOne(where, change, upsert=True)


def _give(entry: Entry) -> UpdateOne:
    change: dict[str, Any] = {"$unset": {f"owners.{entry.owner}": ""}}
    if masks := entry.cells.masks():
        change["$bit"] = {word: {"and": Int64(~bits)} for word, bits in masks.items()}
    if entry.counted:
        change["$inc"] = {"count": -1}
    return UpdateOne(
        {
            "_id": entry.document_id,
            "tenant_id": entry.resource.home,
            f"owners.{entry.owner}": entry.mark,
        },
        change,
    )
