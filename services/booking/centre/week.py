"""A worker's week, as the worker sets it: at most N days, two or three hours a day, past midnight too.

The week is not kept beside its shifts: it is them. Setting it gives the shifts to plan, to change and to withdraw.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.booking.centre.shift import Shift
from services.booking.centre.stretch import Stretch, check_stretch
from services.booking.centre.worker import Centre, Worker
from shared.errors import Invalid

DAYS = 7


@dataclass(frozen=True)
class Entry:
    """One stretch of the week; `station_id` None is work at home."""

    stretch: Stretch
    station_id: str | None = None


@dataclass(frozen=True)
class Difference:
    """What turns the present shifts into the wanted week."""

    plan: tuple[Entry, ...] = ()
    change: tuple[tuple[Shift, Entry], ...] = ()
    withdraw: tuple[Shift, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.plan or self.change or self.withdraw)


def check_week(
    worker: Worker,
    centre: Centre,
    monday: date,
    entries: Sequence[Entry],
    step: int = 5,
    field: str = "entries",
) -> tuple[Entry, ...]:
    """The entries in order of time. Raises Invalid, naming the entry, for what the worker or the station does not allow."""
    days: dict[date, int] = {}
    for n, entry in enumerate(entries):
        where = f"{field}.{n}"
        stretch = entry.stretch
        if not monday <= stretch.service_date < monday + timedelta(days=DAYS):
            raise Invalid(f"{where}.service_date", "is not in this week")
        check_stretch(where, stretch, step)
        _check_place(where, worker, centre, entry)
        days[stretch.service_date] = days.get(stretch.service_date, 0) + stretch.minutes
        if days[stretch.service_date] > worker.max_minutes:
            raise Invalid(f"{where}.end_minute", f"more than {worker.max_minutes} minutes on one day")
        if any(stretch.overlaps(other.stretch) for other in entries[:n]):
            raise Invalid(f"{where}.start_minute", "overlaps another entry")
    for n, entry in enumerate(entries):
        if days[entry.stretch.service_date] < worker.min_minutes:
            raise Invalid(f"{field}.{n}.end_minute", f"less than {worker.min_minutes} minutes on one day")
    if len(days) > worker.max_days:
        raise Invalid(field, f"at most {worker.max_days} days a week")
    return tuple(sorted(entries, key=lambda entry: entry.stretch))


def _check_place(where: str, worker: Worker, centre: Centre, entry: Entry) -> None:
    if entry.station_id is None:
        return
    station = centre.station(entry.station_id)
    if station is None or not worker.eligible(station):
        raise Invalid(f"{where}.station_id", "is no station that this worker may use")
    if not station.open_for(entry.stretch):
        raise Invalid(f"{where}.start_minute", "the station is not open then")


def copied(
    worker: Worker, centre: Centre, shifts: Iterable[Shift], monday: date, step: int = 5
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """A week's shifts moved to the week of `monday`: (what fits, what does not any more), whole days at a time.

    Days on which the worker was absent are copied too: an absence says nothing about the next week. What was taken over from somebody else is not.
    """
    wanted: dict[date, list[Entry]] = {}
    for shift in shifts:
        if shift.state != "withdrawn" and shift.origin != "substitute":
            weekday = shift.stretch.service_date.weekday()
            there = monday + timedelta(days=weekday)
            stretch = Stretch(there, shift.stretch.start_minute, shift.stretch.end_minute)
            wanted.setdefault(there, []).append(Entry(stretch, shift.station_id))
    fits: list[Entry] = []
    left_out: list[Entry] = []
    for _, entries in sorted(wanted.items()):
        try:
            fits = list(check_week(worker, centre, monday, [*fits, *sorted(entries, key=_key)], step))
        except Invalid:
            left_out += sorted(entries, key=_key)
    return tuple(fits), tuple(left_out)


def entries_of(shifts: Iterable[Shift]) -> tuple[Entry, ...]:
    """The week as its shifts say it, without those that were withdrawn."""
    return tuple(sorted((Entry(s.stretch, s.station_id) for s in shifts if s.state != "withdrawn"), key=_key))


def with_begun(shifts: Iterable[Shift], wanted: Sequence[Entry], now: datetime) -> tuple[Entry, ...]:
    """The wanted entries and what has begun already without being among them: both count for the limits of the week."""
    begun = [Entry(s.stretch, s.station_id) for s in shifts if s.stands and s.starts_at <= now]
    return (*wanted, *(entry for entry in begun if entry not in wanted))


def difference(shifts: Iterable[Shift], wanted: Sequence[Entry], now: datetime) -> Difference:
    """What to plan, to change and to withdraw so that `shifts` (of one week) become `wanted`.

    What has begun or was reported stays as it is, whether it is wanted or not: a schedule changes the future only. A shift of the same
    day is changed rather than withdrawn, so that its id stays.
    """
    standing = [s for s in shifts if s.state != "withdrawn"]
    open_ones = {s.id: s for s in standing if s.state == "planned" and s.starts_at > now}
    kept = [Entry(s.stretch, s.station_id) for s in standing if s.id not in open_ones]
    new = [entry for entry in wanted if entry not in kept]
    for shift in list(open_ones.values()):
        same = Entry(shift.stretch, shift.station_id)
        if same in new:
            new.remove(same)
            del open_ones[shift.id]
    changed: list[tuple[Shift, Entry]] = []
    for shift in sorted(open_ones.values(), key=lambda s: s.stretch):
        of_day = [e for e in new if e.stretch.service_date == shift.stretch.service_date]
        if of_day:
            new.remove(of_day[0])
            changed.append((shift, of_day[0]))
            del open_ones[shift.id]
    return Difference(tuple(sorted(new, key=_key)), tuple(changed), tuple(open_ones.values()))


def check_future(entries: Iterable[Entry], starts: Iterable[datetime], now: datetime) -> None:
    """Raises Invalid when something is to be planned into the past. `starts` are the entries' instants."""
    for entry, start in zip(entries, starts, strict=True):
        if start <= now:
            label = f"{entry.stretch.service_date.isoformat()} {entry.stretch.label}"
            raise Invalid("entries", f"{label} has already begun")


def _key(entry: Entry) -> tuple[Stretch, str]:
    return entry.stretch, entry.station_id or ""
