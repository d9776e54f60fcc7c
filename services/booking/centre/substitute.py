"""Hours that have become free, offered to those who wish for more: one after another, never to two at once."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.booking.centre.capacity import first_of_month
from services.booking.centre.shift import Shift
from services.booking.centre.stretch import Stretch, monday_of
from services.booking.centre.worker import Centre, Worker
from shared.errors import Conflict


class OfferEnded(Conflict):
    """The offered hours are not kept for this worker (any more)."""

    slug = "offer-ended"


@dataclass(frozen=True)
class Offer:
    """Kept in the shift that has become free: whom it is offered to now and until when, who was asked, who has it."""

    asked: tuple[str, ...] = ()
    to: str | None = None
    until: datetime | None = None
    taken_by: str | None = None
    shift_id: str | None = None
    """The shift that was made of it."""

    @property
    def over(self) -> bool:
        return self.taken_by is not None

    def open_to(self, resident_id: str, now: datetime) -> bool:
        return (
            self.taken_by is None and self.to == resident_id and self.until is not None and now < self.until
        )


def worth_offering(shift: Shift, now: datetime) -> bool:
    """Only a shift at a station that has not begun: what somebody does at home leaves no seat empty."""
    return shift.state == "absent" and shift.station_id is not None and now < shift.starts_at


def candidates(
    freed: Shift,
    workers: Iterable[Worker],
    centre: Centre,
    shifts_of: Callable[[str], Sequence[Shift]],
    asked: Collection[str],
) -> list[Worker]:
    """Who may be asked, in order: those first who have planned least of what they could work in that month.

    They wish for more hours, may use the station, and their week still has room. Whether their time is free otherwise the calendars decide.
    """
    station = centre.station(freed.station_id or "")
    if station is None:
        return []
    found = [
        worker
        for worker in workers
        if worker.wishes_more
        and worker.resident_id not in asked
        and worker.resident_id != freed.resident_id
        and worker.eligible(station)
        and has_room(worker, freed.stretch, shifts_of(worker.resident_id))
    ]
    month = first_of_month(freed.stretch.service_date)
    return sorted(found, key=lambda w: (_share(w, month, shifts_of(w.resident_id)), w.resident_id))


def has_room(worker: Worker, stretch: Stretch, shifts: Iterable[Shift]) -> bool:
    """Whether a stretch more stays within the worker's own limits, and overlaps none of their shifts."""
    standing = [s.stretch for s in shifts if s.stands]
    week = [s for s in standing if monday_of(s.service_date) == monday_of(stretch.service_date)]
    days = {s.service_date for s in week} | {stretch.service_date}
    of_day = sum(s.minutes for s in week if s.service_date == stretch.service_date) + stretch.minutes
    return (
        len(days) <= worker.max_days
        and worker.min_minutes <= of_day <= worker.max_minutes
        and not any(stretch.overlaps(other) for other in standing)
    )


def offer_until(shift: Shift, minutes: int, now: datetime) -> datetime:
    """How long one worker is waited for: `minutes`, and never past the beginning of the shift."""
    return min(now + timedelta(minutes=minutes), shift.starts_at)


def _share(worker: Worker, month: date, shifts: Iterable[Shift]) -> float:
    planned = sum(
        s.stretch.minutes for s in shifts if s.stands and first_of_month(s.stretch.service_date) == month
    )
    return planned / max(worker.theoretical(month), 1)
