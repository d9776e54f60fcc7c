"""Rules about support programmes, and what residents have answered for them, sealed.

These stand apart from everything that proposes work: this store is no part of `Store`, and only what guides to programmes is given it.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.matching.store.listing import Position, newest_first
from services.matching.support.answers import Answer, Answers
from services.matching.support.reading import restored, write_rules
from services.matching.support.rules import Rules
from shared.changing import settled
from shared.errors import Conflict, NotFound, StaleVersion
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, Document, Duplicate, reachable
from shared.outbox import Outbox
from shared.retention import Kept
from shared.sealing import Sealer

_TENANT = ("tenant_id", ASCENDING)
COLLECTIONS: Final = (
    CollectionSpec(
        "support_rules",
        (
            IndexModel([_TENANT, ("created_at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([_TENANT, ("number", DESCENDING)], unique=True),
        ),
    ),
    # found by its id, which is made of the tenant: which version is good, and which were
    CollectionSpec("support_choices"),
    # found by its id, which is made of tenant and resident
    CollectionSpec("support_answers", (IndexModel([_TENANT, ("answered_at", ASCENDING)]),)),
)
KEPT: Final = (Kept("support_answers", "answered_at", lambda retention: retention.support_answers),)
ANSWERS: Final = "support_answers.answers"
IN_MEMORY, REMEMBERED, TRIES = 64, 50, 5


@dataclass(frozen=True)
class Version:
    """A rule set as it was uploaded; it never changes. `number` counts the municipality's versions from 1; `by` names the actor."""

    id: str
    number: int
    rules: Rules
    created_at: datetime
    by: str


@dataclass(frozen=True)
class Choice:
    """Which version residents are guided by; `history` is oldest first. None before the first one was activated."""

    active: str | None = None
    history: tuple[dict[str, Any], ...] = ()
    version: int = 0


