"""Companies; their contact address is sealed."""

from services.matching.company import Company
from services.matching.store.listing import Position, newest_first
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Database, Document
from shared.outbox import Outbox
from shared.sealing import Sealer

SEALED_FIELD = "companies.contact_email"


class Companies:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer

    async def add(self, tenant: str, company: Company, events: list[Payload], command: Command) -> Company:
        """The company, or what this very command made before."""
        email = company.contact_email
        fields = {
            "name": company.name,
            "municipality_code": company.municipality_code,
            "contact_email": self.sealer.seal(tenant, SEALED_FIELD, email) if email else None,
            "created_at": company.created_at,
        }
        if await self.outbox.insert("companies", tenant, company.id, fields, events, command=command):
            return company
        return await self.get(tenant, company.id)

    async def get(self, tenant: str, company_id: str) -> Company:
        """Raises NotFound."""
        return self._company(tenant, await self.outbox.fetch("companies", tenant, company_id))

    async def newest(self, tenant: str, after: Position | None, count: int) -> list[Company]:
        documents = await newest_first(self.db, "companies", tenant, {}, after, count)
        return [self._company(tenant, document) for document in documents]

    def _company(self, tenant: str, document: Document) -> Company:
        sealed = document["contact_email"]
        return Company(
            id=document["_id"],
            name=document["name"],
            municipality_code=document["municipality_code"],
            contact_email=self.sealer.open(tenant, SEALED_FIELD, sealed) if sealed else None,
            created_at=document["created_at"],
        )
