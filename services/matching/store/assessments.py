"""How work goes, in the database. Free text is sealed on its way in.

assessments   one per worker, month and side, with its corrections
growths       one per worker: the wish; every change of the three passes through it, so that of two at once none goes unseen
step_ups      what was suggested
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment, Said
from services.matching.assessment.step_up import NO_WISH, Suggestion, Wish
from services.matching.store.changing import change
from shared.changing import settled
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import LONG_AGO, CollectionSpec, Database, Document, Session, reachable
from shared.outbox import OUTBOX_INDEX, Changes, Outbox
from shared.retention import Kept
from shared.sealing import Sealer

_TENANT = ("tenant_id", ASCENDING)
COLLECTIONS = (
    CollectionSpec(
        "assessments",
        (
            IndexModel([_TENANT, ("resident_id", ASCENDING)]),
            IndexModel([_TENANT, ("period", ASCENDING)]),
            IndexModel([_TENANT, ("looked_at", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
    # found by its id, which is made of tenant and resident
    CollectionSpec("growths"),
    CollectionSpec(
        "step_ups",
        (
            IndexModel([_TENANT, ("resident_id", ASCENDING)]),
            IndexModel([_TENANT, ("stands_since", ASCENDING)]),
            IndexModel([_TENANT, ("closed_at", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
)
OUTBOXES = ("assessments", "step_ups")
KEPT = (
    Kept("assessments", "looked_at", lambda retention: retention.assessments),
    Kept("step_ups", "closed_at", lambda retention: retention.assessments),
)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
LISTED = 500
_SAID = ("message", "note", "why")
_SUGGESTED = ("message", "note")
Rule = Callable[[Growth], tuple[Growth, list[Payload]]]


class Assessments:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer

    async def of_worker(self, tenant: str, resident_id: str) -> Growth:
        """Everything; an empty one when nothing was said yet."""
        async with reachable():
            growth, _, _ = await self._read(tenant, resident_id, None)
        return growth

    async def change(self, tenant: str, resident_id: str, rule: Rule, command: Command) -> Growth:
        """Apply the rule in one transaction; what is so now, also when `command` has been done before. Raises what the rule raises."""

        async def attempt() -> Growth:
            async def work(session: Session) -> tuple[Growth, Changes]:
                written = Changes(session)
                before, versions, document = await self._read(tenant, resident_id, session)
                if document and command.seen_in(document):
                    return before, written
                after, events = rule(before)
                if after != before:
                    await self._write(tenant, before, after, events, versions, command, written)
                return after, written

            growth, written = await self.db.in_transaction(work)
            self.outbox.commit(written)
            return growth

        return await settled(attempt)

    async def of_months(self, tenant: str, since: date) -> list[Assessment]:
        """Everybody's, of the months from `since` on."""
        where = {"tenant_id": tenant, "period": {"$gte": since.isoformat(), "$lte": "9999"}}
        async with reachable():
            found = await self.db["assessments"].find(where).to_list(None)
        return [self._assessment(tenant, document) for document in found]

    async def standing(self, tenant: str) -> list[Suggestion]:
        """What was suggested to staff and still stands, the oldest first."""
        where = {"tenant_id": tenant, "stands_since": {"$gt": LONG_AGO, "$lt": FAR}}
        async with reachable():
            found = self.db["step_ups"].find(where).sort("stands_since").limit(LISTED)
            return [self._suggestion(tenant, document) for document in await found.to_list(LISTED)]

    async def suggestion(self, tenant: str, suggestion_id: str) -> Suggestion:
        """Raises NotFound."""
        return self._suggestion(tenant, await self.outbox.fetch("step_ups", tenant, suggestion_id))

    async def decide(
        self, tenant: str, suggestion_id: str, rule: Callable[[Suggestion], Suggestion], command: Command
    ) -> Suggestion:
        """Raises NotFound and what the rule raises."""
        return await change(
            self.outbox, "step_ups", tenant, suggestion_id, lambda suggestion: (rule(suggestion), []),
            read=lambda document: self._suggestion(tenant, document),
            write=lambda suggestion: self._suggestion_fields(tenant, suggestion), command=command,
        )  # fmt: skip

    async def _read(
        self, tenant: str, resident_id: str, session: Session | None
    ) -> tuple[Growth, dict[str, int], Document | None]:
        """The growth, the versions of its documents by id, and the document of the wish."""
        where = {"tenant_id": tenant, "resident_id": resident_id}
        wish_id = growth_id(tenant, resident_id)
        document = await self.db["growths"].find_one({"_id": wish_id, "tenant_id": tenant}, session=session)
        assessed = await self.db["assessments"].find(where, session=session).sort("period").to_list(None)
        suggested = await self.db["step_ups"].find(where, session=session).sort("suggested_at").to_list(None)
        growth = Growth(
            tenant,
            resident_id,
            tuple(self._assessment(tenant, d) for d in assessed),
            Wish(document["wishes"], document["since"]) if document else NO_WISH,
            tuple(self._suggestion(tenant, d) for d in suggested),
        )
        documents = [*assessed, *suggested, *([document] if document else [])]
        return growth, {d["_id"]: d["version"] for d in documents}, document

    async def _write(
        self,
        tenant: str,
        before: Growth,
        after: Growth,
        events: Sequence[Payload],
        versions: dict[str, int],
        command: Command,
        written: Changes,
    ) -> None:
        async def keep(collection: str, document_id: str, fields: Document, own: Command | None) -> None:
            told = [event for event in events if document_id in event.model_dump().values()]
            if version := versions.get(document_id):
                await self.outbox.update(
                    collection, tenant, document_id, version, fields, told, command=own, changes=written
                )
            else:
                await self.outbox.insert(
                    collection, tenant, document_id, fields, told, command=own, changes=written
                )

        wish = {
            "resident_id": after.resident_id,
            "wishes": after.wish.wishes,
            "since": after.wish.since,
        }
        await keep("growths", growth_id(tenant, after.resident_id), wish, command)
        for assessment in after.assessments:
            if assessment not in before.assessments:
                await keep("assessments", assessment.id, self._assessment_fields(tenant, assessment), None)
        for suggestion in after.suggestions:
            if suggestion not in before.suggestions:
                await keep("step_ups", suggestion.id, self._suggestion_fields(tenant, suggestion), None)

    def _assessment_fields(self, tenant: str, assessment: Assessment) -> Document:
        return {
            "resident_id": assessment.resident_id,
            "period": assessment.period.isoformat(),
            "kind": assessment.kind,
            "looked_at": assessment.said[0].at,
            "said": [
                {
                    **self._sealed(tenant, "assessments", asdict(said), _SAID),
                    "answers": dict(said.answers),
                }
                for said in assessment.said
            ],
        }

    def _assessment(self, tenant: str, document: Document) -> Assessment:
        said = [Said(**self._opened(tenant, "assessments", one, _SAID)) for one in document["said"]]
        return Assessment(
            document["_id"],
            document["resident_id"],
            date.fromisoformat(document["period"]),
            document["kind"],
            tuple(said),
        )

    def _suggestion_fields(self, tenant: str, suggestion: Suggestion) -> Document:
        fields = self._sealed(tenant, "step_ups", asdict(suggestion), _SUGGESTED)
        del fields["id"]
        since = suggestion.suggested_at if suggestion.stands else None
        return {**fields, "period": suggestion.period.isoformat(), "stands_since": since}

    def _suggestion(self, tenant: str, document: Document) -> Suggestion:
        fields = self._opened(tenant, "step_ups", document, _SUGGESTED)
        kept = {name: fields[name] for name in Suggestion.__dataclass_fields__ if name in fields}
        return Suggestion(**{**kept, "id": document["_id"], "period": date.fromisoformat(document["period"])})

    def _sealed(
        self, tenant: str, collection: str, fields: dict[str, Any], names: Sequence[str]
    ) -> dict[str, Any]:
        for name in names:
            if fields[name] is not None:
                fields[name] = self.sealer.seal(tenant, f"{collection}.{name}", fields[name])
        return fields

    def _opened(
        self, tenant: str, collection: str, document: Document, names: Sequence[str]
    ) -> dict[str, Any]:
        return {
            name: self.sealer.open(tenant, f"{collection}.{name}", value)
            if name in names and value
            else value
            for name, value in document.items()
        }


def growth_id(tenant: str, resident_id: str) -> str:
    return derived_id("grw", tenant, resident_id)
