"""Stretches of a municipality's appointments, as a calendar is read: one range on the index of agendas."""

from collections.abc import Collection
from datetime import date

from services.booking.appointment import Appointment, State
from services.booking.store.appointments import Appointments
from shared.mongo import Document, reachable

MOST = 2_000


class Agenda:
    def __init__(self, appointments: Appointments) -> None:
        self.appointments = appointments

    async def between(
        self,
        tenant: str,
        first: date,
        last: date,
        *,
        counsellor_id: str | None = None,
        states: Collection[State] = (),
        limit: int = MOST,
    ) -> list[Appointment]:
        """Appointments of the service days from `first` to `last`, in order of time; of certain states where they are named."""
        where: Document = {
            "tenant_id": tenant,
            "agenda": {"$gt": f"{first.isoformat()}:", "$lt": f"{last.isoformat()};"},
        }
        if counsellor_id:
            where["slot.counsellor_id"] = counsellor_id
        if states:
            where["state"] = {"$in": list(states)}
        collection = self.appointments.outbox.db["appointments"]
        async with reachable():
            documents = await collection.find(where).sort("agenda").limit(limit).to_list(limit)
        return [self.appointments.read(tenant, document) for document in documents]
