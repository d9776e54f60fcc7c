"""Municipalities' own templates, every version of them."""

from pymongo import ASCENDING, IndexModel

from services.notify.template import Template, Wording
from services.notify.texts import Text
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import Outbox

TEMPLATES = CollectionSpec("templates", (IndexModel([("tenant_id", ASCENDING), ("name", ASCENDING)]),))


class Templates:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.db = outbox.db

    async def named(self, tenant: str, name: str) -> dict[str, Template]:
        """The tenant's own templates of that name, by language."""
        async with reachable():
            found = await self.db["templates"].find({"tenant_id": tenant, "name": name}).to_list(None)
        return {document["language"]: _read(document) for document in found}

    async def every(self, tenant: str) -> list[Template]:
        """All of the tenant's own templates, by name and language."""
        async with reachable():
            found = await self.db["templates"].find({"tenant_id": tenant}).to_list(None)
        return sorted((_read(document) for document in found), key=lambda t: (t.name, t.language))

    async def remembers(self, tenant: str, name: str, language: str, command: Command) -> bool:
        """Whether `command` has made its version already. Raises IdempotencyConflict."""
        async with reachable():
            document = await self.db["templates"].find_one(
                {"_id": _id(tenant, name, language), "tenant_id": tenant}
            )
        return document is not None and command.seen_in(document)

    async def keep(self, tenant: str, template: Template, command: Command) -> None:
        """Store a template with one new version. Raises StaleVersion, or Duplicate when somebody else was first."""
        key = _id(tenant, template.name, template.language)
        wordings = [
            {"version": w.version, "subject": w.text.subject, "body": w.text.body, "at": w.at, "by": w.by}
            for w in template.wordings
        ]
        if template.version == 1:
            fields = {"name": template.name, "language": template.language, "wordings": wordings}
            await self.outbox.insert("templates", tenant, key, fields, command=command)
        else:
            changes = {"wordings": wordings}
            await self.outbox.update("templates", tenant, key, template.version - 1, changes, command=command)


def _id(tenant: str, name: str, language: str) -> str:
    return derived_id("tpl", tenant, name, language)


def _read(document: Document) -> Template:
    wordings = tuple(
        Wording(w["version"], Text(w["subject"], w["body"]), w["at"], w["by"]) for w in document["wordings"]
    )
    return Template(document["tenant_id"], document["name"], document["language"], wordings)
