"""One-time links of companies: hashes only; an address that one proves lies sealed."""

from datetime import datetime

from services.matching.entry_link import EntryLink
from shared.events.envelope import Payload
from shared.mongo import Database, reachable
from shared.outbox import Outbox
from shared.sealing import Sealer

KEPT_FOR = 24 * 3600
"""Seconds beyond a link's end, so that a late visitor is told that it was used up."""
ADDRESS_FIELD = "company_links.address"


class CompanyLinks:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer

    async def add(self, tenant: str, link: EntryLink, events: list[Payload]) -> None:
        fields = {
            "company_id": link.company_id,
            "created_at": link.created_at,
            "expires_at": link.expires_at,
            "used_at": link.used_at,
            "address": self.sealer.seal(tenant, ADDRESS_FIELD, link.address) if link.address else None,
            "epoch": link.epoch,
        }
        await self.outbox.insert("company_links", tenant, link.id, fields, events)

    async def sent_since(
        self, tenant: str, company_id: str, since: datetime, *, to_move: bool = False
    ) -> int:
        """How many of the kind the company was sent after `since`: to sign in, or to move its contact."""
        where = {"tenant_id": tenant, "company_id": company_id, "created_at": {"$gt": since}}
        async with reachable():
            found = await self.db["company_links"].find(where, {"address": 1}).to_list(None)
        return sum((document.get("address") is not None) == to_move for document in found)

    async def find(self, tenant: str, link_id: str) -> EntryLink | None:
        async with reachable():
            found = await self.db["company_links"].find_one({"_id": link_id, "tenant_id": tenant})
        if found is None:
            return None
        sealed = found.get("address")
        return EntryLink(
            found["_id"],
            found["company_id"],
            found["created_at"],
            found["expires_at"],
            found["used_at"],
            self.sealer.open(tenant, ADDRESS_FIELD, sealed) if sealed else None,
            found.get("epoch", 0),
        )

    async def use(self, tenant: str, link: EntryLink, now: datetime) -> bool:
        """Use an open link up; False when somebody was faster."""
        async with reachable():
            taken = await self.db["company_links"].update_one(
                {"_id": link.id, "tenant_id": tenant, "used_at": None}, {"$set": {"used_at": now}}
            )
        return bool(taken.modified_count)
