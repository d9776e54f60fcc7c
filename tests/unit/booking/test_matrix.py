"""Many calendars at once say what the plain computation says of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.availability import Window, free_slots
from services.booking.axis import Axis, grid, unpack, words_of_days
from services.booking.cells import CELL_MINUTES, cell_number, run_starts, span_bits
from services.booking.counsellor import Counsellor, WeeklyHours
from services.booking.hours import Absence, check_weekly_hours
from services.booking.matrix import Matrix, column_sums
from services.booking.service_day import instant
from services.booking.tally import Tally
from shared.errors import Invalid

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS = 4
STARTS = st.sampled_from(
    [
        (date(2026, 12, 2), TOKYO),
        (date(2026, 11, 21), TOKYO),  # three days with a public holiday
        (date(2026, 3, 27), ZoneInfo("Europe/Berlin")),
        (date(2026, 10, 23), ZoneInfo("Europe/Berlin")),
        (date(2026, 3, 7), ZoneInfo("America/New_York")),
        (date(2026, 10, 31), ZoneInfo("America/New_York")),
        (date(2026, 4, 3), ZoneInfo("Australia/Lord_Howe")),
        (date(2026, 10, 2), ZoneInfo("Australia/Lord_Howe")),
    ]
)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[WeeklyHours, ...]:
    spans = st.tuples(st.integers(0, 6), st.integers(0, 350), st.integers(4, 120))
    try:
        drawn = [
            WeeklyHours(day, start * 5, min(start + long, 360) * 5)
            for day, start, long in draw(st.lists(spans, max_size=8))
        ]
        return check_weekly_hours(drawn)
    except Invalid:
        return tuple(WeeklyHours(n, 1320, 1560) for n in range(7))


@dataclass
class Case:
    """Some people, what each has taken, and the matrix that knows the same."""

    axis: Axis
    people: list[Counsellor]
    busy: list[list[tuple[int, int]]]
    matrix: Matrix

    @property
    def window(self) -> Window:
        return Window(
            self.axis.first_day, DAYS, self.axis.zone, instant(self.axis.first_day, 0, self.axis.zone)
        )

    def plain(self, n: int, minutes: int, step: int) -> list[tuple[date, int]]:
        taken = 0
        for first, end in self.busy[n]:
            taken |= span_bits(self.window.base, first, end)
        slots = free_slots(self.people[n], taken, self.window, "online", minutes, step)
        return sorted((s.service_date, s.start_minute) for s in slots)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    first, zone = draw(STARTS)
    axis = Axis(first, DAYS, zone)
    matrix = Matrix(axis, 1)
    case = Case(axis, [], [], matrix)
    for n in range(draw(st.integers(1, 5))):
        start = instant(first, draw(st.integers(-300, DAYS * 1440)), zone)
        away = Absence("lea_x", start, start + timedelta(minutes=draw(st.integers(1, 900))))
        person = Counsellor(
            f"cou_{n}", "見本", (), ("online",), draw(weeks()), absences=(away,) * draw(st.integers(0, 1))
        )
        row = matrix.add_row()
        matrix.set_hours(row, person.hours)
        spans = []
        for at, long in draw(
            st.lists(st.tuples(st.integers(-40, DAYS * 288 + 80), st.integers(1, 40)), max_size=6)
        ):
            cell = axis.bases[0] + at
            matrix.take(row, cell, cell + long)
            spans.append((cell, cell + long))
        case.people.append(person)
        case.busy.append(spans)
    return case


LENGTHS = st.sampled_from([15, 30, 60, 90, 240, 480])
STEPS = st.sampled_from([5, 15, 30])


@settings(deadline=None)
@given(cases(), LENGTHS, st.just(15))
def test_every_row_says_what_the_plain_computation_says(case: Case, minutes: int, step: int) -> None:
    found: list[set[tuple[date, int]]] = [set() for _ in case.people]
    for block, words in case.matrix.starts(None, range(DAYS), minutes // CELL_MINUTES):
        bits = unpack(words & grid(step, minutes))
        for row, day, wall in zip(*np.nonzero(bits), strict=True):
            found[block.start + row].add((case.axis.day(int(day)), int(wall) * CELL_MINUTES))
    assert [sorted(of) for of in found] == [case.plain(n, minutes, step) for n in range(len(case.people))]


@settings(deadline=None)
@given(cases(), LENGTHS, STEPS)
def test_counts_and_union_are_those_of_the_rows(case: Case, minutes: int, step: int) -> None:
    length = minutes // CELL_MINUTES
    plain = Counter(at for n in range(len(case.people)) for at in case.plain(n, minutes, step))
    mask = unpack(grid(step, minutes))
    counts = Tally(case.matrix, None, length).counts() * mask
    union = unpack(case.matrix.union(None, range(DAYS), length)) * mask
    found = {
        (case.axis.day(int(d)), int(w) * CELL_MINUTES): int(counts[d, w])
        for d, w in zip(*np.nonzero(counts), strict=True)
    }
    assert found == plain
    assert np.array_equal(union.astype(bool), counts.astype(bool))


@settings(deadline=None)
@given(cases(), st.data())
def test_a_tally_follows_every_change(case: Case, data: st.DataObject) -> None:
    some = np.array(sorted(data.draw(st.sets(st.integers(0, len(case.people) - 1), min_size=1))), np.intp)
    tallies = [Tally(case.matrix, None, 12), Tally(case.matrix, some, 6, 3)]
    for _ in range(4):
        row = data.draw(st.integers(0, len(case.people) - 1))
        cell = case.axis.bases[0] + data.draw(st.integers(-20, DAYS * 288 + 60))
        kind = data.draw(st.sampled_from(["take", "release", "full", "hours"]))
        if kind == "take":
            case.matrix.take(row, cell, cell + 12)
        elif kind == "release":
            case.matrix.release(row, cell, cell + 12)
        elif kind == "full":
            case.matrix.set_full(row, data.draw(st.integers(0, DAYS - 1)), data.draw(st.booleans()))
        else:
            case.matrix.set_hours(row, Counsellor("c", "", (), (), data.draw(weeks())).hours)
        for tally in tallies:
            anew = Tally(case.matrix, tally.rows, tally.length, tally.tail)
            assert np.array_equal(tally.counts(), anew.counts())


@settings(deadline=None)
@given(cases(), st.integers(1, 24))
def test_what_must_be_kept_free_after_the_end_may_lie_outside_of_hours_but_not_be_busy(
    case: Case, tail: int
) -> None:
    length = 12
    for block, words in case.matrix.starts(None, range(DAYS), length, tail, said=False):
        for n in range(len(words)):
            person, taken = case.people[block.start + n], case.busy[block.start + n]
            for day in range(DAYS):
                base = case.axis.bases[day]
                busy = 0
                for first, end in taken:
                    busy |= span_bits(base, first, end)
                worked = person.hours_bits(case.axis.day(day), 1, base, case.axis.zone)
                for at in range(360 - length + 1):  # an appointment ends at 30:00 at the latest
                    wanted, kept = span_bits(0, at, at + length), span_bits(0, at, at + length + tail)
                    free = worked & wanted == wanted and not busy & kept
                    assert bool(int(words[n, day, at // 64]) >> at % 64 & 1) == free


@settings(deadline=None)
@given(cases(), st.integers(0, 4))
def test_days_that_pass_make_room_for_days_that_come(case: Case, days: int) -> None:
    later = Axis(case.axis.first_day + timedelta(days=days), DAYS, case.axis.zone)
    rolled, anew = case.matrix, Matrix(later)
    rolled.axis = later
    rolled.roll(days)
    for n, person in enumerate(case.people):
        anew.set_hours(anew.add_row(), person.hours)
        rolled.set_hours(n, person.hours, range(DAYS - days, DAYS))
        for first, end in case.busy[n]:
            anew.take(n, first, end)
            rolled.take(n, first, end)
    assert np.array_equal(rolled.union(None, range(DAYS), 12), anew.union(None, range(DAYS), 12))
    assert np.array_equal(Tally(rolled, None, 3).counts(), Tally(anew, None, 3).counts())


@settings(deadline=None)
@given(st.lists(st.integers(0, (1 << 384) - 1), max_size=40))
def test_column_sums_are_sums(rows: list[int]) -> None:
    sums = column_sums(words_of_days(rows).reshape(len(rows), 6))
    assert sums.tolist() == [sum(row >> n & 1 for row in rows) for n in range(384)]


@settings(deadline=None)
@given(st.integers(0, (1 << 383) - 1), st.integers(0, (1 << 383) - 1), st.integers(1, 100))
def test_a_run_never_goes_on_into_the_next_day(one: int, other: int, length: int) -> None:
    matrix = Matrix(Axis(date(2026, 12, 1), 2, TOKYO))
    row = matrix.add_row()
    matrix.open_always(row)
    matrix._free[row] = words_of_days([one, other])
    found = matrix.union(None, range(2), length, said=False)
    assert [int.from_bytes(day.tobytes(), "little") for day in found] == [
        run_starts(one, length),
        run_starts(other, length),
    ]


def test_a_moment_past_midnight_is_taken_in_both_days_that_see_it() -> None:
    axis = Axis(date(2026, 12, 3), 2, TOKYO)
    matrix = Matrix(axis)
    row = matrix.add_row()
    matrix.open_always(row)
    half_past_midnight = cell_number(datetime(2026, 12, 4, 0, 30, tzinfo=TOKYO))
    matrix.take(row, half_past_midnight, half_past_midnight + 12)
    free = unpack(matrix.union(None, range(2), 1, said=False))
    assert [int(n) for n in np.flatnonzero(free[0, :383] == 0)] == list(range(294, 306))
    assert [int(n) for n in np.flatnonzero(free[1, :383] == 0)] == list(range(6, 18))


def test_what_is_always_open_begins_nowhere_near_the_end_of_the_day_s_bits() -> None:
    matrix = Matrix(Axis(date(2026, 12, 3), 2, TOKYO))
    matrix.open_always(matrix.add_row())
    days = matrix.union(None, range(2), 24, said=False)
    assert [int.from_bytes(day.tobytes(), "little") for day in days] == [(1 << 360) - 1] * 2
