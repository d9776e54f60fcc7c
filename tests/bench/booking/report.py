"""The figures as tables, and what they are to be."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.booking.booking_rounds import LANES, Booked
from tests.bench.booking.computing import LOOPED, Computed
from tests.bench.booking.reading import Read
from tests.bench.booking.shift_plan import CENTRE, SECONDS, Planned
from tests.bench.figures import median, number, ratio_of_pairs, table

COMPUTED_MS, READ_RATIO, BOOKED_RATIO = 1.0, 3.0, 0.7
NATIONAL = 500
ABOUT = f"""\
union: at which starts is anybody free, computed from the bits of all counsellors, nothing remembered. counts: with how many, the same way.
after a booking: the counts again when one calendar has changed since, as a request finds them. integers: the union with one Python integer
per counsellor and day. loops: with datetimes, every start against every appointment near it; measured with {LOOPED} counsellors and scaled.
empty: a route of the same process that does nothing, behind the same credential, tenant and limits; bare: one behind none of them.
changed: one calendar has changed since the last request; unchanged: none has. One connection, all kinds in turn.
bare operations: one transaction (the counsellor read, cells of counsellor and resident taken by conditional updates, the appointment
with its event inserted), publishing, archiving and clearing in bulk; no HTTP, no rules. {LANES} at a time, rounds alternate, in one process.
lacking: people that all bands of the four weeks lack together; first come: the same when each band takes the first who can."""


def text(
    computed: Sequence[Computed], read: Sequence[Read], booked: Booked, planned: Sequence[Planned] = ()
) -> str:
    """Everything that is printed."""
    parts = []
    if computed:
        parts.append(f"Free starts of 31 days, 60 minutes, milliseconds\n\n{_computed(computed)}")
    if read:
        parts.append(f"GET /booking/v1/availability/days of 31 days, milliseconds (p50)\n\n{_read(read)}")
    if booked.desk:
        parts.append(f"Bookings a second\n\n{_booked(booked)}")
    if planned:
        parts.append(f"Shift plan of a centre, 4 weeks, 8 stations, 4 bands a day\n\n{_planned(planned)}")
    verdicts = [one.text for one in verdicts_of(computed, read, booked, planned)]
    return "\n\n".join([*parts, ABOUT, "\n".join(verdicts)])


def _computed(computed: Sequence[Computed]) -> str:
    heads = ("counsellors", "union", "counts", "after a booking", "integers", "loops", "loops / union")
    rows = [
        [
            number(one.counsellors),
            *(number(ms, 3) for ms in (one.union, one.counts, one.kept)),
            *(number(ms, 1) for ms in (one.integers, one.loops)),
            number(one.loops / one.union),
        ]
        for one in computed
    ]
    return table(heads, rows)


def _read(read: Sequence[Read]) -> str:
    heads = (
        "counsellors",
        "bare",
        "empty",
        "unchanged",
        "changed",
        "changed / empty",
        "changed / bare",
        "bytes",
    )
    rows = [
        [
            number(one.counsellors),
            *(number(ms, 2) for ms in (one.bare, one.empty, one.unchanged, one.changed)),
            number(one.changed / one.empty, 2),
            number(one.changed / one.bare, 2),
            number(one.size),
        ]
        for one in read
    ]
    return table(heads, rows)


def _booked(booked: Booked) -> str:
    rows = [["bare operations", number(median(booked.floor)), ""]]
    rows.append(["desk", number(median(booked.desk)), number(ratio_of_pairs(booked.desk, booked.floor), 2)])
    return table(("", "per second", "ratio"), rows)


def _planned(planned: Sequence[Planned]) -> str:
    heads = ("workers", "bands a day", "seconds", "gap", "assignments", "lacking", "first come")
    rows = [
        [
            number(one.workers),
            "several" if one.long_days else "one",
            number(one.seconds, 2),
            "optimal" if one.optimal else f"{one.gap:.4f}",
            *(number(n) for n in (one.assignments, one.unmet, one.greedy_unmet)),
        ]
        for one in planned
    ]
    return table(heads, rows)


@dataclass(frozen=True)
class Verdict:
    """A figure beside what it is to be: at most `target`, or at least."""

    what: str
    value: float
    target: float
    at_most: bool = True

    @property
    def kept(self) -> bool:
        return self.value <= self.target if self.at_most else self.value >= self.target

    @property
    def text(self) -> str:
        bound = f"at {'most' if self.at_most else 'least'} {self.target:g}"
        return f"{self.what}: {number(self.value, 2)} ({bound}: {'kept' if self.kept else 'MISSED'})"


def verdicts_of(
    computed: Sequence[Computed], read: Sequence[Read], booked: Booked, planned: Sequence[Planned]
) -> list[Verdict]:
    """What was asked of what was measured."""
    found = []
    for plan in planned:
        if plan.workers == CENTRE:
            bands = "several bands" if plan.long_days else "one band"
            found.append(Verdict(f"plan for {CENTRE} workers ({bands} a day), s", plan.seconds, SECONDS))
    for one in computed:
        if one.counsellors == NATIONAL:
            found.append(Verdict(f"computation with {NATIONAL} counsellors, ms", one.union, COMPUTED_MS))
            found.append(
                Verdict("the same as a request has it: counts after a booking, ms", one.kept, COMPUTED_MS)
            )
    for sort in read:
        if sort.counsellors == NATIONAL:
            ratio = sort.changed / sort.empty
            found.append(Verdict(f"request / empty route with {NATIONAL} counsellors", ratio, READ_RATIO))
    if booked.desk:
        ratio = ratio_of_pairs(booked.desk, booked.floor)
        found.append(Verdict("bookings / bare operations", ratio, BOOKED_RATIO, at_most=False))
    return found
