"""Questionnaires: one per resident, made by the first answer."""

from typing import Any

from services.matching.questionnaire import Questionnaire
from services.matching.store.bulk import in_one
from services.matching.store.changing import Rule
from services.matching.store.documents import wishes_document, wishes_of
from services.matching.store.slates import EMPTIED
from services.matching.store.together import together
from shared.changing import settled
from shared.errors import NotFound, StaleVersion
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Database, Document, reachable
from shared.outbox import Changes, Outbox


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
        """Apply the rule; returns state and version. Who now wants nothing learned from what they look at: their looks so far go, too, and
        the proposals that were made from them.

        Raises StaleVersion when it is not at the `expected` version.
        """
        empty = Questionnaire(derived_id("qst", tenant, resident_id), resident_id)

        async def attempt() -> tuple[Questionnaire, int]:
            document = await self._document(tenant, empty.id)
            state, version = (_questionnaire_of(document), document["version"]) if document else (empty, 0)
            if document and command.seen_in(document):
                return state, version
            if expected not in (None, version):
                raise StaleVersion(f"the questionnaire is at version {version}")
            changed, events = rule(state)

            async def write(changes: Changes | None = None) -> None:
                if document is None:
                    fields = {"resident_id": resident_id, **_fields(changed)}
                    await self.outbox.insert(
                        "questionnaires", tenant, empty.id, fields, events, command=command, changes=changes
                    )
                else:
                    await self.outbox.update(
                        "questionnaires", tenant, empty.id, version, _fields(changed), events,
                        command=command, changes=changes,
                    )  # fmt: skip

            if state.wishes.learning and not changed.wishes.learning:

                async def write_and_forget(changes: Changes) -> None:
                    await write(changes)
                    await self._erase_looks(tenant, resident_id, changes)

                await together(self.outbox, write_and_forget)
            else:
                await write()
            return changed, version + 1

        return await settled(attempt, expected=expected)

    async def erase(self, tenant: str, resident_id: str, rule: Rule[Questionnaire], command: Command) -> None:
        """Apply the rule that empties it, and delete what was made from it: proposals, also those of send lists, and looks at offers. All of
        it or nothing."""
        empty = Questionnaire(derived_id("qst", tenant, resident_id), resident_id)

        async def work(changes: Changes) -> None:
            document = await self._document(tenant, empty.id, changes)
            if document is not None and not command.seen_in(document):
                blank, events = rule(_questionnaire_of(document))
                where = {"_id": empty.id, "tenant_id": tenant}
                async with reachable():
                    # what was sent before is known by its fingerprint, from which a few answers could be guessed
                    await self.db["questionnaires"].update_one(
                        where, {"$set": {"commands": []}}, session=changes.session
                    )
                await self.outbox.update(
                    "questionnaires", tenant, empty.id, document["version"], _fields(blank), events,
                    command=command, changes=changes,
                )  # fmt: skip
            await self._erase_made_of_it(tenant, resident_id, changes)

        await in_one(self.outbox, work)

    async def _erase_looks(self, tenant: str, resident_id: str, changes: Changes) -> None:
        theirs = {"tenant_id": tenant, "resident_id": resident_id}
        async with reachable():
            looks = {**theirs, "kind": "view"}
            await self.db["interactions"].delete_many(looks, session=changes.session)
            await self._erase_slates({**theirs, "seeker.history": {"$exists": True, "$ne": {}}}, changes)

    async def _erase_made_of_it(self, tenant: str, resident_id: str, changes: Changes) -> None:
        theirs = {"tenant_id": tenant, "resident_id": resident_id}
        async with reachable():
            await self.db["interactions"].delete_many(theirs, session=changes.session)
            await self._erase_sent(theirs, changes)
            await self._erase_slates(theirs, changes)

    async def _erase_slates(self, where: Document, changes: Changes) -> None:
        # a slate whose event still waits to be published is emptied: its event must not be lost
        await self.db["slates"].update_many(
            {**where, "outbox_at": {"$exists": True}}, {"$set": EMPTIED}, session=changes.session
        )
        await self.db["slates"].delete_many(
            {**where, "outbox_at": {"$exists": False}}, session=changes.session
        )

    async def _erase_sent(self, theirs: Document, changes: Changes) -> None:
        """Of send lists: what waits is not sent, and of what was sent only the offers stay, which caps count."""
        found = self.db["send_entries"].find(theirs, {"state": 1, "picks": 1}, session=changes.session)
        for document in await found.to_list(None):
            mine = {"_id": document["_id"], "tenant_id": theirs["tenant_id"]}
            picks = [{**pick, "score": 0, "reasons": [], "mismatch": None} for pick in document["picks"]]
            withheld = {"state": "withheld", "reason": "nothing_left", "picks": []}
            await self.db["send_entries"].update_one(
                mine,
                {"$set": withheld if document["state"] == "waiting" else {"picks": picks}},
                session=changes.session,
            )

    async def refusing(self, tenant: str) -> frozenset[str]:
        """Residents who want nothing learned from what they do."""
        where = {"tenant_id": tenant, "wishes.learning": False}
        async with reachable():
            found = await self.db["questionnaires"].find(where, {"resident_id": 1}).to_list(None)
        return frozenset(document["resident_id"] for document in found)

    async def _document(
        self, tenant: str, questionnaire_id: str, changes: Changes | None = None
    ) -> Document | None:
        try:
            return await self.outbox.fetch("questionnaires", tenant, questionnaire_id, changes=changes)
        except NotFound:
            return None


def _fields(questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "answers": dict(questionnaire.answers),
        "wishes": wishes_document(questionnaire.wishes),
        "updated_at": questionnaire.updated_at,
        "completed_at": questionnaire.completed_at,
        "item_set": questionnaire.item_set,
    }


def _questionnaire_of(document: Document) -> Questionnaire:
    return Questionnaire(
        id=document["_id"],
        resident_id=document["resident_id"],
        answers=document["answers"],
        wishes=wishes_of(document["wishes"]),
        updated_at=document["updated_at"],
        completed_at=document["completed_at"],
        # before sets were counted there was one
        item_set=document.get("item_set", 1),
    )
