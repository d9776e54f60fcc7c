"""What booking reacts to: a resident whom intake registered becomes somebody whom staff may book for, and what a resident
chose on LINE is done. What workers promise to orders is counted."""

from collections.abc import Iterable
from functools import partial

from services.booking.acting import Acting
from services.booking.store.promises import keep_promise
from shared.events.envelope import Event
from shared.events.intake import ActionChosen, ResidentRegistered
from shared.events.matching.orders import (
    AssignmentAccepted,
    AssignmentCompleted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    PromisedWeek,
)
from shared.inbox import Reaction, Tx


def reactions(acting: Acting) -> tuple[Reaction, ...]:
    """Every event type with its handler."""

    async def chosen(tx: Tx, event: Event, data: ActionChosen) -> None:
        kept = acting.choices.stage(tx, event, data)
        tx.changes.afterwards.append(partial(acting.nudge, event.tenantid, kept))

    return (
        Reaction(ResidentRegistered, _registered),
        Reaction(ActionChosen, chosen),
        Reaction(AssignmentAccepted, _promised),
        Reaction(AssignmentCompleted, _promised),
        Reaction(AssignmentDeclined, _over),
        Reaction(AssignmentWithdrawn, _over),
    )


async def _registered(tx: Tx, event: Event, data: ResidentRegistered) -> None:
    tx.stage_insert("residents", event.tenantid, data.resident_id, {"registered_at": event.time})


async def _promised(tx: Tx, event: Event, data: AssignmentAccepted | AssignmentCompleted) -> None:
    """Time that is promised, or was used."""
    await _keep(tx, event, data, data.weeks)


async def _over(tx: Tx, event: Event, data: AssignmentDeclined | AssignmentWithdrawn) -> None:
    """The time is free again."""
    await _keep(tx, event, data, ())


async def _keep(
    tx: Tx,
    event: Event,
    data: AssignmentAccepted | AssignmentCompleted | AssignmentDeclined | AssignmentWithdrawn,
    weeks: Iterable[PromisedWeek],
) -> None:
    await keep_promise(
        tx, event.tenantid, data.resident_id, data.assignment_id, event.sequence, weeks, event.time
    )
