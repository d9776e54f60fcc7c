"""Who wants to be sent offers, and what they were sent: one document per resident."""

from collections.abc import Callable
from typing import Any, Final

from pymongo import ASCENDING, IndexModel

from services.matching.sending.subscription import Subscription, Told
from shared.changing import settled
from shared.errors import NotFound, StaleVersion
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox

COLLECTION: Final = CollectionSpec(
    "subscriptions",
    (
        IndexModel([("tenant_id", ASCENDING), ("wanted", ASCENDING), ("changed_at", ASCENDING)]),
        OUTBOX_INDEX,
    ),
)
Rule = Callable[[Subscription], tuple[Subscription, list[Payload]]]


class Subscriptions:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def get(self, tenant: str, resident_id: str) -> tuple[Subscription, int]:
        """The subscription and its version; at version 0 nobody has asked for anything."""
        document = await self._document(tenant, resident_id)
        return (_read(document), document["version"]) if document else (Subscription(resident_id), 0)

    async def change(
        self,
        tenant: str,
        resident_id: str,
        rule: Rule,
        command: Command | None = None,
        expected: int | None = None,
    ) -> tuple[Subscription, int]:
        """Apply the rule to the subscription as it is at that moment; returns state and version. Raises StaleVersion."""
        key = _id(tenant, resident_id)

        async def attempt() -> tuple[Subscription, int]:
            document = await self._document(tenant, resident_id)
            state = _read(document) if document else Subscription(resident_id)
            version = int(document["version"]) if document else 0
            if document and command and command.seen_in(document):
                return state, version
            if expected not in (None, version):
                raise StaleVersion(f"the subscription is at version {version}")
            changed, events = rule(state)
            if changed == state:
                return state, version
            if document is None:
                whole = {"resident_id": resident_id, **_fields(changed)}
                await self.outbox.insert("subscriptions", tenant, key, whole, events, command=command)
                return changed, 1
            fields = _fields(changed)
            version = await self.outbox.update(
                "subscriptions", tenant, key, version, fields, events, command=command
            )
            return changed, version

        return await settled(attempt, expected=expected)

    async def wanting(self, tenant: str) -> list[Subscription]:
        """Everybody who wants to be sent offers."""
        async with reachable():
            found = await self.db["subscriptions"].find({"tenant_id": tenant, "wanted": True}).to_list(None)
        return [_read(document) for document in found]

    async def count_wanting(self, tenant: str) -> int:
        """How many people want to be sent offers."""
        async with reachable():
            return await self.db["subscriptions"].count_documents({"tenant_id": tenant, "wanted": True})

    async def _document(self, tenant: str, resident_id: str) -> Document | None:
        try:
            return await self.outbox.fetch("subscriptions", tenant, _id(tenant, resident_id))
        except NotFound:
            return None


def _id(tenant: str, resident_id: str) -> str:
    return derived_id("sbs", tenant, resident_id)


def _fields(subscription: Subscription) -> dict[str, Any]:
    return {
        "wanted": subscription.wanted,
        "changed_at": subscription.changed_at,
        "told": [
            {"list_id": one.list_id, "at": one.at, "offers": list(one.offers)} for one in subscription.told
        ],
    }


def _read(document: Document) -> Subscription:
    return Subscription(
        resident_id=document["resident_id"],
        wanted=document["wanted"],
        changed_at=document["changed_at"],
        told=tuple(Told(one["list_id"], one["at"], tuple(one["offers"])) for one in document["told"]),
    )
