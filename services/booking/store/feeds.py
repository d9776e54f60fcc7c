"""Secret addresses of calendar feeds: one per counsellor or resident, of which only a hash is kept.

A feed that was closed keeps the requests that opened it: one of them sent again must not bring a lost address back.
"""

from dataclasses import dataclass
from typing import Literal

from pymongo import ASCENDING, IndexModel

from shared.clock import Clock
from shared.idempotency import KEPT_PER_DOCUMENT, Command
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, reachable

FEEDS = CollectionSpec(
    "feeds",
    (
        IndexModel([("tenant_id", ASCENDING), ("token_hash", ASCENDING)], unique=True),
        IndexModel([("tenant_id", ASCENDING), ("closed_at", ASCENDING)]),
    ),
)


@dataclass(frozen=True)
class Feed:
    """`owner_id` is the counsellor or resident whose appointments it shows."""

    whose: Literal["counsellor", "resident"]
    owner_id: str


class Feeds:
    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    async def open(self, tenant: str, feed: Feed, token_hash: str, command: Command) -> bool:
        """Make this the feed's address; the one before it leads nowhere from now on.

        A repeated request changes nothing: False when what it made has ended since.
        """
        where = {"_id": _id(tenant, feed), "tenant_id": tenant}
        async with reachable():
            known = await self.db["feeds"].find_one(where)
            if known and command.seen_in(known):
                return bool(known["token_hash"] == token_hash)
            await self.db["feeds"].update_one(
                where,
                {
                    "$set": {
                        "token_hash": token_hash,
                        "whose": feed.whose,
                        "owner_id": feed.owner_id,
                        "closed_at": None,
                    },
                    "$push": {"commands": {"$each": [command.as_document()], "$slice": -KEPT_PER_DOCUMENT}},
                },
                upsert=True,
            )
        return True

    async def close(self, tenant: str, feed: Feed) -> None:
        """Its address leads nowhere from now on. One that has none stays so."""
        name = _id(tenant, feed)
        async with reachable():
            await self.db["feeds"].update_one(
                {"_id": name, "tenant_id": tenant},
                {"$set": {"token_hash": _nowhere(name), "closed_at": self.clock.now()}},
            )

    async def is_open(self, tenant: str, feed: Feed) -> bool:
        """Whether it has an address."""
        name = _id(tenant, feed)
        async with reachable():
            found = await self.db["feeds"].find_one({"_id": name, "tenant_id": tenant}, {"token_hash": 1})
        return found is not None and found["token_hash"] != _nowhere(name)

    async def find(self, tenant: str, token_hash: str) -> Feed | None:
        """The feed at this address; None for one that was never given, or has been taken back."""
        async with reachable():
            found = await self.db["feeds"].find_one({"tenant_id": tenant, "token_hash": token_hash})
        return Feed(found["whose"], found["owner_id"]) if found else None


def _id(tenant: str, feed: Feed) -> str:
    return derived_id("fee", tenant, feed.whose, feed.owner_id)


def _nowhere(name: str) -> str:
    """In the place of a hash: none that a token could have, and unique as the index wants it."""
    return f"closed:{name}"
