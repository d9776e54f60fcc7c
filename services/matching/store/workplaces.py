"""Workplaces, with what companies and people say of them. What somebody wrote is sealed."""

from dataclasses import replace

from services.matching.store.changing import Rule, change
from services.matching.store.listing import Position, newest_first
from services.matching.workplace import Note, Workplace
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Database, Document
from shared.outbox import Outbox
from shared.sealing import Sealer

SEALED_FIELD = "workplaces.note"


class Workplaces:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer

    def person_key(self, tenant: str, workplace_id: str, resident_id: str) -> str:
        """Under which a person's words about one workplace are kept: another one at every workplace, and nothing that somebody who
        knows the resident's id could reckon. Raises MissingSecret."""
        told_apart = self.sealer.fingerprint(tenant, f"workplaces.heard|{workplace_id}", resident_id)
        return derived_id("spk", tenant, told_apart)

    async def add(self, tenant: str, workplace: Workplace, command: Command) -> Workplace:
        """The workplace, or what this very command made before."""
        fields = {**self._document(tenant, workplace), "created_at": workplace.created_at}
        if await self.outbox.insert("workplaces", tenant, workplace.id, fields, command=command):
            return workplace
        return await self.get(tenant, workplace.id)

    async def get(self, tenant: str, workplace_id: str, company_id: str | None = None) -> Workplace:
        """Raises NotFound, also for another company's when one is named."""
        found = self.of_document(tenant, await self.outbox.fetch("workplaces", tenant, workplace_id))
        if company_id not in (None, found.company_id):
            raise NotFound(f"no workplaces {workplace_id}")
        return found

    async def change(
        self,
        tenant: str,
        workplace_id: str,
        rule: Rule[Workplace],
        command: Command,
        expected: int | None = None,
    ) -> Workplace:
        """Raises as `changing.change`."""
        return await change(
            self.outbox,
            "workplaces",
            tenant,
            workplace_id,
            rule,
            read=lambda document: self.of_document(tenant, document),
            write=lambda workplace: self._document(tenant, workplace),
            command=command,
            at=lambda workplace, version: replace(workplace, version=version),
            expected=expected,
        )

    async def of_company(
        self, tenant: str, company_id: str, after: Position | None = None, count: int = 100
    ) -> list[Workplace]:
        """Newest first."""
        found = await newest_first(self.db, "workplaces", tenant, {"company_id": company_id}, after, count)
        return [self.of_document(tenant, document) for document in found]

    def _document(self, tenant: str, workplace: Workplace) -> Document:
        return {
            "company_id": workplace.company_id,
            "name": workplace.name,
            "about": workplace.about,
            "said": dict(workplace.said),
            "said_at": workplace.said_at,
            "heard": [
                {"key": key, "voice": voice, "answers": dict(answers)}
                for (key, voice), answers in workplace.heard.items()
            ],
            "notes": [
                {
                    "key": note.key,
                    "text": self.sealer.seal(tenant, SEALED_FIELD, note.text),
                    "released": note.released,
                }
                for note in workplace.notes
            ],
        }

    def of_document(self, tenant: str, document: Document) -> Workplace:
        """The workplace that a document holds."""
        return Workplace(
            id=document["_id"],
            company_id=document["company_id"],
            name=document["name"],
            about=document["about"],
            said=document["said"],
            said_at=document["said_at"],
            heard={(h["key"], h["voice"]): h["answers"] for h in document["heard"]},
            notes=tuple(
                Note(n["key"], self.sealer.open(tenant, SEALED_FIELD, n["text"]), n["released"])
                for n in document["notes"]
            ),
            created_at=document["created_at"],
            version=document["version"],
        )


def silent(workplace: Workplace) -> tuple[Workplace, list[Payload]]:
    """A change that nobody else needs to hear of."""
    return workplace, []
