"""Which slots are free, as a computation over bits; and whether one may be asked for at all.

Everything here is a hint for people to choose from: the write decides (`store.calendars`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from services.booking.cells import CELL_MINUTES, cell_number, run_starts, span_bits
from services.booking.counsellor import Counsellor
from services.booking.service_day import MIDNIGHT, MINUTES, earliest_running, instant
from services.booking.slot import Slot, check_minutes
from shared.errors import Conflict, Invalid
from shared.events.booking import AppointmentChannel
from shared.tenancy import Booking


class NotOffered(Conflict):
    """The counsellor does not work then, or not in this way."""

    slug = "slot-not-offered"


class TooSoon(Conflict):
    slug = "too-soon"


class TooFar(Conflict):
    slug = "too-far"


class WithAlternatives(Conflict):
    """The problem document carries the nearest free slots under `alternatives`."""

    def __init__(self, alternatives: Sequence[Slot]) -> None:
        super().__init__(extra={"alternatives": [slot.as_json() for slot in alternatives]})
        self.alternatives = tuple(alternatives)


class SlotTaken(WithAlternatives):
    """Somebody else has the counsellor at that time."""

    slug = "slot-taken"


class NobodyFree(WithAlternatives):
    """Of those who could be asked nobody is free at that time."""

    slug = "nobody-free"


class DayFull(WithAlternatives):
    """The counsellor has as many appointments that day as they take."""

    slug = "day-full"


class NoRoom(WithAlternatives):
    """Every room or line that the way to talk needs is taken at that time."""

    slug = "no-room"


class ResidentDayFull(WithAlternatives):
    """The resident has as many appointments that day as they may book themselves."""

    slug = "resident-day-full"


class ResidentBusy(WithAlternatives):
    """The resident has another appointment at that time."""

    slug = "resident-busy"


@dataclass(frozen=True)
class Window:
    """`days` service days from `first_day` on, in `zone`; only slots that start from `not_before` on."""

    first_day: date
    days: int
    zone: tzinfo
    not_before: datetime

    @property
    def base(self) -> int:
        """The first cell of the timeline that the window is computed on."""
        return cell_number(instant(self.first_day, 0, self.zone))

    @property
    def end(self) -> int:
        """The first cell beyond the window."""
        return cell_number(instant(self.first_day + timedelta(days=self.days - 1), MINUTES, self.zone))

    def days_of(self) -> Iterator[date]:
        return (self.first_day + timedelta(days=n) for n in range(self.days))


def window(first_day: date, days: int, terms: Booking, zone: tzinfo, now: datetime) -> Window | None:
    """The part of `days` from `first_day` on that a resident may book in at `now`; None when there is none of it."""
    opens = earliest_running(now, zone)
    last = min(first_day + timedelta(days=days - 1), opens + timedelta(days=terms.horizon_days))
    first = max(first_day, opens)
    if last < first:
        return None
    return Window(first, (last - first).days + 1, zone, now + timedelta(minutes=terms.minimum_notice_minutes))


def free_slots(
    counsellor: Counsellor,
    busy: int,
    window: Window,
    channel: AppointmentChannel,
    minutes: int,
    step: int,
) -> Iterator[Slot]:
    """Free slots of one counsellor in order of time. `busy` is a timeline that begins at `window.base`; `step` in minutes."""
    if channel not in counsellor.channels:
        return
    base, zone = window.base, window.zone
    hours = counsellor.hours_bits(window.first_day, window.days, base, zone)
    starts = run_starts(hours & ~busy, minutes // CELL_MINUTES)
    spans = [(day, span) for day in window.days_of() for span in counsellor.hours_on(day)]
    # by real time: a day's 25:00 comes after the next day's 0:30
    for day, span in sorted(spans, key=lambda s: s[0].toordinal() * MIDNIGHT + s[1].start_minute):
        opens, closes = instant(day, span.start_minute, zone), instant(day, span.end_minute, zone)
        steady = closes - opens == timedelta(minutes=span.end_minute - span.start_minute)
        first = -(-span.start_minute // step) * step
        for minute in range(first, min(span.end_minute, MINUTES - minutes + 1), step):
            # asking the zone is dear, and needed only where the clocks change within the span
            starts_at = (
                opens + timedelta(minutes=minute - span.start_minute)
                if steady
                else instant(day, minute, zone)
            )
            if starts >> (cell_number(starts_at) - base) & 1 and starts_at >= window.not_before:
                ends_at = starts_at + timedelta(minutes=minutes)
                yield Slot(counsellor.id, channel, day, minute, minutes, starts_at, ends_at)


def check_offered(
    counsellor: Counsellor, slot: Slot, terms: Booking, zone: tzinfo, now: datetime, *, by_staff: bool
) -> None:
    """Whether a slot of this counsellor may be asked for. Raises as `check_time`, and NotOffered."""
    check_time(slot, terms, zone, now, by_staff=by_staff)
    if slot.channel not in counsellor.channels or not _works(counsellor, slot, zone):
        raise NotOffered()


def check_time(slot: Slot, terms: Booking, zone: tzinfo, now: datetime, *, by_staff: bool) -> None:
    """Whether a time may be asked for, of whomever. Staff need keep neither the minimum notice nor the horizon, nobody books the past.

    Raises Invalid (off the tenant's grid), TooSoon, TooFar.
    """
    if slot.start_minute % terms.cell_minutes:
        raise Invalid("start_minute", f"must be in steps of {terms.cell_minutes}")
    check_minutes(slot.minutes, terms.cell_minutes)
    notice = timedelta(minutes=0 if by_staff else terms.minimum_notice_minutes)
    if slot.starts_at < now + notice:
        raise TooSoon()
    horizon = earliest_running(now, zone) + timedelta(days=terms.horizon_days)
    if slot.service_date > horizon and not by_staff:
        raise TooFar()


def _works(counsellor: Counsellor, slot: Slot, zone: tzinfo) -> bool:
    """Begins in hours of its own service day and lies in hours as a whole."""
    hours = counsellor.hours_on(slot.service_date)
    if not any(span.start_minute <= slot.start_minute < span.end_minute for span in hours):
        return False
    base = cell_number(slot.starts_at)
    wanted = span_bits(base, base, cell_number(slot.ends_at))
    return counsellor.hours_bits(slot.service_date, 1, base, zone) & wanted == wanted


def nearest(slots: Iterable[Slot], wanted: Slot, count: int = 3) -> list[Slot]:
    """The `count` slots that start nearest to `wanted`; at equal distance the same counsellor, then the earlier one."""

    def distance(slot: Slot) -> tuple[timedelta, bool, datetime, str]:
        away = abs(slot.starts_at - wanted.starts_at)
        return away, slot.counsellor_id != wanted.counsellor_id, slot.starts_at, slot.counsellor_id

    return sorted(slots, key=distance)[:count]
