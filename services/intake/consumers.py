"""What intake reacts to: every event of every service becomes a step of the resident's timeline."""

from typing import Any

from pymongo import InsertOne

from services.intake.timeline import step_of
from shared.events import BY_TYPE
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


async def record(tx: Tx, event: Event, _: Any) -> None:
    """Keep the step; an event that concerns no resident is passed over."""
    step = step_of(event)
    if step is None:
        return
    row = {
        "_id": step.event_id,
        "tenant_id": event.tenantid,
        "resident_id": step.resident_id,
        "order": step.order,
        "at": event.time,
        "type": event.type,
        "source": event.source,
        "actor": event.actor,
        "sequence": event.sequence,
        "ids": step.ids,
    }
    tx.stage("timeline", InsertOne(row))


REACTIONS = tuple(Reaction(payload, record) for payload in BY_TYPE.values())
