"""Appointments in the database: the one document that carries a booking's events. Free text is sealed on its way in.

`agenda` is `<service date>:<start minute, four digits>:<id>`: unique, and sorts as people read a calendar, so that every list is one
range on one index. `let_go_at` is when a hold that never became an appointment was over.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.booking.appointment import Appointment
from services.booking.store.listing import LAST, after
from services.booking.store.snapshot import slot_of
from services.booking.wish import Wishes
from shared.events.envelope import Payload
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import LONG_AGO, CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.sealing import Sealer

APPOINTMENTS = CollectionSpec(
    "appointments",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("agenda", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("agenda", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("held_until", ASCENDING)]),
        IndexModel(
            [("tenant_id", ASCENDING), ("let_go_at", ASCENDING)],
            partialFilterExpression={"state": "cancelled"},
        ),
    ),
)


@dataclass(frozen=True)
class Past:
    """Counts of what has been; `last_counsellor` is whom the resident talked to last. What a counsellor missed is not counted."""

    attended: int
    missed: int
    last_counsellor: str | None


class Appointments:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.sealer = sealer

    async def add(
        self,
        tenant: str,
        appointment: Appointment,
        events: list[Payload],
        command: Command | None,
        changes: Changes,
    ) -> None:
        """Insert inside a transaction. Raises Duplicate (the transaction is lost) when this request was here before."""
        fields = self._fields(tenant, appointment) | {"created_at": appointment.created_at}
        await self.outbox.insert(
            "appointments", tenant, appointment.id, fields, events, command=command, changes=changes
        )

    async def change(
        self,
        tenant: str,
        appointment: Appointment,
        events: list[Payload],
        command: Command | None,
        changes: Changes | None = None,
        **more: datetime,
    ) -> int:
        """Keep what changed since `appointment.version`, with `more` fields; returns the new version. Raises StaleVersion."""
        return await self.outbox.update(
            "appointments",
            tenant,
            appointment.id,
            appointment.version,
            {**self._fields(tenant, appointment), **more},
            events,
            command=command,
            changes=changes,
        )

    async def fetch(self, tenant: str, appointment_id: str) -> Document:
        """The document, for `read` and `Command.seen_in`. Raises NotFound."""
        return await self.outbox.fetch("appointments", tenant, appointment_id)

    async def due(self, tenant: str, now: datetime, limit: int = 200) -> list[str]:
        """Ids of holds that have run out."""
        async with reachable():
            documents = (
                await self.outbox.db["appointments"]
                .find({"tenant_id": tenant, "held_until": {"$gt": LONG_AGO, "$lte": now}}, {"_id": 1})
                .limit(limit)
                .to_list(limit)
            )
        return [document["_id"] for document in documents]

    async def without_link(self, tenant: str, first: date, limit: int) -> list[Appointment]:
        """Confirmed online appointments from a service date on that have no address of their own yet, the earliest first."""
        async with reachable():
            documents = (
                await self.outbox.db["appointments"]
                .find(
                    {
                        "tenant_id": tenant,
                        "agenda": {"$gt": f"{first.isoformat()}:", "$lt": LAST},
                        "state": "confirmed",
                        "slot.channel": "online",
                        "join_url": None,
                    }
                )
                .sort("agenda", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [self.read(tenant, document) for document in documents]

    async def past(self, tenant: str, resident_id: str) -> Past:
        """What has been of the resident's appointments, the latest fifty of them."""
        fields = {"state": 1, "missed_by": 1, "slot.counsellor_id": 1}
        async with reachable():
            documents = (
                await self.outbox.db["appointments"]
                .find(
                    {"tenant_id": tenant, "resident_id": resident_id, "agenda": {"$gt": "", "$lt": LAST}},
                    fields,
                )
                .sort("agenda", DESCENDING)
                .limit(50)
                .to_list(50)
            )
        attended = [d["slot"]["counsellor_id"] for d in documents if d["state"] == "attended"]
        missed = sum(d["state"] == "missed" and d.get("missed_by") != "counsellor" for d in documents)
        return Past(len(attended), missed, attended[0] if attended else None)

    async def page(
        self,
        tenant: str,
        cursor: str | None,
        limit: int,
        *,
        resident_id: str | None = None,
        counsellor_id: str | None = None,
        service_date: date | None = None,
        newest_first: bool = False,
    ) -> Page[Appointment]:
        """In order of service date and time; `newest_first` turns the order of a first page round.

        Raises Invalid for a cursor of another list.
        """
        first, last = "", LAST
        if service_date:
            first, last = f"{service_date.isoformat()}:", f"{service_date.isoformat()};"
        if cursor:
            first = max(first, after(cursor))
        where: Document = {"tenant_id": tenant}
        if resident_id:
            where["resident_id"] = resident_id
        where["agenda"] = {"$gt": first, "$lt": last}
        if counsellor_id:
            where["slot.counsellor_id"] = counsellor_id
        async with reachable():
            documents = (
                await self.outbox.db["appointments"]
                .find(where)
                .sort("agenda", DESCENDING if newest_first else ASCENDING)
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(documents[limit - 1]["agenda"]) if len(documents) > limit else None
        return Page(data=[self.read(tenant, document) for document in documents[:limit]], next=more)

    async def between(
        self,
        tenant: str,
        first_day: date,
        last_day: date,
        limit: int,
        *,
        resident_id: str | None = None,
        counsellor_id: str | None = None,
    ) -> list[Appointment]:
        """Somebody's appointments of these service days, both included, in order; at most `limit`."""
        where: Document = {"tenant_id": tenant}
        if resident_id:
            where["resident_id"] = resident_id
        where["agenda"] = {"$gt": f"{first_day.isoformat()}:", "$lt": f"{last_day.isoformat()};"}
        if counsellor_id:
            where["slot.counsellor_id"] = counsellor_id
        async with reachable():
            documents = (
                await self.outbox.db["appointments"].find(where).sort("agenda").limit(limit).to_list(limit)
            )
        return [self.read(tenant, document) for document in documents]

    def read(self, tenant: str, document: Document) -> Appointment:
        """The appointment of a document, its sealed texts opened. Raises CannotOpen."""
        return Appointment(
            id=document["_id"],
            resident_id=document["resident_id"],
            slot=slot_of(document["slot"]),
            state=document["state"],
            created_at=document["created_at"],
            held_until=document["held_until"],
            cancelled_by=document["cancelled_by"],
            cancel_reason=self._open(tenant, "cancel_reason", document),
            note=self._open(tenant, "note", document),
            missed_by=document.get("missed_by"),
            reaffirmed_at=document.get("reaffirmed_at"),
            extra_reminder=document.get("extra_reminder", False),
            series_id=document.get("series_id"),
            waiting_id=document.get("waiting_id"),
            assignment=document.get("assignment"),
            join_url=document.get("join_url"),
            wishes=_wishes(document),
            version=document["version"],
        )

    def _fields(self, tenant: str, appointment: Appointment) -> dict[str, Any]:
        slot = appointment.slot
        return {
            "resident_id": appointment.resident_id,
            "state": appointment.state,
            "agenda": f"{slot.service_date.isoformat()}:{slot.start_minute:04d}:{appointment.id}",
            "slot": {
                "counsellor_id": slot.counsellor_id,
                "channel": slot.channel,
                "service_date": slot.service_date.isoformat(),
                "start_minute": slot.start_minute,
                "minutes": slot.minutes,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
                "pool": slot.pool,
                "room_id": slot.room_id,
                "buffer_minutes": slot.buffer_minutes,
            },
            "held_until": appointment.held_until,
            "cancelled_by": appointment.cancelled_by,
            "cancel_reason": self._seal(tenant, "cancel_reason", appointment.cancel_reason),
            "note": self._seal(tenant, "note", appointment.note),
            "missed_by": appointment.missed_by,
            "reaffirmed_at": appointment.reaffirmed_at,
            "extra_reminder": appointment.extra_reminder,
            "series_id": appointment.series_id,
            "waiting_id": appointment.waiting_id,
            "assignment": appointment.assignment,
            "join_url": appointment.join_url,
            "wishes": asdict(appointment.wishes),
        }

    def _seal(self, tenant: str, field: str, text: str | None) -> str | None:
        return None if text is None else self.sealer.seal(tenant, f"appointments.{field}", text)

    def _open(self, tenant: str, field: str, document: Document) -> str | None:
        sealed = document[field]
        return None if sealed is None else self.sealer.open(tenant, f"appointments.{field}", sealed)


def _wishes(document: Document) -> Wishes:
    """Of appointments that were made before wishes were kept the language is known where it was part of the reason."""
    if (kept := document.get("wishes")) is None:
        return Wishes(language=(document.get("assignment") or {}).get("language"))
    return Wishes(**{**kept, "skills": tuple(kept["skills"])})
