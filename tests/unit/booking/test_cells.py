"""Cells and bits: what makes an overlap impossible."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.cells import (
    CELLS_PER_DAY,
    WORD_BITS,
    WORDS,
    DayCells,
    bits_of,
    cell_number,
    cells_of,
    first_cell,
    run_starts,
    span_bits,
    timeline,
    words_of,
)
from services.booking.service_day import instant

START = datetime(2026, 11, 1, tzinfo=UTC)
STEPS = st.integers(0, 3 * CELLS_PER_DAY)
LENGTHS = st.integers(1, 96)
BITS = st.integers(0, (1 << CELLS_PER_DAY) - 1)


def interval(step: int, length: int) -> tuple[datetime, datetime]:
    starts = START + timedelta(minutes=5 * step)
    return starts, starts + timedelta(minutes=5 * length)


def taken(step: int, length: int) -> set[tuple[date, str, int]]:
    """Every single bit that an interval takes."""
    return {
        (cells.day, word, bit)
        for cells in cells_of(*interval(step, length))
        for word, mask in cells.masks().items()
        for bit in range(WORD_BITS)
        if mask >> bit & 1
    }


@given(STEPS, LENGTHS)
def test_an_interval_takes_one_bit_for_every_five_minutes(step: int, length: int) -> None:
    assert len(taken(step, length)) == length


@given(STEPS, LENGTHS, STEPS, LENGTHS)
def test_two_intervals_share_a_bit_exactly_when_they_share_time(a: int, m: int, b: int, n: int) -> None:
    assert bool(taken(a, m) & taken(b, n)) == (a < b + n and b < a + m)


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 71),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_past_midnight_and_the_next_morning_are_the_same_bits(day: date, five: int, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    late = instant(day, 1440 + five * 5, zone)
    early = instant(day + timedelta(days=1), five * 5, zone)
    hour = timedelta(hours=1)
    assert cells_of(late, late + hour) == cells_of(early, early + hour)


@given(BITS)
def test_words_hold_every_cell_and_fit_a_signed_64_bit_integer(bits: int) -> None:
    words = words_of(bits)
    assert tuple(words) == WORDS
    assert all(0 <= word < 1 << 63 for word in words.values())
    assert bits_of(words) == bits


@given(st.integers(0, CELLS_PER_DAY - 1), st.integers(1, CELLS_PER_DAY))
def test_giving_back_undoes_taking_and_nothing_else(first: int, end: int) -> None:
    if first >= end:
        return
    cells = DayCells(date(2026, 12, 3), first, end)
    others = ((1 << CELLS_PER_DAY) - 1) & ~cells.bits
    words = words_of(others)
    full = {word: words[word] | cells.masks().get(word, 0) for word in WORDS}
    assert bits_of(full) == (1 << CELLS_PER_DAY) - 1
    assert {w: full[w] & ~cells.masks().get(w, 0) for w in WORDS} == words


@given(st.integers(0, (1 << 80) - 1), st.integers(1, 20))
def test_runs_begin_where_that_many_bits_in_a_row_are_free(free: int, length: int) -> None:
    naive = sum(1 << n for n in range(80) if all(free >> (n + k) & 1 for k in range(length)))
    assert run_starts(free, length) == naive


@given(st.lists(BITS, min_size=3, max_size=3), st.integers(-200, 200))
def test_a_timeline_lines_days_up_wherever_it_begins(days: list[int], offset: int) -> None:
    first = START.date()
    base = first_cell(first) + CELLS_PER_DAY + offset
    documents = [(first + timedelta(days=n), bits) for n, bits in enumerate(days)]
    line = timeline(base, documents)
    for n, bits in enumerate(days):
        for cell in range(0, CELLS_PER_DAY, 17):
            at = first_cell(first) + n * CELLS_PER_DAY + cell - base
            assert at < 0 or (line >> at & 1) == (bits >> cell & 1)


def test_spans_are_cut_at_the_beginning_of_the_timeline() -> None:
    assert span_bits(10, 8, 12) == 0b11
    assert span_bits(10, 3, 9) == 0


@pytest.mark.parametrize("minutes", [0, -5, 7])
def test_what_is_no_row_of_whole_cells_is_no_interval(minutes: int) -> None:
    with pytest.raises(ValueError, match="whole"):
        cells_of(START, START + timedelta(minutes=minutes))


def test_cells_count_from_1970_in_utc() -> None:
    assert cell_number(datetime(1970, 1, 2, tzinfo=UTC)) == CELLS_PER_DAY == first_cell(date(1970, 1, 2))
