"""What the case timeline keeps of an event: who, when, what, and the ids that lead to the rest."""

from dataclasses import dataclass

from shared.events.envelope import Event

Ids = dict[str, str | list[str]]


@dataclass(frozen=True)
class Step:
    """`order` sorts the steps of a resident by event time, then by the aggregate's sequence."""

    event_id: str
    resident_id: str
    order: str
    ids: Ids


def step_of(event: Event) -> Step | None:
    """The step that `event` is in a resident's timeline; None when it concerns no resident."""
    resident_id = event.data.get("resident_id")
    if not isinstance(resident_id, str):
        return None
    milliseconds = int(event.time.timestamp() * 1000)
    order = f"{milliseconds:013d}-{event.sequence:06d}-{event.id}"
    return Step(event.id, resident_id, order, _ids(event))


def _ids(event: Event) -> Ids:
    return {
        name: value
        for name, value in event.data.items()
        if name.endswith(("_id", "_ids")) and name != "resident_id" and value is not None
    }
