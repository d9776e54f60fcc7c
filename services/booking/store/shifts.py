"""Shifts in the database, with attendance and the offer of what has become free inside; and the one transaction that changes them.

agenda     "<service date>:<start minute, four digits>:<id>": sorts as people read a calendar
offer      `substitute.Offer`, for a shift that has become free
offer_at   when somebody (else) is to be asked next
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pymongo import ASCENDING, IndexModel

from services.booking.centre.shift import Shift
from services.booking.centre.substitute import Offer
from services.booking.centre.worker import Worker
from services.booking.claim import Claim, difference
from services.booking.store.calendars import Calendars
from services.booking.store.listing import LAST, after
from services.booking.store.workers import Workers
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import LONG_AGO, CollectionSpec, Document, Session, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.shape import Shape

SHIFTS = CollectionSpec(
    "shifts",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("agenda", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("centre_id", ASCENDING), ("agenda", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("agenda", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("offer_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("offer.to", ASCENDING)]),
    ),
)
EVERY_SHIFT = 50_000
SHAPE, OFFER = Shape(Shift), Shape(Offer)


@dataclass(frozen=True)
class Change:
    """One shift from one state to the next. `before` is None for a new one; `offer` and `offer_at` are kept when they are given."""

    before: Shift | None
    after: Shift
    events: Sequence[Payload]
    offer: Offer | None = None
    offer_at: datetime | None = None
    offered: bool = False
    """Whether `offer` and `offer_at` are part of the change."""


@dataclass(frozen=True)
class Found:
    """A shift with its offer. `document` is for `Command.seen_in`."""

    shift: Shift
    offer: Offer
    document: Document


class Shifts:
    def __init__(self, outbox: Outbox, calendars: Calendars, workers: Workers) -> None:
        self.outbox = outbox
        self.calendars = calendars
        self.workers = workers

    async def keep(
        self,
        tenant: str,
        worker: Worker,
        changes: Sequence[Change],
        now: datetime,
        command: Command | None = None,
    ) -> list[Shift]:
        """Keep all of `changes` with the seats and hours that they take or give back, and move the worker's version; or nothing.

        Returns the shifts as they are kept. Raises StaleVersion, CellsTaken, Duplicate.
        """
        give, take = difference(_claims(tenant, changes, before=True), _claims(tenant, changes, before=False))

        async def work(session: Session) -> Changes:
            written = Changes(session)
            await self.workers.touch(tenant, worker, now, command=command, changes=written)
            for change in changes:
                if change.before:
                    await self._write(tenant, change, command, written)
            await self.calendars.exchange(session, give=give, take=take)
            for change in changes:
                if not change.before:
                    await self._write(tenant, change, command, written)
            return written

        self.outbox.commit(await self.outbox.db.in_transaction(work))
        return [replace(change.after, version=change.after.version + 1) for change in changes]

    async def offer(
        self,
        tenant: str,
        found: Found,
        offer: Offer,
        offer_at: datetime | None,
        events: Sequence[Payload] = (),
    ) -> None:
        """Keep whom a shift is offered to. Raises StaleVersion."""
        fields = {"offer": OFFER.fields(offer), "offer_at": offer_at}
        shift = found.shift
        await self.outbox.update("shifts", tenant, shift.id, shift.version, fields, events)

    async def get(self, tenant: str, shift_id: str) -> Found:
        """Raises NotFound."""
        return _found(await self.outbox.fetch("shifts", tenant, shift_id))

    async def offers_due(self, tenant: str, now: datetime, limit: int = 200) -> list[Found]:
        """Shifts that somebody is to be asked for."""
        where = {"tenant_id": tenant, "offer_at": {"$gt": LONG_AGO, "$lte": now}}
        async with reachable():
            documents = await self.outbox.db["shifts"].find(where).limit(limit).to_list(limit)
        return [_found(document) for document in documents]

    async def offered_to(self, tenant: str, resident_id: str) -> list[Found]:
        """Shifts that somebody may take, or might have taken."""
        where = {"tenant_id": tenant, "offer.to": resident_id}
        return [_found(document) for document in await self._of(where)]

    async def of_resident(self, tenant: str, resident_id: str, first: date, end: date) -> list[Found]:
        """A worker's shifts of the service dates `first` to `end` (exclusive), withdrawn ones too, in order of time."""
        where = {"tenant_id": tenant, "resident_id": resident_id, "agenda": _between(first, end)}
        return [_found(document) for document in await self._of(where)]

    async def of_centre(self, tenant: str, centre_id: str, first: date, end: date) -> list[Shift]:
        """Everybody's shifts with a centre, as `of_resident`."""
        where = {"tenant_id": tenant, "centre_id": centre_id, "agenda": _between(first, end)}
        return [SHAPE.read(document) for document in await self._of(where)]

    async def page(
        self, tenant: str, centre_id: str, first: date, end: date, cursor: str | None, limit: int
    ) -> Page[Shift]:
        """In order of time. Raises Invalid for a cursor of another list."""
        between = _between(first, end)
        between["$gt"] = max(between["$gt"], after(cursor))
        where = {"tenant_id": tenant, "centre_id": centre_id, "agenda": between}
        documents = await self._of(where, limit + 1)
        more = encode_cursor(documents[limit - 1]["agenda"]) if len(documents) > limit else None
        return Page(data=[SHAPE.read(document) for document in documents[:limit]], next=more)

    async def _of(self, where: Document, limit: int = EVERY_SHIFT) -> list[Document]:
        async with reachable():
            return await self.outbox.db["shifts"].find(where).sort("agenda").limit(limit).to_list(limit)

    async def _write(self, tenant: str, change: Change, command: Command | None, written: Changes) -> None:
        shift = change.after
        fields = {**SHAPE.fields(shift), "agenda": agenda(shift)}
        if change.offered or change.before is None:
            fields |= {"offer": OFFER.fields(change.offer or Offer()), "offer_at": change.offer_at}
        if change.before is None:
            await self.outbox.insert("shifts", tenant, shift.id, fields, change.events, changes=written)
        else:
            await self.outbox.update(
                "shifts",
                tenant,
                shift.id,
                shift.version,
                fields,
                change.events,
                command=command,
                changes=written,
            )


def agenda(shift: Shift) -> str:
    stretch = shift.stretch
    return f"{stretch.service_date.isoformat()}:{stretch.start_minute:04d}:{shift.id}"


def _between(first: date, end: date) -> dict[str, str]:
    return {"$gt": f"{first.isoformat()}:", "$lt": f"{end.isoformat()}:" if first < end else LAST}


def _found(document: Document) -> Found:
    return Found(SHAPE.read(document), OFFER.read({**document["offer"], "_id": ""}), document)


def _claims(tenant: str, changes: Sequence[Change], *, before: bool) -> list[Claim]:
    states = (change.before if before else change.after for change in changes)
    return [claim for state in states if state for claim in state.claims(tenant)]
