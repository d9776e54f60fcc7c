"""Counsellors in the database."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.booking.counsellor import Counsellor
from services.booking.hours import Absence, DateHours, Span, WeeklyHours
from services.booking.store.listing import LAST, after
from shared.clock import Clock
from shared.events.booking import CounsellorChanged
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox

COUNSELLORS = CollectionSpec(
    "counsellors",
    (IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)], unique=True), OUTBOX_INDEX),
)
EVERYBODY = 5_000


class Counsellors:
    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self.clock = clock

    async def add(self, tenant: str, counsellor: Counsellor, command: Command) -> None:
        """Keep a new counsellor; nothing when this command has made it before. Raises IdempotencyConflict."""
        # `listed` sorts by time of creation and is unique, so that one range on one index is a page
        listed = f"{self.clock.now().isoformat()}:{counsellor.id}"
        fields = {**_fields(counsellor), "listed": listed}
        await self.outbox.insert(
            "counsellors", tenant, counsellor.id, fields, [_changed(counsellor)], command=command
        )

    async def change(
        self, tenant: str, counsellor: Counsellor, *, command: Command | None = None, changes: Changes
    ) -> Counsellor:
        """Keep a counsellor who was changed at `counsellor.version`, inside a transaction (see `roster`). Raises StaleVersion."""
        version = await self.outbox.update(
            "counsellors",
            tenant,
            counsellor.id,
            counsellor.version,
            _fields(counsellor),
            [_changed(counsellor)],
            command=command,
            changes=changes,
        )
        return replace(counsellor, version=version)

    async def fetch(self, tenant: str, counsellor_id: str) -> Document:
        """The document, for `read` and `Command.seen_in`. Raises NotFound."""
        return await self.outbox.fetch("counsellors", tenant, counsellor_id)

    def read(self, document: Document) -> Counsellor:
        """The counsellor of a document."""
        return _counsellor(document)

    async def get(self, tenant: str, counsellor_id: str, *, changes: Changes | None = None) -> Counsellor:
        """As they are now, or as the transaction of `changes` sees them. Raises NotFound."""
        return _counsellor(await self.outbox.fetch("counsellors", tenant, counsellor_id, changes=changes))

    async def all(self, tenant: str) -> list[Counsellor]:
        async with reachable():
            documents = (
                await self.outbox.db["counsellors"]
                .find({"tenant_id": tenant})
                .sort("listed")
                .to_list(EVERYBODY)
            )
        return [_counsellor(document) for document in documents]

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Counsellor]:
        """In order of creation. Raises Invalid for a cursor of another list."""
        async with reachable():
            documents = (
                await self.outbox.db["counsellors"]
                .find({"tenant_id": tenant, "listed": {"$gt": after(cursor), "$lt": LAST}})
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(documents[limit - 1]["listed"]) if len(documents) > limit else None
        return Page(data=[_counsellor(document) for document in documents[:limit]], next=more)


def _changed(counsellor: Counsellor) -> CounsellorChanged:
    return CounsellorChanged(counsellor_id=counsellor.id)


def _fields(counsellor: Counsellor) -> dict[str, Any]:
    return {
        "display_name": counsellor.display_name,
        "languages": list(counsellor.languages),
        "channels": list(counsellor.channels),
        "weekly_hours": [asdict(hours) for hours in counsellor.weekly_hours],
        "exceptions": [
            {"service_date": e.service_date.isoformat(), "spans": [asdict(span) for span in e.spans]}
            for e in counsellor.exceptions
        ],
        "works_holidays": counsellor.works_holidays,
        "absences": [asdict(absence) for absence in counsellor.absences],
        "skills": list(counsellor.skills),
        "gender": counsellor.gender,
        "daily_cap": counsellor.daily_cap,
        "weight": counsellor.weight,
        "active": counsellor.active,
        "from_date": _text(counsellor.from_date),
        "to_date": _text(counsellor.to_date),
    }


def _counsellor(document: Document) -> Counsellor:
    return Counsellor(
        id=document["_id"],
        display_name=document["display_name"],
        languages=tuple(document["languages"]),
        channels=tuple(document["channels"]),
        weekly_hours=tuple(WeeklyHours(**hours) for hours in document["weekly_hours"]),
        version=document["version"],
        # a counsellor who was kept before there was more to know has no more
        exceptions=tuple(_exception(e) for e in document.get("exceptions", ())),
        works_holidays=document.get("works_holidays", False),
        absences=tuple(Absence(**absence) for absence in document.get("absences", ())),
        skills=tuple(document.get("skills", ())),
        gender=document.get("gender"),
        daily_cap=document.get("daily_cap"),
        weight=document.get("weight", 1.0),
        active=document.get("active", True),
        from_date=_date(document.get("from_date")),
        to_date=_date(document.get("to_date")),
    )


def _exception(stored: Document) -> DateHours:
    spans = tuple(Span(**span) for span in stored["spans"])
    return DateHours(date.fromisoformat(stored["service_date"]), spans)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
