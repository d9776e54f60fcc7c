"""Referrals. The note lies sealed."""

from collections.abc import Sequence
from functools import partial

from pymongo import ASCENDING, IndexModel

from services.intake.referral import Referral
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.listing import newest_first, order_of
from shared.mongo import CollectionSpec, Document
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.sealing import Sealer

REFERRALS = CollectionSpec(
    "referrals",
    (
        IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("agency_id", ASCENDING), ("order", ASCENDING)]),
        OUTBOX_INDEX,
    ),
)
NOTE = "referral.note"


class Referrals:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.sealer = sealer

    async def add(self, tenant: str, referral: Referral, command: Command) -> Referral:
        """Insert a draft; a repeated `command` gives what the first one made."""
        fields = {
            "resident_id": referral.resident_id,
            "agency_id": referral.agency_id,
            "consent_id": referral.consent_id,
            "note": self.sealer.seal(tenant, NOTE, referral.note),
            "created_at": referral.created_at,
            "order": order_of(referral.created_at, referral.id),
            **_changing(referral),
        }
        if await self.outbox.insert("referrals", tenant, referral.id, fields, command=command):
            return referral
        return await self.get(tenant, referral.id)

    async def get(self, tenant: str, referral_id: str) -> Referral:
        """Raises NotFound."""
        return self.read(tenant, await self.document(tenant, referral_id))

    async def document(self, tenant: str, referral_id: str) -> Document:
        """The stored form, which remembers the commands it carries. Raises NotFound."""
        return await self.outbox.fetch("referrals", tenant, referral_id)

    async def change(
        self, tenant: str, referral: Referral, events: Sequence[Payload], command: Command
    ) -> None:
        """Write the new state. Raises StaleVersion."""
        await self.outbox.update(
            "referrals",
            tenant,
            referral.id,
            referral.version,
            _changing(referral),
            events,
            command=command,
        )

    async def page(self, tenant: str, agency: str | None, cursor: str | None, limit: int) -> Page[Referral]:
        """Newest first; with `agency`, only what was sent to it."""
        where: Document = {}
        if agency:
            where = {"agency_id": agency, "state": {"$in": ["sent", "acknowledged", "declined"]}}
        db = self.outbox.db
        return await newest_first(tenant, db["referrals"], where, cursor, limit, partial(self.read, tenant))

    def read(self, tenant: str, document: Document) -> Referral:
        return Referral(
            id=document["_id"],
            resident_id=document["resident_id"],
            agency_id=document["agency_id"],
            consent_id=document["consent_id"],
            note=self.sealer.open(tenant, NOTE, document["note"]),
            created_at=document["created_at"],
            state=document["state"],
            shared=tuple(document["shared"]),
            sent_at=document["sent_at"],
            answered_at=document["answered_at"],
            reason=document["reason"],
            version=document["version"],
        )


def _changing(referral: Referral) -> Document:
    return {
        "state": referral.state,
        "shared": list(referral.shared),
        "sent_at": referral.sent_at,
        "answered_at": referral.answered_at,
        "reason": referral.reason,
    }
