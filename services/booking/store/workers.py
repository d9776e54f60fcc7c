"""Workers in the database. A worker's document is what all changes of their schedule pass through: each one moves its version, so that of
two weeks set at once only one is judged by what is so.

    review_at     when capacity is to be looked at next: now after any change, else the next Monday or review day
    promised      Monday -> minutes promised to orders that matching assigns; follows its events (`promises`)
    commitments   Monday -> minutes that staff say are promised besides
    warned        notices that staff have had, "2026-12:below"
    told          the forecast that was published last, as JSON
    off_guide     the month ("2026-12") in which the plan is away from the centre's guide; "" when it is not
    unplaced      notices of attendance that a person has to look at, the oldest first; unplaced_at is when that came, or None
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.booking.centre.attendance import Unplaced
from services.booking.centre.worker import Worker
from services.booking.store.listing import LAST, after
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import LONG_AGO, CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.shape import Shape

WORKERS = CollectionSpec(
    "workers",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("centre_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("review_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("unplaced_at", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("off_guide", ASCENDING)]),
    ),
)
EVERYBODY = 5_000
_SHAPE = Shape(Worker)


@dataclass(frozen=True)
class Standing:
    """A worker and what booking keeps beside them. `commitments` are what staff have said, `promised` what orders hold: both count, added up.
    `document` is for `Command.seen_in`."""

    worker: Worker
    commitments: Mapping[date, int]
    promised: Mapping[date, int]
    warned: frozenset[str]
    told: str
    document: Document
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def committed(self) -> dict[date, int]:
        """Monday -> minutes that are promised."""
        mondays = sorted({*self.commitments, *self.promised})
        return {m: self.commitments.get(m, 0) + self.promised.get(m, 0) for m in mondays}

    @property
    def version(self) -> int:
        return self.worker.version


class Workers:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def add(
        self, tenant: str, worker: Worker, events: Sequence[Payload], command: Command, now: datetime
    ) -> bool:
        """Keep a new worker; False when this command has made it before. Raises IdempotencyConflict, Duplicate (is one already)."""
        fields = {
            **_SHAPE.fields(worker),
            "commitments": {},
            "promised": {},
            "warned": [],
            "told": "",
            "review_at": now,
            "listed": f"{now.isoformat()}:{worker.resident_id}",
        }
        worker_id = document_id(tenant, worker.resident_id)
        return await self.outbox.insert("workers", tenant, worker_id, fields, events, command=command)

    async def find(self, tenant: str, resident_id: str, changes: Changes | None = None) -> Standing:
        """Raises NotFound for a resident who works with no centre."""
        worker_id = document_id(tenant, resident_id)
        return _standing(await self.outbox.fetch("workers", tenant, worker_id, changes=changes))

    async def change(
        self, tenant: str, worker: Worker, now: datetime, command: Command | None = None
    ) -> Worker:
        """Keep a worker who was changed at `worker.version`. Raises StaleVersion."""
        fields = {**_SHAPE.fields(worker), "review_at": now}
        worker_id = document_id(tenant, worker.resident_id)
        version = await self.outbox.update(
            "workers", tenant, worker_id, worker.version, fields, command=command
        )
        return _SHAPE.read({**fields, "_id": worker_id, "version": version})

    async def touch(
        self,
        tenant: str,
        worker: Worker,
        now: datetime,
        *,
        events: Sequence[Payload] = (),
        command: Command | None = None,
        changes: Changes | None = None,
        **more: Any,
    ) -> int:
        """Say that the worker's schedule changes, with `more` fields; returns the new version. Raises StaleVersion."""
        return await self.outbox.update(
            "workers",
            tenant,
            document_id(tenant, worker.resident_id),
            worker.version,
            {"review_at": now, **more},
            events,
            command=command,
            changes=changes,
        )

    async def commit_minutes(
        self,
        tenant: str,
        standing: Standing,
        commitments: Mapping[date, int],
        now: datetime,
        command: Command,
    ) -> int:
        """Replace what staff say is promised besides what matching's orders hold. Raises StaleVersion."""
        written = {monday.isoformat(): minutes for monday, minutes in commitments.items()}
        return await self.touch(tenant, standing.worker, now, command=command, commitments=written)

    async def reviewed(
        self,
        tenant: str,
        standing: Standing,
        *,
        warned: frozenset[str],
        told: str,
        off_guide: str,
        events: Sequence[Payload],
        next_at: datetime,
    ) -> None:
        """Capacity was looked at. Raises StaleVersion when something has changed meanwhile: look again."""
        fields = {
            "warned": sorted(warned),
            "told": told,
            "off_guide": off_guide,
            "review_at": next_at,
        }
        worker_id = document_id(tenant, standing.worker.resident_id)
        await self.outbox.update("workers", tenant, worker_id, standing.version, fields, events)

    async def due(self, tenant: str, now: datetime, limit: int = 200) -> list[Standing]:
        """Whose capacity is to be looked at."""
        return await self._found({"tenant_id": tenant, "review_at": {"$gt": LONG_AGO, "$lte": now}}, limit)

    async def keep_unplaced(
        self,
        tenant: str,
        worker: Worker,
        waiting: Sequence[Unplaced],
        now: datetime,
        events: Sequence[Payload] = (),
        command: Command | None = None,
    ) -> None:
        """Replace the notices that a person has to look at. Raises StaleVersion."""
        written = [{"at": notice.at.isoformat(), "status": notice.status} for notice in waiting]
        oldest = waiting[0].at if waiting else None
        await self.touch(
            tenant, worker, now, events=events, command=command, unplaced=written, unplaced_at=oldest
        )

    async def with_unplaced(self, tenant: str, now: datetime, limit: int = 200) -> list[Standing]:
        """Whose notices a person has to look at; who waits longest comes first."""
        where = {"tenant_id": tenant, "unplaced_at": {"$gt": LONG_AGO, "$lte": now}}
        return await self._found(where, limit, "unplaced_at")

    async def off_guide(self, tenant: str, month: str) -> int:
        """How many workers' plans of `month` ("2026-12") are away from their centre's guide."""
        async with reachable():
            where = {"tenant_id": tenant, "off_guide": month}
            return int(await self.outbox.db["workers"].count_documents(where))

    async def of_centre(self, tenant: str, centre_id: str) -> list[Standing]:
        return await self._found(
            {"tenant_id": tenant, "centre_id": centre_id, "listed": {"$gt": "", "$lt": LAST}}, EVERYBODY
        )

    async def page(
        self, tenant: str, cursor: str | None, limit: int, centre_id: str | None = None
    ) -> Page[Worker]:
        """In order of enrolment. Raises Invalid for a cursor of another list."""
        where: Document = {"tenant_id": tenant}
        if centre_id:
            where["centre_id"] = centre_id
        where["listed"] = {"$gt": after(cursor), "$lt": LAST}
        found = await self._found(where, limit + 1)
        more = encode_cursor(found[limit - 1].document["listed"]) if len(found) > limit else None
        return Page(data=[standing.worker for standing in found[:limit]], next=more)

    async def _found(self, where: Document, limit: int, order: str = "") -> list[Standing]:
        order = order or ("listed" if "listed" in where else "review_at")
        async with reachable():
            documents = await self.outbox.db["workers"].find(where).sort(order).limit(limit).to_list(limit)
        return [_standing(document) for document in documents]


def document_id(tenant: str, resident_id: str) -> str:
    """A resident works with one centre at a time."""
    return derived_id("wrk", tenant, resident_id)


def _standing(document: Document) -> Standing:
    return Standing(
        _SHAPE.read(document),
        _by_monday(document["commitments"]),
        _by_monday(document.get("promised", {})),
        frozenset(document["warned"]),
        document.get("told", ""),
        document,
        tuple(
            Unplaced(datetime.fromisoformat(notice["at"]), notice["status"])
            for notice in document.get("unplaced", ())
        ),
    )


def _by_monday(minutes: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(monday): count for monday, count in minutes.items()}
