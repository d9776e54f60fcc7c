"""What matching reacts to: a resident whom intake registered becomes somebody who may be proposed work."""

from shared.events.envelope import Event
from shared.events.intake import ResidentRegistered
from shared.inbox import Reaction, Tx


async def _registered(tx: Tx, event: Event, data: ResidentRegistered) -> None:
    fields = {
        "channel": data.channel,
        "anonymous": data.anonymous,
        "municipality_code": data.municipality_code,
        "registered_at": event.time,
    }
    tx.stage_insert("residents", event.tenantid, data.resident_id, fields)


REACTIONS = (Reaction(ResidentRegistered, _registered),)
