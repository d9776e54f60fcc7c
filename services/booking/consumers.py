"""What booking reacts to: a resident whom intake registered becomes somebody whom staff may book for."""

from shared.events.envelope import Event
from shared.events.intake import ResidentRegistered
from shared.inbox import Reaction, Tx


async def _registered(tx: Tx, event: Event, data: ResidentRegistered) -> None:
    tx.stage_insert("residents", event.tenantid, data.resident_id, {"registered_at": event.time})


REACTIONS = (Reaction(ResidentRegistered, _registered),)
