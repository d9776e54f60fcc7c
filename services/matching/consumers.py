"""What matching reacts to: a resident whom intake registered becomes somebody who may be proposed work; what residents say to offers is
noted for learning."""

from collections.abc import Callable

from pymongo import DeleteOne, InsertOne

from services.matching.engine.interactions import Interaction
from services.matching.interest import DEED_OF
from services.matching.reactions.capacity import REACTIONS as CAPACITY
from services.matching.reactions.workers import REACTIONS as WORKERS
from services.matching.store.interactions import interaction_fields, interaction_id
from shared.events.envelope import Event
from shared.events.intake import ResidentRegistered
from shared.events.matching.proposals import InterestExpressed, InterestWithdrawn
from shared.inbox import Reaction, Tx


async def _registered(tx: Tx, event: Event, data: ResidentRegistered) -> None:
    fields = {
        "channel": data.channel,
        "anonymous": data.anonymous,
        "municipality_code": data.municipality_code,
        "registered_at": event.time,
        **({"test": True} if data.test else {}),
    }
    tx.stage_insert("residents", event.tenantid, data.resident_id, fields)


async def _withdrawn(tx: Tx, event: Event, data: InterestWithdrawn) -> None:
    """What is taken back teaches nothing."""
    where = {"resident_id": data.resident_id, "offer_id": data.offer_id, "kind": DEED_OF[data.kind]}
    for document in await tx.find("interactions", event.tenantid, where):
        tx.stage("interactions", DeleteOne({"_id": document["_id"], "tenant_id": event.tenantid}))


def reactions(nudge: Callable[[], None]) -> tuple[Reaction, ...]:
    """`nudge` is called when there is something new to learn from."""

    async def expressed(tx: Tx, event: Event, data: InterestExpressed) -> None:
        if data.test:
            return
        one = Interaction(data.resident_id, data.offer_id, DEED_OF[data.kind], event.time)
        document_id = interaction_id(event.tenantid, one)
        if not await tx.find("interactions", event.tenantid, {"_id": document_id}):
            document = {"_id": document_id, "tenant_id": event.tenantid, **interaction_fields(one)}
            tx.stage("interactions", InsertOne(document))
        tx.changes.afterwards.append(nudge)

    return (
        Reaction(ResidentRegistered, _registered),
        Reaction(InterestExpressed, expressed),
        Reaction(InterestWithdrawn, _withdrawn),
        *WORKERS,
        *CAPACITY,
    )
