"""One-time links of companies: hashes only."""

from datetime import datetime

from services.matching.entry_link import EntryLink
from shared.events.envelope import Payload
from shared.mongo import Database, reachable
from shared.outbox import Outbox

KEPT_FOR = 24 * 3600
"""Seconds beyond a link's end, so that a late visitor is told that it was used up."""


class CompanyLinks:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def add(self, tenant: str, link: EntryLink, events: list[Payload]) -> None:
        fields = {
            "company_id": link.company_id,
            "created_at": link.created_at,
            "expires_at": link.expires_at,
            "used_at": link.used_at,
        }
        await self.outbox.insert("company_links", tenant, link.id, fields, events)

    async def sent_since(self, tenant: str, company_id: str, since: datetime) -> int:
        """How many the company was sent after `since`."""
        async with reachable():
            return await self.db["company_links"].count_documents(
                {"tenant_id": tenant, "company_id": company_id, "created_at": {"$gt": since}}
            )

    async def find(self, tenant: str, link_id: str) -> EntryLink | None:
        async with reachable():
            found = await self.db["company_links"].find_one({"_id": link_id, "tenant_id": tenant})
        if found is None:
            return None
        return EntryLink(
            found["_id"], found["company_id"], found["created_at"], found["expires_at"], found["used_at"]
        )

    async def use(self, tenant: str, link_id: str, now: datetime) -> str | None:
        """Use the link up; the company it led to, or None when it was used, has run out or never was."""
        link = await self.find(tenant, link_id)
        if link is None or not link.opens(now):
            return None
        async with reachable():
            taken = await self.db["company_links"].update_one(
                {"_id": link_id, "tenant_id": tenant, "used_at": None}, {"$set": {"used_at": now}}
            )
        return link.company_id if taken.modified_count else None
