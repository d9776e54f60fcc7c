"""LINE's events as they came: stored before anything else, once each, sealed, and emptied when they were handled."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError

from shared.clock import system_now
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, Document, reachable
from shared.sealing import Sealer

# LINE sends an event again for a while; far longer than that we know that we have had it
KEPT_FOR = 30 * 24 * 3600
LINE_EVENTS = CollectionSpec(
    "line_events",
    (
        IndexModel(
            [("tenant_id", ASCENDING), ("waiting_since", ASCENDING)],
            partialFilterExpression={"waiting_since": {"$exists": True}},
        ),
        # tenant: the server's own clock deletes by age, for every tenant alike
        IndexModel([("received_at", ASCENDING)], expireAfterSeconds=KEPT_FOR),
    ),
)
RAW = "line_event.raw"
DUPLICATE_KEY = 11000
MOST_TRIES = 8


@dataclass(frozen=True)
class Waiting:
    """A stored event that was not handled yet."""

    id: str
    tenant: str
    raw: Mapping[str, Any]
    tries: int = 0


class LineEvents:
    def __init__(self, db: Database, sealer: Sealer) -> None:
        self.db = db
        self.sealer = sealer

    async def keep(self, tenant: str, events: Sequence[Mapping[str, Any]]) -> list[Waiting]:
        """Store what is new; returns it in order. An event that came before is left alone."""
        now = system_now()
        waiting = [Waiting(derived_id("lev", tenant, raw["webhookEventId"]), tenant, raw) for raw in events]
        waiting = list({w.id: w for w in waiting}.values())
        rows = [
            {
                "_id": w.id,
                "tenant_id": tenant,
                "received_at": now,
                "waiting_since": now,
                "raw": self.sealer.seal(tenant, RAW, json.dumps(w.raw)),
            }
            for w in waiting
        ]
        try:
            async with reachable():
                await self.db["line_events"].insert_many(rows, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != DUPLICATE_KEY for failure in failures):
                raise
            known = {failure["index"] for failure in failures}
            return [w for position, w in enumerate(waiting) if position not in known]
        return waiting

    async def done(self, tenant: str, event_id: str) -> None:
        """Handled: what it said is not kept here any longer, only that it came."""
        async with reachable():
            await self.db["line_events"].update_one(
                {"_id": event_id, "tenant_id": tenant},
                {"$set": {"raw": None}, "$unset": {"waiting_since": ""}},
            )

    async def failed(self, tenant: str, waiting: Waiting) -> None:
        """It could not be handled: later again, and after eight times no more; it is kept, sealed, for somebody to look at."""
        change: Document = {"$set": {"tries": waiting.tries + 1, "waiting_since": system_now()}}
        if waiting.tries + 1 >= MOST_TRIES:
            change = {"$set": {"tries": MOST_TRIES, "gave_up": True}, "$unset": {"waiting_since": ""}}
        async with reachable():
            await self.db["line_events"].update_one({"_id": waiting.id, "tenant_id": tenant}, change)

    # tenant: a sweep over all of them
    async def left_behind(self, tenants: Sequence[str], before: datetime, most: int) -> list[Waiting]:
        """What has waited since `before`, oldest first: a process died with it in hand."""
        async with reachable():
            rows = (
                await self.db["line_events"]
                .find({"tenant_id": {"$in": list(tenants)}, "waiting_since": {"$lt": before}})
                .sort("waiting_since", 1)
                .limit(most)
                .to_list(most)
            )
        return [self._read(row) for row in rows]

    def _read(self, row: Document) -> Waiting:
        tenant = row["tenant_id"]
        raw = json.loads(self.sealer.open(tenant, RAW, row["raw"]))
        return Waiting(row["_id"], tenant, raw, row.get("tries", 0))
