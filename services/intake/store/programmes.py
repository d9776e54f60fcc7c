"""The programme catalogue: one document per programme, and one per tenant that says which state the catalogue is in."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.intake.programme import Change, Programme
from shared.http.paging import Page
from shared.idempotency import Command
from shared.listing import in_order
from shared.mongo import CollectionSpec, Database, Document, Session, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox

PROGRAMMES = CollectionSpec(
    "programmes", (IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]), OUTBOX_INDEX)
)
CATALOGUES = CollectionSpec("catalogues")


class Programmes:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def get(self, tenant: str, programme_id: str) -> Programme:
        """Raises NotFound."""
        return _read(await self.outbox.fetch("programmes", tenant, programme_id))

    async def all(self, tenant: str) -> dict[str, Programme]:
        """The whole catalogue, retired ones too, by id."""
        async with reachable():
            found = await self.db["programmes"].find({"tenant_id": tenant}).to_list(None)
        return {document["_id"]: _read(document) for document in found}

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Programme]:
        """By service id."""
        return await in_order(tenant, self.db["programmes"], {}, cursor, limit, _read)

    async def catalogue(self, tenant: str) -> Document:
        """`{version, content}` and the last import's report; version 0 before the first import. `content` counts changes."""
        async with reachable():
            found = await self.db["catalogues"].find_one({"_id": tenant, "tenant_id": tenant})
        return found or {"_id": tenant, "version": 0, "content": 0}

    async def apply(
        self,
        tenant: str,
        catalogue: Document,
        changes: Sequence[Change],
        report: Mapping[str, Any],
        command: Command,
    ) -> None:
        """Write an import as a whole or not at all. Raises StaleVersion (or Duplicate) when another import was faster."""
        content = catalogue["content"] + (1 if changes else 0)
        state = {"content": content, "report": dict(report), "report_of": command.key}
        committed: list[Changes] = []

        async def work(session: Session) -> None:
            written = Changes(session)
            if catalogue["version"]:
                await self.outbox.update(
                    "catalogues",
                    tenant,
                    tenant,
                    catalogue["version"],
                    state,
                    command=command,
                    changes=written,
                )
            else:
                await self.outbox.insert(
                    "catalogues", tenant, tenant, state, command=command, changes=written
                )
            await self._write(tenant, changes, written)
            committed[:] = [written]

        await self.db.in_transaction(work)
        for written in committed:
            self.outbox.commit(written)

    async def _write(self, tenant: str, changes: Sequence[Change], written: Changes) -> None:
        operations = []
        for change in changes:
            fields = _stored(change.programme)
            if change.new:
                operation, pending = self.outbox.staged_insert(
                    "programmes", tenant, change.programme.id, fields, change.events
                )
                operations.append(operation)
                if pending:
                    written.pending.append(pending)
            else:
                version = change.programme.version
                await self.outbox.update(
                    "programmes", tenant, change.programme.id, version, fields, change.events, changes=written
                )
        if operations:
            await self.db["programmes"].bulk_write(operations, ordered=False, session=written.session)


def _stored(programme: Programme) -> Document:
    return {
        "fields": dict(programme.fields),
        "state": programme.state,
        "order": f"{programme['service_id']}\x1f{programme.id}",
    }


def _read(document: Document) -> Programme:
    return Programme(document["_id"], document["fields"], document["state"], document["version"])
