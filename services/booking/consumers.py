"""What booking reacts to: a resident whom intake registered becomes somebody whom staff may book for, and what a resident
chose on LINE is done."""

from functools import partial

from services.booking.acting import Acting
from shared.events.envelope import Event
from shared.events.intake import ActionChosen, ResidentRegistered
from shared.inbox import Reaction, Tx


def reactions(acting: Acting) -> tuple[Reaction, ...]:
    """Every event type with its handler."""

    async def chosen(tx: Tx, event: Event, data: ActionChosen) -> None:
        kept = acting.choices.stage(tx, event, data)
        tx.changes.afterwards.append(partial(acting.nudge, event.tenantid, kept))

    return Reaction(ResidentRegistered, _registered), Reaction(ActionChosen, chosen)


async def _registered(tx: Tx, event: Event, data: ResidentRegistered) -> None:
    tx.stage_insert("residents", event.tenantid, data.resident_id, {"registered_at": event.time})
