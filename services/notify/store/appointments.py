"""What notify remembers of an appointment, so that events in the wrong order do no harm."""

from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.notify.slot import Slot
from services.notify.store.messages import read_slot, stored_slot
from shared.ids import derived_id
from shared.inbox import Tx
from shared.mongo import CollectionSpec, Document

APPOINTMENTS = CollectionSpec(
    "appointments", (IndexModel([("tenant_id", ASCENDING), ("appointment_id", ASCENDING)]),)
)


@dataclass(frozen=True)
class Appointment:
    """`sequence` is that of the newest event seen; `slot` and `starts_at` (UTC) those of the newest that named them.

    `reaffirmed`: the resident has said that they come at that time.
    """

    id: str
    sequence: int
    slot: Slot | None = None
    starts_at: datetime | None = None
    resident_id: str | None = None
    reaffirmed: bool = False


class Appointments:
    async def find(self, tx: Tx, tenant: str, appointment_id: str) -> Appointment | None:
        """As the transaction sees it."""
        found = await tx.find("appointments", tenant, {"_id": _id(tenant, appointment_id)})
        return _read(found[0]) if found else None

    def stage(self, tx: Tx, tenant: str, appointment: Appointment) -> None:
        """Keep it."""
        fields: Document = {
            "appointment_id": appointment.id,
            "sequence": appointment.sequence,
            "slot": stored_slot(appointment.slot),
            "starts_at": appointment.starts_at,
            "resident_id": appointment.resident_id,
            "reaffirmed": appointment.reaffirmed,
        }
        mine: Document = {"_id": _id(tenant, appointment.id), "tenant_id": tenant}
        tx.stage("appointments", UpdateOne(mine, {"$set": fields}, upsert=True))


def _id(tenant: str, appointment_id: str) -> str:
    return derived_id("nap", tenant, appointment_id)


def _read(document: Document) -> Appointment:
    slot = document["slot"]
    return Appointment(
        document["appointment_id"],
        document["sequence"],
        read_slot(slot) if slot else None,
        document["starts_at"],
        document.get("resident_id"),
        document.get("reaffirmed", False),
    )
