"""Stays at workplaces in the database, and the one transaction that takes their seat and the resident's time, all sessions or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.booking.centre.experience import Experience
from services.booking.claim import difference
from services.booking.store.calendars import Calendars
from services.booking.store.listing import LAST, after
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import LONG_AGO, CollectionSpec, Document, Session, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.shape import Shape

EXPERIENCES = CollectionSpec(
    "experiences",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("waits_until", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("to_date", ASCENDING)]),
    ),
)
SHAPE = Shape(Experience)


@dataclass(frozen=True)
class Change:
    """One stay from one state to the next; `before` is None for a new one."""

    before: Experience | None
    after: Experience
    events: Sequence[Payload]


class Experiences:
    def __init__(self, outbox: Outbox, calendars: Calendars) -> None:
        self.outbox = outbox
        self.calendars = calendars

    async def keep(self, tenant: str, change: Change, command: Command | None) -> Experience:
        """Raises StaleVersion, CellsTaken, Duplicate; nothing is written then."""
        before = change.before.claims(tenant) if change.before else []
        give, take = difference(before, change.after.claims(tenant))

        async def work(session: Session) -> Changes:
            written = Changes(session)
            if change.before:
                await self._write(tenant, change, command, written)
            await self.calendars.exchange(session, give=give, take=take)
            if not change.before:
                await self._write(tenant, change, command, written)
            return written

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return replace(change.after, version=change.after.version + 1)

    async def fetch(self, tenant: str, experience_id: str) -> Document:
        """Raises NotFound."""
        return await self.outbox.fetch("experiences", tenant, experience_id)

    def read(self, document: Document) -> Experience:
        return SHAPE.read(document)

    async def due(self, tenant: str, now: datetime, limit: int = 200) -> list[str]:
        """Ids of stays that not all have agreed to in time."""
        where = {"tenant_id": tenant, "waits_until": {"$gt": LONG_AGO, "$lte": now}}
        async with reachable():
            found = await self.outbox.db["experiences"].find(where, {"_id": 1}).limit(limit).to_list(limit)
        return [document["_id"] for document in found]

    async def latest(self, tenant: str, resident_id: str, limit: int) -> list[Experience]:
        """A resident's stays, the latest request first."""
        where = {"tenant_id": tenant, "resident_id": resident_id, "listed": {"$gt": "", "$lt": LAST}}
        async with reachable():
            found = (
                await self.outbox.db["experiences"]
                .find(where)
                .sort("listed", DESCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [SHAPE.read(document) for document in found]

    async def page(
        self, tenant: str, cursor: str | None, limit: int, resident_id: str | None = None
    ) -> Page[Experience]:
        """In order of request. Raises Invalid for a cursor of another list."""
        where: Document = {"tenant_id": tenant}
        if resident_id:
            where["resident_id"] = resident_id
        where["listed"] = {"$gt": after(cursor), "$lt": LAST}
        async with reachable():
            found = (
                await self.outbox.db["experiences"]
                .find(where)
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["listed"]) if len(found) > limit else None
        return Page(data=[SHAPE.read(document) for document in found[:limit]], next=more)

    async def _write(self, tenant: str, change: Change, command: Command | None, written: Changes) -> None:
        stay = change.after
        fields = {
            **SHAPE.fields(stay),
            "waits_until": stay.agree_by if stay.state == "requested" else None,
            "listed": f"{stay.created_at.isoformat()}:{stay.id}",
        }
        if change.before:
            await self.outbox.update(
                "experiences",
                tenant,
                stay.id,
                stay.version,
                fields,
                change.events,
                command=command,
                changes=written,
            )
        else:
            await self.outbox.insert(
                "experiences", tenant, stay.id, fields, change.events, command=command, changes=written
            )
