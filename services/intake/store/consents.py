"""Consents, kept after they were taken back: they say why something was shared once."""

from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel

from services.intake.consent import Consent
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox

CONSENTS = CollectionSpec(
    "consents", (IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING)]), OUTBOX_INDEX)
)


class Consents:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def add(
        self, tenant: str, consent: Consent, events: Sequence[Payload], command: Command
    ) -> Consent:
        """Insert; a repeated `command` gives what the first one made."""
        fields = {
            "resident_id": consent.resident_id,
            "purpose": consent.purpose,
            "basis": "consent",
            "agencies": list(consent.agencies),
            "scope": list(consent.scope),
            "granted_at": consent.granted_at,
            "expires_at": consent.expires_at,
            "text_version": consent.text_version,
            "withdrawn_at": None,
        }
        if await self.outbox.insert("consents", tenant, consent.id, fields, events, command=command):
            return consent
        return await self.get(tenant, consent.id)

    async def get(self, tenant: str, consent_id: str) -> Consent:
        """Raises NotFound."""
        return _read(await self.outbox.fetch("consents", tenant, consent_id))

    async def of(self, tenant: str, resident_id: str) -> list[Consent]:
        """All consents of a resident, newest first."""
        async with reachable():
            found = (
                await self.outbox.db["consents"]
                .find({"tenant_id": tenant, "resident_id": resident_id})
                .to_list(None)
            )
        return sorted(map(_read, found), key=lambda consent: consent.granted_at, reverse=True)

    async def withdraw(
        self, tenant: str, consent: Consent, events: Sequence[Payload], command: Command
    ) -> None:
        """Write the withdrawal. Raises StaleVersion."""
        changed = {"withdrawn_at": consent.withdrawn_at}
        await self.outbox.update(
            "consents", tenant, consent.id, consent.version, changed, events, command=command
        )


def _read(document: Document) -> Consent:
    return Consent(
        id=document["_id"],
        resident_id=document["resident_id"],
        purpose=document["purpose"],
        agencies=tuple(document["agencies"]),
        scope=tuple(document["scope"]),
        granted_at=document["granted_at"],
        expires_at=document["expires_at"],
        text_version=document["text_version"],
        withdrawn_at=document["withdrawn_at"],
        version=document["version"],
    )
