"""Residents. Contact points lie sealed."""

import json
from collections.abc import Sequence
from functools import partial

from pymongo import ASCENDING, IndexModel

from services.intake.resident import Resident
from shared.events.envelope import Payload
from shared.events.intake import CONTACTS_FIELD
from shared.http.paging import Page
from shared.idempotency import Command
from shared.listing import newest_first, order_of
from shared.mongo import CollectionSpec, Document
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.sealing import Sealer

RESIDENTS = CollectionSpec(
    "residents", (IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]), OUTBOX_INDEX)
)


class Residents:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.sealer = sealer

    async def add(
        self, tenant: str, resident: Resident, events: Sequence[Payload], command: Command | None = None
    ) -> Resident:
        """Insert; a repeated `command` gives what the first one made. Raises Duplicate for an id that is taken."""
        fields = {
            "channel": resident.channel,
            "language": resident.language,
            "created_at": resident.created_at,
            "order": order_of(resident.created_at, resident.id),
            **self._changing(tenant, resident),
        }
        if await self.outbox.insert("residents", tenant, resident.id, fields, events, command=command):
            return resident
        return await self.get(tenant, resident.id)

    async def get(self, tenant: str, resident_id: str) -> Resident:
        """Raises NotFound."""
        return self.read(tenant, await self.outbox.fetch("residents", tenant, resident_id))

    async def document(self, tenant: str, resident_id: str) -> Document:
        """The stored form, which remembers the commands it carries. Raises NotFound."""
        return await self.outbox.fetch("residents", tenant, resident_id)

    async def change(
        self, tenant: str, resident: Resident, events: Sequence[Payload], command: Command | None = None
    ) -> None:
        """Write `resident` over its version. Raises StaleVersion."""
        await self.outbox.update(
            "residents",
            tenant,
            resident.id,
            resident.version,
            self._changing(tenant, resident),
            events,
            command=command,
        )

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Resident]:
        """Newest first."""
        db = self.outbox.db
        return await newest_first(tenant, db["residents"], {}, cursor, limit, partial(self.read, tenant))

    def sealed_contacts(self, tenant: str, resident: Resident) -> str:
        """The contacts as they travel in `contact_changed`."""
        return self.sealer.seal(tenant, CONTACTS_FIELD, json.dumps(dict(resident.contacts)))

    def read(self, tenant: str, document: Document) -> Resident:
        sealed = document.get("contacts")
        return Resident(
            id=document["_id"],
            channel=document["channel"],
            language=document["language"],
            created_at=document["created_at"],
            contacts=json.loads(self.sealer.open(tenant, CONTACTS_FIELD, sealed)) if sealed else {},
            line_at=document.get("line_at"),
            version=document["version"],
        )

    def _changing(self, tenant: str, resident: Resident) -> Document:
        sealed = self.sealed_contacts(tenant, resident) if resident.contacts else None
        return {"contacts": sealed, "line_at": resident.line_at}
