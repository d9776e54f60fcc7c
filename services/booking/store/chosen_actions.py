"""What residents chose on LINE, from the event that said so until it was done. Its documents carry the answers as events."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pymongo import ASCENDING, IndexModel

from services.booking.chosen import Chosen
from shared.clock import system_now
from shared.events.envelope import Event, Payload
from shared.events.intake import ActionChosen
from shared.ids import derived_id
from shared.inbox import Tx
from shared.mongo import LONG_AGO, CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.trace import Trace

KEPT_FOR = 30 * 24 * 3600
CHOSEN_ACTIONS = CollectionSpec(
    "chosen_actions",
    (
        OUTBOX_INDEX,
        IndexModel([("tenant_id", ASCENDING), ("waiting_since", ASCENDING)]),
        # tenant: the server's own clock deletes by age, for every tenant alike
        IndexModel([("done_at", ASCENDING)], expireAfterSeconds=KEPT_FOR),
    ),
)


class ChosenActions:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def stage(self, tx: Tx, event: Event, data: ActionChosen) -> Chosen:
        """Keep it in the transaction of a consumer."""
        trace = Trace(event.correlationid, event.id, event.traceparent, event.actor)
        chosen = Chosen(
            derived_id("act", event.tenantid, event.id),
            event.id,
            data.resident_id,
            data.action,
            trace,
            data.subject_id,
            data.service_date,
            data.start_minute,
        )
        tx.stage_insert("chosen_actions", event.tenantid, chosen.id, _fields(chosen))
        return chosen

    async def waiting(self, tenant: str, before: datetime, limit: int = 100) -> list[Chosen]:
        """What has waited since `before` (the machine's time), oldest first."""
        async with reachable():
            found = (
                await self.outbox.db["chosen_actions"]
                .find({"tenant_id": tenant, "waiting_since": {"$gt": LONG_AGO, "$lte": before}})
                .sort("waiting_since", ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        return [_read(document) for document in found]

    async def done(self, tenant: str, chosen: Chosen, outcome: str, answers: Sequence[Payload]) -> None:
        """It is done or refused, and answered, in one write. Raises StaleVersion when somebody else has settled it."""
        fields = {"waiting_since": None, "done_at": system_now(), "outcome": outcome}
        await self.outbox.update("chosen_actions", tenant, chosen.id, chosen.version, fields, answers)

    async def later(self, tenant: str, chosen: Chosen, wait: timedelta) -> None:
        """It is tried again after `wait`. Raises StaleVersion."""
        fields = {"tries": chosen.tries + 1, "waiting_since": system_now() + wait}
        await self.outbox.update("chosen_actions", tenant, chosen.id, chosen.version, fields)


def _fields(chosen: Chosen) -> Document:
    trace = chosen.trace
    return {
        "event_id": chosen.event_id,
        "resident_id": chosen.resident_id,
        "action": chosen.action,
        "subject_id": chosen.subject_id,
        "service_date": chosen.service_date.isoformat() if chosen.service_date else None,
        "start_minute": chosen.start_minute,
        "tries": chosen.tries,
        "waiting_since": system_now(),
        "trace": {
            "correlation_id": trace.correlation_id,
            "causation_id": trace.causation_id,
            "traceparent": trace.traceparent,
            "actor": trace.actor,
        },
    }


def _read(document: Document) -> Chosen:
    day = document["service_date"]
    return Chosen(
        document["_id"],
        document["event_id"],
        document["resident_id"],
        document["action"],
        Trace(**document["trace"]),
        document["subject_id"],
        date.fromisoformat(day) if day else None,
        document["start_minute"],
        document["tries"],
        document["version"],
    )
