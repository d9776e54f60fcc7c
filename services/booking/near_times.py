"""Which free times to offer to somebody whose time does not suit them any more."""

from collections.abc import Iterable
from datetime import timedelta

from services.booking.slot import Slot

OFFERED = 3
"""So many fit below a LINE message beside the way to all others."""
PER_DAY = 2
APART = timedelta(minutes=60)


def near_times(free: Iterable[Slot], present: Slot) -> list[Slot]:
    """Up to three slots near `present`, in order of time: an hour apart from it and from one another, two of one service day at most.

    A quarter of an hour earlier or later is no other time to somebody who cannot come, nor is the same evening only.
    """

    def distance(slot: Slot) -> tuple[timedelta, object]:
        return abs(slot.starts_at - present.starts_at), slot.starts_at

    chosen: list[Slot] = []
    for slot in sorted(free, key=distance):
        same_day = sum(other.service_date == slot.service_date for other in chosen)
        if same_day < PER_DAY and all(_apart(slot, other) for other in (present, *chosen)):
            chosen.append(slot)
        if len(chosen) == OFFERED:
            break
    return sorted(chosen, key=lambda slot: slot.starts_at)


def _apart(one: Slot, other: Slot) -> bool:
    return abs(one.starts_at - other.starts_at) >= APART
