"""Companies; their contact address is sealed, and found again by its hash alone."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.matching.company import Company, folded
from services.matching.registration import STANDINGS, Registration, Standing
from services.matching.store.changing import Rule, change
from services.matching.store.listing import Position, containing, newest_first
from shared.events.envelope import Payload
from shared.events.matching.catalogue import COMPANY_CONTACT_FIELD
from shared.idempotency import Command
from shared.mongo import Database, Document, reachable
from shared.outbox import Outbox
from shared.sealing import Sealer

SEALED_FIELD = "companies.contact_email"
NAME_FIELD, PHONE_FIELD = "companies.contact_name", "companies.contact_phone"
NO_ADDRESS = ""
"""The hash of none. A document without a hash at all is from before there were any."""


class Companies:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer

    async def add(self, tenant: str, company: Company, events: list[Payload], command: Command) -> Company:
        """The company, or what this very command made before."""
        fields = {**self.document(tenant, company), "created_at": company.created_at}
        if await self.outbox.insert("companies", tenant, company.id, fields, events, command=command):
            return company
        return await self.get(tenant, company.id)

    async def get(self, tenant: str, company_id: str) -> Company:
        """Raises NotFound."""
        return self.of_document(tenant, await self.outbox.fetch("companies", tenant, company_id))

    async def change(
        self,
        tenant: str,
        company_id: str,
        rule: Rule[Company],
        command: Command,
        expected: int | None = None,
    ) -> Company:
        """Raises as `changing.change`."""
        return await change(
            self.outbox,
            "companies",
            tenant,
            company_id,
            rule,
            read=lambda document: self.of_document(tenant, document),
            write=lambda company: self.document(tenant, company),
            command=command,
            at=lambda company, version: replace(company, version=version),
            expected=expected,
        )

    async def newest(
        self,
        tenant: str,
        after: Position | None,
        count: int,
        *,
        standing: Standing | None = None,
        words: str = "",
    ) -> list[Company]:
        """Newest first; those that stand so, and whose name holds the words."""
        where: dict[str, Any] = {"standing": _standing(standing)} if standing else {}
        if words:
            where["name"] = containing(words)
        documents = await newest_first(self.db, "companies", tenant, where, after, count)
        return [self.of_document(tenant, document) for document in documents]

    async def not_let_in(self, tenant: str) -> dict[str, int]:
        """Companies whose offers nobody may see, with their versions."""
        others = [standing for standing in STANDINGS if standing != "approved"]
        async with reachable():
            found = self.db["companies"].find(
                {"tenant_id": tenant, "standing": {"$in": others}}, {"_id": 1, "version": 1}
            )
            return {document["_id"]: document["version"] for document in await found.to_list(None)}

    async def renamed(self, tenant: str) -> list[Company]:
        """Those whose offers do not all bear their name yet."""
        return await self._find(tenant, {"renamed": True})

    async def all_named(self, tenant: str, company: Company) -> None:
        """All of its offers bear its name; nothing happens when it has changed meanwhile. Nobody is shown this: its version stays."""
        where = {"_id": company.id, "tenant_id": tenant, "version": company.version}
        async with reachable():
            await self.db["companies"].update_one(where, {"$set": {"renamed": False}})

    async def of_contact(self, tenant: str, email: str) -> list[Company]:
        """The companies whose contact address this is, whatever their standing, oldest first."""
        found = await self._find(tenant, {"contact_key": self._key(tenant, email)})
        found += [
            company
            for company in await self._find(tenant, {"contact_key": None})
            if company.contact_email and folded(company.contact_email) == folded(email)
        ]
        return sorted(found, key=lambda company: (company.created_at, company.id))

    def sealed_contact(self, tenant: str, company: Company) -> str | None:
        """Its address as events carry it; None without one."""
        return self.sealed_address(tenant, company.contact_email) if company.contact_email else None

    def sealed_address(self, tenant: str, email: str) -> str:
        """Any address as events carry it."""
        return self.sealer.seal(tenant, COMPANY_CONTACT_FIELD, json.dumps({"email": email}))

    async def _find(self, tenant: str, where: Mapping[str, Any]) -> list[Company]:
        async with reachable():
            documents = await self.db["companies"].find({**where, "tenant_id": tenant}).to_list(None)
        return [self.of_document(tenant, document) for document in documents]

    def _key(self, tenant: str, email: str) -> str:
        return self.sealer.fingerprint(tenant, SEALED_FIELD, folded(email))

    def document(self, tenant: str, company: Company) -> Document:
        """All but id, version and the day of its registration."""
        email, registration = company.contact_email, company.registration
        return {
            "name": company.name,
            "municipality_code": company.municipality_code,
            "contact_email": self._sealed(tenant, SEALED_FIELD, email or ""),
            "contact_key": self._key(tenant, email) if email else NO_ADDRESS,
            "about": company.about,
            "standing": registration.standing,
            "applied_at": registration.applied_at,
            "decided_at": registration.decided_at,
            "decided_by": registration.decided_by,
            "reason": registration.reason,
            "renamed": company.renamed,
            "contact_name": self._sealed(tenant, NAME_FIELD, company.contact_name),
            "contact_phone": self._sealed(tenant, PHONE_FIELD, company.contact_phone),
            "session_epoch": company.session_epoch,
        }

    def _sealed(self, tenant: str, field: str, plain: str) -> str | None:
        return self.sealer.seal(tenant, field, plain) if plain else None

    def _opened(self, tenant: str, field: str, sealed: str | None) -> str:
        return self.sealer.open(tenant, field, sealed) if sealed else ""

    def of_document(self, tenant: str, document: Document) -> Company:
        """The company that a document holds."""
        return Company(
            id=document["_id"],
            name=document["name"],
            municipality_code=document["municipality_code"],
            contact_email=self._opened(tenant, SEALED_FIELD, document["contact_email"]) or None,
            created_at=document["created_at"],
            # documents from before there was an approval hold none of these: their companies are let in
            about=document.get("about", ""),
            registration=Registration(
                standing=document.get("standing", "approved"),
                applied_at=document.get("applied_at"),
                decided_at=document.get("decided_at"),
                decided_by=document.get("decided_by"),
                reason=document.get("reason"),
            ),
            renamed=document.get("renamed", False),
            contact_name=self._opened(tenant, NAME_FIELD, document.get("contact_name")),
            contact_phone=self._opened(tenant, PHONE_FIELD, document.get("contact_phone")),
            session_epoch=document.get("session_epoch", 0),
            version=document.get("version", 1),
        )


def _standing(standing: Standing) -> Any:
    return {"$in": ["approved", None]} if standing == "approved" else standing
