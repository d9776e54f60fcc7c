"""Contact points, sealed, and preferences: one document per resident."""

import json
from dataclasses import asdict, replace

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.notify.contact import ContactPoint, Preferences
from shared.ids import derived_id
from shared.inbox import Tx
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import Outbox
from shared.sealing import Sealer

CONTACT_POINTS = CollectionSpec(
    "contact_points", (IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING)]),)
)
FIELD = "contact_points.contacts"


class Contacts:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.db = outbox.db
        self.sealer = sealer

    def stage(self, tx: Tx, tenant: str, contact: ContactPoint, sequence: int) -> None:
        """Write how the resident is reached, unless a newer event (a higher `sequence`) has been seen. Preferences stay."""
        fields: Document = {
            "contacts": self._sealed(tenant, contact),
            "language": contact.language,
            "sequence": sequence,
        }
        mine: Document = {"_id": _id(tenant, contact.resident_id), "tenant_id": tenant}
        first = {"resident_id": contact.resident_id, "version": 1, **fields}
        tx.stage("contact_points", UpdateOne(mine, {"$setOnInsert": first}, upsert=True))
        older = {**mine, "sequence": {"$lt": sequence}, "tenant_id": tenant}
        tx.stage("contact_points", UpdateOne(older, {"$set": fields, "$inc": {"version": 1}}))

    async def find(self, tenant: str, resident_id: str) -> ContactPoint | None:
        """None when notify has never heard of the resident."""
        async with reachable():
            document = await self.db["contact_points"].find_one(
                {"_id": _id(tenant, resident_id), "tenant_id": tenant}
            )
        return self._read(tenant, document) if document else None

    async def keep_preferences(self, tenant: str, contact: ContactPoint) -> ContactPoint:
        """Store the preferences of `contact` over its version. Raises StaleVersion, or Duplicate when it has just come into being."""
        preferences = {"preferences": asdict(contact.preferences)}
        key = _id(tenant, contact.resident_id)
        if contact.version:
            version = await self.outbox.update("contact_points", tenant, key, contact.version, preferences)
            return replace(contact, version=version)
        fields: Document = {
            "resident_id": contact.resident_id,
            "contacts": self._sealed(tenant, contact),
            "language": contact.language,
            "sequence": 0,
        }
        await self.outbox.insert("contact_points", tenant, key, {**fields, **preferences})
        return replace(contact, version=1)

    def _sealed(self, tenant: str, contact: ContactPoint) -> str:
        known = {"line": contact.line, "email": contact.email}
        return self.sealer.seal(tenant, FIELD, json.dumps({k: v for k, v in known.items() if v}))

    def _read(self, tenant: str, document: Document) -> ContactPoint:
        known = json.loads(self.sealer.open(tenant, FIELD, document["contacts"]))
        return ContactPoint(
            resident_id=document["resident_id"],
            line=known.get("line"),
            email=known.get("email"),
            language=document["language"],
            preferences=Preferences(**document.get("preferences", {})),
            version=document["version"],
        )


def _id(tenant: str, resident_id: str) -> str:
    return derived_id("cpt", tenant, resident_id)
