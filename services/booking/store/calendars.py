"""Calendars: one document per resource and UTC date, its occupied cells as bits (see `cells`) and who owns them.

    _id        <tenant>:<resource>:<UTC date>
    kind, day  "counsellor" | "resident", "2026-12-03"
    w0 … w4    60 cells each, a set bit is an occupied cell
    owners     appointment id -> [first cell, end cell) of this date

Taking is an update on the condition that every wanted bit is clear, and an upsert: a document that exists with a bit set does not match,
so the upsert meets its `_id` and fails. There is no moment between looking and taking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import structlog
from bson.int64 import Int64
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.booking.appointment import Appointment
from services.booking.cells import WORDS, DayCells, bits_of, cells_of, timeline, utc_days
from services.booking.slot import Slot
from shared.mongo import DUPLICATE_KEY, CollectionSpec, Database, Document, Session, reachable

log = structlog.get_logger()

Kind = Literal["counsellor", "resident"]
CALENDARS = CollectionSpec(
    "calendars",
    (IndexModel([("tenant_id", ASCENDING), ("kind", ASCENDING), ("day", ASCENDING)]),),
)


class CellsTaken(Exception):
    """A wanted cell is occupied, or somebody made the calendar document at the same moment: look which."""


@dataclass(frozen=True)
class Resource:
    """Whatever can be in one place at a time only."""

    kind: Kind
    id: str


@dataclass(frozen=True)
class Entry:
    """Cells of one resource that one appointment takes or gives back."""

    resource: Resource
    owner: str
    cells: DayCells

    def document_id(self, tenant: str) -> str:
        return calendar_id(tenant, self.resource.id, self.cells.day)


def calendar_id(tenant: str, resource_id: str, day: date) -> str:
    return f"{tenant}:{resource_id}:{day.isoformat()}"


def resources_of(resident_id: str, slot: Slot) -> tuple[Resource, ...]:
    """Whom an appointment occupies."""
    return Resource("counsellor", slot.counsellor_id), Resource("resident", resident_id)


def entries(appointment: Appointment) -> list[Entry]:
    """Everything that an appointment occupies."""
    slot = appointment.slot
    return [
        Entry(resource, appointment.id, cells)
        for resource in resources_of(appointment.resident_id, slot)
        for cells in cells_of(slot.starts_at, slot.ends_at)
    ]


class Calendars:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def exchange(
        self, tenant: str, session: Session, *, give: Sequence[Entry] = (), take: Sequence[Entry] = ()
    ) -> None:
        """Give cells back and take others, in one order for everybody, inside a transaction.

        Raises CellsTaken (the transaction is lost then).
        """
        steps = sorted(
            [(e.document_id(tenant), 0, _give(tenant, e)) for e in give]
            + [(e.document_id(tenant), 1, _take(tenant, e)) for e in take],
            key=lambda step: step[:2],
        )
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
            log.error("calendar_entry_missing", tenant=tenant)

    async def occupied(
        self, tenant: str, resources: Iterable[Resource], slot: Slot, *, except_for: str | None = None
    ) -> list[Resource]:
        """Those of `resources` that somebody other than `except_for` has in some cell of `slot`."""
        wanted = cells_of(slot.starts_at, slot.ends_at)
        by_id = {
            calendar_id(tenant, resource.id, cells.day): (resource, cells)
            for resource in resources
            for cells in wanted
        }
        found = []
        for document in await self._of(tenant, list(by_id)):
            resource, cells = by_id[document["_id"]]
            owners = ((o, span) for o, span in document["owners"].items() if o != except_for)
            if any(first < cells.end and cells.first < end for _, (first, end) in owners):
                found.append(resource)
        return found

    async def counsellors_busy(self, tenant: str, base: int, end: int) -> dict[str, int]:
        """Counsellor id -> occupied cells of `base`..`end` as a timeline from `base`; who has none is left out."""
        days = list(utc_days(base, end))
        async with reachable():
            documents = (
                await self.db["calendars"]
                .find(
                    {
                        "tenant_id": tenant,
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

    async def busy(self, tenant: str, resource_id: str, base: int, end: int) -> int:
        """Occupied cells of one resource as a timeline from `base`."""
        ids = [calendar_id(tenant, resource_id, day) for day in utc_days(base, end)]
        return timeline(base, [day_bits(document) for document in await self._of(tenant, ids)])

    async def _of(self, tenant: str, ids: list[str]) -> list[Document]:
        async with reachable():
            return (
                await self.db["calendars"].find({"_id": {"$in": ids}, "tenant_id": tenant}).to_list(len(ids))
            )


def day_bits(document: Document) -> tuple[date, int]:
    """The UTC date of a calendar document and its occupied cells."""
    return date.fromisoformat(document["day"]), bits_of(document)


def _take(tenant: str, entry: Entry) -> UpdateOne:
    masks = entry.cells.masks()
    return UpdateOne(
        {
            "_id": entry.document_id(tenant),
            **{word: {"$bitsAllClear": Int64(bits)} for word, bits in masks.items()},
            "tenant_id": tenant,
        },
        {
            "$bit": {word: {"or": Int64(bits)} for word, bits in masks.items()},
            "$set": {f"owners.{entry.owner}": [entry.cells.first, entry.cells.end]},
            "$setOnInsert": {
                "kind": entry.resource.kind,
                "resource_id": entry.resource.id,
                "day": entry.cells.day.isoformat(),
                **{word: Int64(0) for word in WORDS if word not in masks},
            },
        },
        upsert=True,
    )


def _give(tenant: str, entry: Entry) -> UpdateOne:
    clear: dict[str, Any] = {word: {"and": Int64(~bits)} for word, bits in entry.cells.masks().items()}
    return UpdateOne(
        {
            "_id": entry.document_id(tenant),
            "tenant_id": tenant,
            f"owners.{entry.owner}": [entry.cells.first, entry.cells.end],
        },
        {"$bit": clear, "$unset": {f"owners.{entry.owner}": ""}},
    )
