"""The four databases and the broker, looked at from outside while nothing changes them."""

from collections.abc import Iterable, Mapping
from typing import Any

import nats
import pymongo
from pymongo.database import Database

from deploy.local.plan import Plan
from deploy.local.services import NAMES
from shared.events.envelope import Event, decode
from shared.streams import DURABLES

Json = dict[str, Any]
MACHINERY = frozenset({"event_log", "leases", "inbox", "key_use"})
"""Collections that are about deliveries and processes, not about what was asked for."""


class Databases:
    """Reads of one stack's databases."""

    def __init__(self, plan: Plan) -> None:
        self._client: pymongo.MongoClient[Json] = pymongo.MongoClient(plan.mongo, tz_aware=True)
        self._prefix = plan.database_prefix

    def of(self, service: str) -> Database[Json]:
        return self._client[f"{self._prefix}_{service}"]

    def rows(self, service: str, collection: str, where: Mapping[str, Any] | None = None) -> list[Json]:
        return list(self.of(service)[collection].find(where or {}))

    def collections(self) -> Iterable[tuple[str, str]]:
        """(service, collection) of everything that was asked for, the machinery left out."""
        for service in NAMES:
            for collection in sorted(self.of(service).list_collection_names()):
                if collection not in MACHINERY and not collection.startswith("system."):
                    yield service, collection

    def everything(self) -> dict[str, dict[Any, Json]]:
        """All documents by collection and id."""
        return {
            f"{service}.{collection}": {row["_id"]: row for row in self.rows(service, collection)}
            for service, collection in self.collections()
        }

    def pending(self) -> dict[str, int]:
        """Documents that still carry unpublished events, by collection; only those that have any."""
        counts = {
            f"{service}.{collection}": self.of(service)[collection].count_documents(
                {"outbox_at": {"$exists": True}}
            )
            for service, collection in self.collections()
        }
        return {name: count for name, count in counts.items() if count}

    def events(self) -> list[Event]:
        """Every event of every service's log."""
        return [decode(row["event"].encode()) for service in NAMES for row in self.rows(service, "event_log")]

    def close(self) -> None:
        self._client.close()


async def lag(nats_url: str) -> dict[str, int]:
    """Messages that a durable has not acknowledged yet, by durable; only those that have any."""
    nc = await nats.connect(nats_url)
    try:
        js = nc.jetstream()
        found = {}
        for durable in DURABLES:
            info = await js.consumer_info(durable.stream, durable.name)
            found[durable.name] = (info.num_pending or 0) + (info.num_ack_pending or 0)
        return {name: count for name, count in found.items() if count}
    finally:
        await nc.close()


async def dead_letters(nats_url: str) -> int:
    """How many messages lie in the dead letters."""
    nc = await nats.connect(nats_url)
    try:
        return (await nc.jetstream().stream_info("DLQ")).state.messages
    finally:
        await nc.close()
