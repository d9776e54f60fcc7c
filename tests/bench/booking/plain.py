"""The same question, which starts are free with anybody, answered in plainer ways: datetimes in loops, and Python's integers as bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.booking.axis import Axis
from services.booking.cells import run_starts, span_bits
from services.booking.service_day import instant
from tests.bench.booking.sample import DAYS, LENGTH, MINUTES, STEP, TOKYO, Staff

Starts = set[tuple[date, int]]
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class InDatetimes:
    """Per counsellor: (service date, first minute, last minute, when it opens) of every day's hours, and appointments in order of time."""

    hours: list[list[tuple[date, int, int, datetime]]]
    busy: list[list[Stretch]]

    @classmethod
    def of(cls, made: Staff, count: int) -> "InDatetimes":
        some = made.people[:count]
        busy: dict[str, list[Stretch]] = {person.id: [] for person in some}
        zero = datetime(1970, 1, 1, tzinfo=UTC)
        for who, first, end, _ in made.busy:
            if who in busy:
                busy[who].append((zero + timedelta(minutes=5 * first), zero + timedelta(minutes=5 * end)))
        hours = [
            [
                (day, span.start_minute, span.end_minute, instant(day, span.start_minute, TOKYO))
                for n in range(DAYS)
                for day in [made.first_day + timedelta(days=n)]
                for span in person.hours_on(day)
            ]
            for person in some
        ]
        return cls(hours, [sorted(busy[person.id]) for person in some])

    def starts(self) -> Starts:
        found: Starts = set()
        long, step = timedelta(minutes=MINUTES), timedelta(minutes=STEP)
        for hours, busy in zip(self.hours, self.busy, strict=True):
            for day, minute, last, at in hours:
                near = [
                    (b, e) for b, e in busy if at - long < e and b < at + timedelta(minutes=last - minute)
                ]
                while minute + MINUTES <= last:
                    if all(e <= at or b >= at + long for b, e in near):
                        found.add((day, minute))
                    minute, at = minute + STEP, at + step
        return found


@dataclass(frozen=True)
class InIntegers:
    """Per counsellor: (open cells, cells of its own hours) of every day, and all that is taken as one timeline."""

    axis: Axis
    days: list[list[tuple[int, int]]]
    busy: list[int]

    @classmethod
    def of(cls, made: Staff) -> "InIntegers":
        axis = Axis(made.first_day, DAYS, TOKYO)
        zero = axis.bases[0]
        busy = dict.fromkeys((person.id for person in made.people), 0)
        for who, first, end, _ in made.busy:
            busy[who] |= span_bits(zero, first, end)
        days = [[axis.open_and_said(person.hours, n) for n in range(DAYS)] for person in made.people]
        return cls(axis, days, list(busy.values()))

    def starts(self) -> Sequence[int]:
        """A bit set for each day."""
        found = [0] * DAYS
        zero = self.axis.bases[0]
        offsets = [base - zero for base in self.axis.bases]
        for days, busy in zip(self.days, self.busy, strict=True):
            for n, (worked, said) in enumerate(days):
                if said:
                    found[n] |= run_starts(worked & ~(busy >> offsets[n]), LENGTH) & said
        return found
