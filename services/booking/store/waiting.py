"""The waiting list. Open entries have a `place`, by which the list is one range on one index, in the order in which it is served; the others
`over_at`, when they ended."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.booking.slot import Slot
from services.booking.store.listing import LAST, after
from services.booking.store.snapshot import slot_of
from services.booking.waiting import OPEN, Entry, Offer, Wanted, Window
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox

WAITING = CollectionSpec(
    "waiting",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("place", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("joined_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("over_at", ASCENDING)]),
    ),
)
LISTED = 100


class Waiting:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def add(self, tenant: str, entry: Entry, events: list[Payload], command: Command) -> None:
        """Keep a new entry; nothing when this command has made it before. Raises IdempotencyConflict."""
        await self.outbox.insert("waiting", tenant, entry.id, _fields(entry), events, command=command)

    async def change(
        self, tenant: str, entry: Entry, events: list[Payload], command: Command | None = None
    ) -> Entry:
        """Keep what changed since `entry.version`. Raises StaleVersion."""
        over_at = None if entry.state in OPEN else self.outbox.clock.now()
        fields = {**_fields(entry), "over_at": over_at}
        version = await self.outbox.update(
            "waiting", tenant, entry.id, entry.version, fields, events, command=command
        )
        return _read({**fields, "_id": entry.id, "version": version})

    async def fetch(self, tenant: str, entry_id: str) -> Document:
        """The document, for `read` and `Command.seen_in`. Raises NotFound."""
        return await self.outbox.fetch("waiting", tenant, entry_id)

    def read(self, document: Document) -> Entry:
        return _read(document)

    async def of_resident(self, tenant: str, resident_id: str) -> list[Entry]:
        """The resident's entries, newest first, those that are over included."""
        async with reachable():
            found = (
                await self.outbox.db["waiting"]
                .find({"tenant_id": tenant, "resident_id": resident_id})
                .sort("joined_at", -1)
                .limit(LISTED)
                .to_list(LISTED)
            )
        return [_read(document) for document in found]

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Entry]:
        """Open entries in the order in which they are served. Raises Invalid for a cursor of another list."""
        async with reachable():
            found = (
                await self.outbox.db["waiting"]
                .find({"tenant_id": tenant, "place": {"$gt": after(cursor), "$lt": LAST}})
                .sort("place", ASCENDING)
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["place"]) if len(found) > limit else None
        return Page(data=[_read(document) for document in found[:limit]], next=more)


def _fields(entry: Entry) -> dict[str, Any]:
    wanted, offer = entry.wanted, entry.offer
    return {
        "resident_id": entry.resident_id,
        "wanted": {
            "channel": wanted.channel,
            "minutes": wanted.minutes,
            "windows": [[list(w.weekdays), w.start_minute, w.end_minute] for w in wanted.windows],
            "counsellor_id": wanted.counsellor_id,
            "language": wanted.language,
            "skills": list(wanted.skills),
            "earlier_than": wanted.earlier_than,
            "gender": wanted.gender,
        },
        "joined_at": entry.joined_at,
        "priority": entry.priority,
        "state": entry.state,
        "place": entry.place if entry.state in OPEN else None,
        "offer": _stored(offer) if offer else None,
        "offers": entry.offers,
        "passed": list(entry.passed),
    }


def _stored(offer: Offer) -> Document:
    return {
        "appointment_id": offer.appointment_id,
        "slot": {**asdict(offer.slot), "service_date": offer.slot.service_date.isoformat()},
        "until": offer.until,
    }


def _read(document: Document) -> Entry:
    wanted, offer = document["wanted"], document["offer"]
    windows = tuple(Window(tuple(days), start, end) for days, start, end in wanted["windows"])
    joined_at: datetime = document["joined_at"]
    slot: Slot | None = slot_of(offer["slot"]) if offer else None
    return Entry(
        id=document["_id"],
        resident_id=document["resident_id"],
        wanted=Wanted(**{**wanted, "windows": windows, "skills": tuple(wanted["skills"])}),
        joined_at=joined_at,
        priority=document["priority"],
        state=document["state"],
        offer=Offer(offer["appointment_id"], slot, offer["until"]) if slot else None,
        offers=document["offers"],
        passed=tuple(document["passed"]),
        version=document["version"],
    )
