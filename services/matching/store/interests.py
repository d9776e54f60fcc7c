"""What residents said to offers."""

from collections.abc import AsyncIterator
from datetime import datetime

from services.matching.interest import POSITIVE, Interest, settle, withdraw
from services.matching.store.changing import change
from services.matching.store.listing import Position, newest_first
from shared.changing import settled
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Database, Document, Duplicate, reachable
from shared.outbox import Outbox

BATCH = 500
CONSIDERED = 500
"""How many of a resident's latest utterances a slate takes into account."""


class Interests:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def add(self, tenant: str, interest: Interest, events: list[Payload], command: Command) -> Interest:
        """The interest; the one that stands already when the same has been said and not taken back."""
        fields = _interest_document(interest)

        async def attempt() -> Interest:
            try:
                if await self.outbox.insert(
                    "interests", tenant, interest.id, fields, events, command=command
                ):
                    return interest
            except Duplicate:
                if standing := await self._standing(tenant, interest):
                    return standing
                raise  # it has just been taken back: now it can be said
            return await self.get(tenant, interest.resident_id, interest.id)

        return await settled(attempt)

    async def get(self, tenant: str, resident_id: str, interest_id: str) -> Interest:
        """Raises NotFound, also for another resident's."""
        interest = _interest_of(await self.outbox.fetch("interests", tenant, interest_id))
        if interest.resident_id != resident_id:
            raise NotFound(f"no interest {interest_id}")
        return interest

    async def withdraw(self, tenant: str, resident_id: str, interest_id: str, command: Command) -> Interest:
        """Take it back. Raises NotFound, also for another resident's."""

        def rule(interest: Interest) -> tuple[Interest, list[Payload]]:
            if interest.resident_id != resident_id:
                raise NotFound(f"no interest {interest_id}")
            return withdraw(interest)

        return await change(
            self.outbox, "interests", tenant, interest_id, rule,
            read=_interest_of, write=_changing, command=command,
        )  # fmt: skip

    async def settle(self, tenant: str, interest_id: str, now: datetime, command: Command) -> Interest:
        """Somebody of the desk has seen to it. Raises NotFound."""
        return await change(
            self.outbox, "interests", tenant, interest_id, lambda i: settle(i, now),
            read=_interest_of, write=_changing, command=command,
        )  # fmt: skip

    async def waiting(self, tenant: str, after: Position | None, count: int) -> list[Interest]:
        """What somebody of the desk has still to see to, of all residents, newest first."""
        found = await newest_first(self.db, "interests", tenant, {"waiting": True}, after, count)
        return [_interest_of(document) for document in found]

    async def newest(
        self, tenant: str, resident_id: str, after: Position | None = None, count: int = CONSIDERED
    ) -> list[Interest]:
        """The resident's, newest first, without those taken back."""
        where = {"resident_id": resident_id, "state": "active"}
        return [
            _interest_of(d) for d in await newest_first(self.db, "interests", tenant, where, after, count)
        ]

    async def standing(self, tenant: str, since: datetime, until: datetime) -> AsyncIterator[Interest]:
        """Everybody's, said after `since` until `until` and not taken back."""
        where = {"tenant_id": tenant, "state": "active", "created_at": {"$gt": since, "$lte": until}}
        async with reachable():
            async for document in self.db["interests"].find(where, batch_size=BATCH):
                yield _interest_of(document)

    async def of_offer(self, tenant: str, offer_id: str, count: int) -> list[Interest]:
        """Who wants something of the offer, newest first. Who put it aside is not among them: that is told to nobody."""
        where = {"offer_id": offer_id, "state": "active", "kind": {"$in": sorted(POSITIVE)}}
        return [_interest_of(d) for d in await newest_first(self.db, "interests", tenant, where, None, count)]

    async def _standing(self, tenant: str, interest: Interest) -> Interest | None:
        async with reachable():
            document = await self.db["interests"].find_one(
                {
                    "tenant_id": tenant,
                    "resident_id": interest.resident_id,
                    "offer_id": interest.offer_id,
                    "kind": interest.kind,
                    "state": "active",
                }
            )
        return _interest_of(document) if document else None


def _interest_document(interest: Interest) -> Document:
    return {
        "resident_id": interest.resident_id,
        "offer_id": interest.offer_id,
        "kind": interest.kind,
        "tags": list(interest.tags),
        "created_at": interest.created_at,
        **_changing(interest),
    }


def _changing(interest: Interest) -> Document:
    return {"state": interest.state, "answered_at": interest.answered_at, "waiting": interest.waits}


def _interest_of(document: Document) -> Interest:
    return Interest(
        id=document["_id"],
        resident_id=document["resident_id"],
        offer_id=document["offer_id"],
        kind=document["kind"],
        tags=tuple(document["tags"]),
        created_at=document["created_at"],
        state=document["state"],
        answered_at=document.get("answered_at"),
    )
