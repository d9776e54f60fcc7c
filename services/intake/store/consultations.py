"""Consultations: one document each, its turns inside, what was said and answered sealed.

A turn is written at its own place (`turns.<n>`) under the document's version: one atomic write with its events, however long the talk.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.intake.answer import Answer, Link, Part
from services.intake.consultation import Consultation, Turn
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.sealing import Sealer

CONSULTATIONS = CollectionSpec(
    "consultations",
    (
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING), ("number", DESCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("opened_at", ASCENDING)]),
        OUTBOX_INDEX,
    ),
)
SAID = "consultation.said"
ANSWER = "consultation.answer"


class Consultations:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.sealer = sealer

    async def latest(self, tenant: str, resident_id: str, most: int = 1) -> list[Document]:
        """The resident's newest consultations as documents, newest first."""
        async with reachable():
            return (
                await self.outbox.db["consultations"]
                .find({"tenant_id": tenant, "resident_id": resident_id})
                .sort("number", -1)
                .limit(most)
                .to_list(most)
            )

    async def write(
        self,
        tenant: str,
        consultation: Consultation,
        turn: Turn,
        events: Sequence[Payload],
        command: Command,
    ) -> None:
        """Add `turn`, which `consultation.count` already counts. Raises StaleVersion or Duplicate when another was faster."""
        stored = self._sealed(tenant, turn)
        if consultation.version == 0:
            fields = {
                "resident_id": consultation.resident_id,
                "number": consultation.number,
                "channel": consultation.channel,
                "opened_at": consultation.opened_at,
                "count": consultation.count,
                "handed_off": consultation.handed_off,
                "turns": [stored],
            }
            await self.outbox.insert(
                "consultations", tenant, consultation.id, fields, events, command=command
            )
            return
        changed = {
            f"turns.{consultation.count - 1}": stored,
            "count": consultation.count,
            "handed_off": consultation.handed_off,
        }
        await self.outbox.update(
            "consultations", tenant, consultation.id, consultation.version, changed, events, command=command
        )

    async def forget(self, tenant: str, resident_id: str, origin: str, command: Command) -> bool:
        """Delete our copy of what came from `origin`; the turn stays, empty. False when it is not there (any more)."""
        for document in await self.latest(tenant, resident_id, 5):
            for place, turn in enumerate(document["turns"]):
                if turn.get("origin") == origin and not turn["unsent"]:
                    emptied = {f"turns.{place}.said": None, f"turns.{place}.unsent": True}
                    await self.outbox.update(
                        "consultations",
                        tenant,
                        document["_id"],
                        document["version"],
                        emptied,
                        command=command,
                    )
                    return True
        return False

    def read(self, document: Document) -> Consultation:
        return Consultation(
            id=document["_id"],
            resident_id=document["resident_id"],
            number=document["number"],
            channel=document["channel"],
            opened_at=document["opened_at"],
            count=document["count"],
            handed_off=document["handed_off"],
            version=document["version"],
        )

    def turns(self, tenant: str, document: Document) -> list[Turn]:
        """The turns of a consultation, opened, oldest first."""
        return [self._opened(tenant, turn) for turn in document["turns"]]

    def turn_of(self, tenant: str, document: Document, command: Command) -> Turn | None:
        """The turn that this very request has made before, if it has. Raises IdempotencyConflict for another body."""
        command.seen_in(document)
        found = next((t for t in document["turns"] if t["id"] == turn_id(command)), None)
        return self._opened(tenant, found) if found else None

    def _sealed(self, tenant: str, turn: Turn) -> Document:
        said = None if turn.said is None else self.sealer.seal(tenant, SAID, turn.said)
        return {
            "id": turn.id,
            "at": turn.at,
            "channel": turn.channel,
            "said": said,
            "answer": self.sealer.seal(tenant, ANSWER, json.dumps(asdict(turn.answer), ensure_ascii=False)),
            "origin": turn.origin,
            "unsent": turn.unsent,
        }

    def _opened(self, tenant: str, turn: Document) -> Turn:
        said = None if turn["said"] is None else self.sealer.open(tenant, SAID, turn["said"])
        answer = json.loads(self.sealer.open(tenant, ANSWER, turn["answer"]))
        parts = tuple(
            Part(part["heading"], part["text"], tuple(Link(**link) for link in part["links"]))
            for part in answer["parts"]
        )
        return Turn(
            id=turn["id"],
            at=turn["at"],
            channel=turn["channel"],
            said=said,
            answer=Answer(answer["kind"], parts, tuple(answer["programme_ids"])),
            origin=turn["origin"],
            unsent=turn["unsent"],
        )


def turn_id(command: Command) -> str:
    """A turn is named after the request that made it."""
    return command.new_id("trn")