class Support:
    def __init__(self, db: Database, outbox: Outbox, sealer: Sealer) -> None:
        self.db = db
        self.outbox = outbox
        self.sealer = sealer
        self._read: OrderedDict[tuple[str, str], Version] = OrderedDict()

    async def add(self, tenant: str, rules: Rules, by: str, now: datetime, command: Command) -> Version:
        """The next version, or what this very command made before."""
        made = Version(command.new_id("sup"), 0, rules, now, by)
        for _ in range(TRIES):
            numbered = replace(made, number=await self._last(tenant) + 1)
            fields = {"number": numbered.number, "rules": write_rules(rules), "created_at": now, "by": by}
            try:
                if await self.outbox.insert("support_rules", tenant, made.id, fields, command=command):
                    return numbered
                return await self.get(tenant, made.id)
            except Duplicate:
                continue  # somebody else has just taken the number
        raise Conflict("too many uploads at the same moment")

    async def get(self, tenant: str, version_id: str) -> Version:
        """Raises NotFound."""
        known = self._read.get((tenant, version_id))
        if known is None:
            known = _version_of(await self.outbox.fetch("support_rules", tenant, version_id))
            self._read[tenant, version_id] = known
            while len(self._read) > IN_MEMORY:
                self._read.popitem(last=False)
        return known

    async def newest(self, tenant: str, after: Position | None, count: int) -> list[Version]:
        found = await newest_first(self.db, "support_rules", tenant, {}, after, count)
        return [_version_of(document) for document in found]

    async def choice(self, tenant: str) -> Choice:
        document = await self._found("support_choices", tenant, _choice_id(tenant))
        return _choice_of(document) if document else Choice()

    async def active(self, tenant: str) -> Version | None:
        """The version that is good now."""
        chosen = (await self.choice(tenant)).active
        return await self.get(tenant, chosen) if chosen else None

    async def activate(
        self, tenant: str, version_id: str, by: str, now: datetime, command: Command
    ) -> Choice:
        """From now on residents are guided by this version. Raises NotFound."""
        version = await self.get(tenant, version_id)

        async def attempt() -> Choice:
            document = await self._found("support_choices", tenant, _choice_id(tenant))
            present = _choice_of(document) if document else Choice()
            if (document and command.seen_in(document)) or present.active == version.id:
                return present
            entry = {"id": version.id, "number": version.number, "at": now, "by": by}
            changed = Choice(version.id, (*present.history, entry)[-REMEMBERED:], present.version + 1)
            fields = {"active": changed.active, "history": list(changed.history)}
            key = _choice_id(tenant)
            if document is None:
                await self.outbox.insert("support_choices", tenant, key, fields, command=command)
            else:
                await self.outbox.update(
                    "support_choices", tenant, key, present.version, fields, command=command
                )
            return changed

        return await settled(attempt)

    async def answers(self, tenant: str, resident_id: str) -> tuple[Answers, int]:
        """What the resident has said, and its version; nothing at version 0."""
        document = await self._found("support_answers", tenant, _answers_id(tenant, resident_id))
        return (self._answers_of(tenant, document), document["version"]) if document else ({}, 0)

    async def change_answers(
        self,
        tenant: str,
        resident_id: str,
        rule: Callable[[Answers], Answers],
        now: datetime,
        command: Command,
        expected: int | None = None,
    ) -> tuple[Answers, int]:
        """Apply the rule; returns answers and version. Raises what the rule raises, and StaleVersion."""
        key = _answers_id(tenant, resident_id)
        # a body is short enough to be guessed from its plain fingerprint, which would lie beside the sealed answers
        keyed = self.sealer.fingerprint(tenant, ANSWERS, command.fingerprint)
        command = replace(command, fingerprint=keyed[:40])

        async def attempt() -> tuple[Answers, int]:
            document = await self._found("support_answers", tenant, key)
            present = self._answers_of(tenant, document) if document else {}
            version = int(document["version"]) if document else 0
            if document and command.seen_in(document):
                return present, version
            if expected not in (None, version):
                raise StaleVersion(f"the answers are at version {version}")
            changed = rule(present)
            fields: Document = {"answers": self._sealed(tenant, changed), "answered_at": now}
            if document is None:
                whole = {"resident_id": resident_id, **fields}
                await self.outbox.insert("support_answers", tenant, key, whole, command=command)
                return changed, 1
            return changed, await self.outbox.update(
                "support_answers", tenant, key, version, fields, command=command
            )

        return await settled(attempt, expected=expected)

    async def forget_answers(self, tenant: str, resident_id: str) -> None:
        """Nothing is left of them. Doing it again changes nothing."""
        async with reachable():
            await self.db["support_answers"].delete_one(
                {"_id": _answers_id(tenant, resident_id), "tenant_id": tenant}
            )

    async def _last(self, tenant: str) -> int:
        async with reachable():
            newest = self.db["support_rules"].find({"tenant_id": tenant}, {"number": 1})
            found = await newest.sort("number", DESCENDING).limit(1).to_list(1)
        return int(found[0]["number"]) if found else 0

    async def _found(self, collection: str, tenant: str, document_id: str) -> Document | None:
        try:
            return await self.outbox.fetch(collection, tenant, document_id)
        except NotFound:
            return None

    def _sealed(self, tenant: str, answers: Answers) -> str:
        plain = {fact: asdict(answer) for fact, answer in answers.items()}
        return self.sealer.seal(tenant, ANSWERS, json.dumps(plain))

    def _answers_of(self, tenant: str, document: Document) -> dict[str, Answer]:
        plain = json.loads(self.sealer.open(tenant, ANSWERS, document["answers"]))
        return {fact: Answer(**answer) for fact, answer in plain.items()}


def _choice_id(tenant: str) -> str:
    return derived_id("spc", tenant)


def _answers_id(tenant: str, resident_id: str) -> str:
    return derived_id("spa", tenant, resident_id)


def _choice_of(document: Document) -> Choice:
    return Choice(document["active"], tuple(document["history"]), document["version"])


def _version_of(document: Document) -> Version:
    return Version(
        document["_id"],
        document["number"],
        restored(document["rules"]),
        document["created_at"],
        document["by"],
    )
