"""Real time cut into cells of five minutes, and calendars as bits over them.

A cell is one stretch of real time: its number is the count of five-minute steps since 1970 in UTC. A calendar document holds the 288 cells
of one UTC date in five words of 60 bits. So 24:30 of one service day and 0:30 of the next are the same bit, in any time zone, and
a tenant that changes the length of its appointments keeps its calendars.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CELL_MINUTES = 5
CELL_SECONDS = CELL_MINUTES * 60
CELLS_PER_DAY = 24 * 60 // CELL_MINUTES
WORD_BITS = 60
WORDS = tuple(f"w{n}" for n in range(-(-CELLS_PER_DAY // WORD_BITS)))
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_WORD = (1 << WORD_BITS) - 1


def cell_number(moment: datetime) -> int:
    """The cell that begins at or holds `moment`."""
    return int(moment.timestamp()) // CELL_SECONDS


def first_cell(day: date) -> int:
    """The first cell of the UTC date `day`."""
    return (day.toordinal() - _EPOCH_DAY) * CELLS_PER_DAY


def utc_day(cell: int) -> date:
    """The UTC date that `cell` lies in."""
    return date.fromordinal(_EPOCH_DAY + cell // CELLS_PER_DAY)


def utc_days(first: int, end: int) -> Iterable[date]:
    """Every UTC date that the cells `first` to `end` (exclusive) touch."""
    day = utc_day(first)
    while first_cell(day) < end:
        yield day
        day += timedelta(days=1)


@dataclass(frozen=True)
class DayCells:
    """The part of an interval that lies in one UTC date: cells `first` to `end` (exclusive, 0..288) of that date."""

    day: date
    first: int
    end: int

    @property
    def bits(self) -> int:
        return (1 << self.end) - (1 << self.first)

    def masks(self) -> dict[str, int]:
        """Word name -> bits to take in it; words that are not touched are left out."""
        return {word: bits for word, bits in words_of(self.bits).items() if bits}


def cells_of(starts_at: datetime, ends_at: datetime) -> tuple[DayCells, ...]:
    """The cells of [starts_at, ends_at), date by date. Raises ValueError when an end is not on a cell's edge."""
    if starts_at.timestamp() % CELL_SECONDS or ends_at.timestamp() % CELL_SECONDS or ends_at <= starts_at:
        raise ValueError(f"[{starts_at}, {ends_at}) is no interval of whole {CELL_MINUTES}-minute cells")
    first, end = cell_number(starts_at), cell_number(ends_at)
    return tuple(
        DayCells(day, max(first - (zero := first_cell(day)), 0), min(end - zero, CELLS_PER_DAY))
        for day in utc_days(first, end)
    )


def words_of(bits: int) -> dict[str, int]:
    """One date's cells as words, as they are stored."""
    return {word: bits >> (n * WORD_BITS) & _WORD for n, word in enumerate(WORDS)}


def bits_of(document: Mapping[str, int]) -> int:
    """One date's cells from its stored words."""
    return sum(document[word] << (n * WORD_BITS) for n, word in enumerate(WORDS))


def run_starts(free: int, length: int) -> int:
    """Bits of `free` at which `length` set bits in a row begin. Doubles its reach with each step."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        free &= free >> step
        reach += step
    return free


def span_bits(base: int, first: int, end: int) -> int:
    """The cells `first` to `end` (exclusive, absolute numbers) as bits of a timeline that begins at cell `base`."""
    first, end = max(first - base, 0), max(end - base, 0)
    return (1 << end) - (1 << first) if end > first else 0


def timeline(base: int, days: Iterable[tuple[date, int]]) -> int:
    """The cells of several UTC dates, (date, bits) each, as one timeline that begins at cell `base`."""
    bits = 0
    for day, taken in days:
        shift = first_cell(day) - base
        bits |= taken << shift if shift >= 0 else taken >> -shift
    return bits
