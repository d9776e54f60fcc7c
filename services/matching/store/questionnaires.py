"""Questionnaires: one per resident, made by the first answer."""

from typing import Any

from services.matching.questionnaire import Questionnaire
from services.matching.store.changing import Rule
from services.matching.store.documents import wishes_document, wishes_of
from shared.changing import settled
from shared.errors import NotFound, StaleVersion
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Database, Document, reachable
from shared.outbox import Outbox


class Questionnaires:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def get(self, tenant: str, resident_id: str) -> tuple[Questionnaire, int]:
        """The questionnaire and its version; an empty one at version 0 when nothing was answered yet."""
        empty = Questionnaire(derived_id("qst", tenant, resident_id), resident_id)
        document = await self._document(tenant, empty.id)
        return (_questionnaire_of(document), document["version"]) if document else (empty, 0)

    async def change(
        self,
        tenant: str,
        resident_id: str,
        rule: Rule[Questionnaire],
        command: Command,
        expected: int | None = None,
    ) -> tuple[Questionnaire, int]:
        """Apply the rule; returns state and version. Raises StaleVersion when it is not at the `expected` version."""
        empty = Questionnaire(derived_id("qst", tenant, resident_id), resident_id)

        async def attempt() -> tuple[Questionnaire, int]:
            document = await self._document(tenant, empty.id)
            state, version = (_questionnaire_of(document), document["version"]) if document else (empty, 0)
            if document and command.seen_in(document):
                return state, version
            if expected not in (None, version):
                raise StaleVersion(f"the questionnaire is at version {version}")
            changed, events = rule(state)
            if document is None:
                fields = {"resident_id": resident_id, **_fields(changed)}
                await self.outbox.insert("questionnaires", tenant, empty.id, fields, events, command=command)
                return changed, 1
            version = await self.outbox.update(
                "questionnaires", tenant, empty.id, version, _fields(changed), events, command=command
            )
            return changed, version

        return await settled(attempt, expected=expected)

    async def refusing(self, tenant: str) -> frozenset[str]:
        """Residents who want nothing learned from what they do."""
        where = {"tenant_id": tenant, "wishes.learning": False}
        async with reachable():
            found = await self.db["questionnaires"].find(where, {"resident_id": 1}).to_list(None)
        return frozenset(document["resident_id"] for document in found)

    async def _document(self, tenant: str, questionnaire_id: str) -> Document | None:
        try:
            return await self.outbox.fetch("questionnaires", tenant, questionnaire_id)
        except NotFound:
            return None


def _fields(questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "answers": dict(questionnaire.answers),
        "wishes": wishes_document(questionnaire.wishes),
        "updated_at": questionnaire.updated_at,
        "completed_at": questionnaire.completed_at,
    }


def _questionnaire_of(document: Document) -> Questionnaire:
    return Questionnaire(
        id=document["_id"],
        resident_id=document["resident_id"],
        answers=document["answers"],
        wishes=wishes_of(document["wishes"]),
        updated_at=document["updated_at"],
        completed_at=document["completed_at"],
    )
