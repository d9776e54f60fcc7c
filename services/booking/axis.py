"""The service days of a `matrix`, as bits: 384 cells of real time a day, from its 0:00 on.

24:00 of one service day and 0:00 of the next are the same moment, and so two bits, one in each day. Both are always set and cleared
together: whoever looks at a day sees all that is true of it until 32:00, and never has to look at the next one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.booking.cells import CELL_MINUTES, CELL_SECONDS, cell_number
from services.booking.hours import Hours
from services.booking.service_day import MIDNIGHT, MINUTES, instant

Words = npt.NDArray[np.uint64]
DAY_WORDS = 6
DAY_BITS = DAY_WORDS * 64
WALL_CELLS = MINUTES // CELL_MINUTES
"""Cells of a service day as it is said. Where the clocks change within the day they are not its cells of real time."""
KEPT = DAY_BITS - 1
"""The last bit of a day is never open, so that no run goes on into the next day's words."""


class Axis:
    """`days` service days from `first_day` on, in `zone`."""

    def __init__(self, first_day: date, days: int, zone: tzinfo) -> None:
        self.first_day, self.days, self.zone = first_day, days, zone
        around = [first_day + timedelta(days=n) for n in range(-1, days + 2)]
        all_bases = [cell_number(instant(day, 0, zone)) for day in around]
        self.bases = all_bases[1 : days + 1]
        """The first cell of each day."""
        self._base_of = dict(zip(around, all_bases, strict=True))
        self._uneven = {day for day, base in self._base_of.items() if not _even(day, base, zone)}
        self.walls = {
            n: np.array([self.cell(day, m) - self.bases[n] for m in range(0, MINUTES, CELL_MINUTES)])
            for n, day in enumerate(around[1 : days + 1])
            if day in self._uneven
        }
        """Day number -> position of each cell that is said; days whose clocks do not change are left out: there they are the same."""

    def day(self, number: int) -> date:
        return self.first_day + timedelta(days=number)

    def number(self, day: date) -> int:
        """May lie outside 0..days."""
        return (day - self.first_day).days

    def cell(self, day: date, minute: int) -> int:
        """The cell of a wall-clock minute, for the days of the axis and the one before and after."""
        if day in self._uneven:
            return cell_number(instant(day, minute, self.zone))
        return self._base_of[day] + minute // CELL_MINUTES

    def position(self, number: int, wall: int) -> int:
        """Where the cell that is said as number `wall` of the day lies among its bits."""
        walls = self.walls.get(number)
        return wall if walls is None else int(walls[wall])

    def parts(self, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(day number, first, end) of every day that sees some of the cells `first` to `end` (exclusive, absolute)."""
        for number in range(bisect_right(self.bases, first - DAY_BITS), bisect_left(self.bases, end)):
            base = self.bases[number]
            yield number, max(first - base, 0), min(end - base, DAY_BITS)

    def open_and_said(self, hours: Hours, number: int) -> tuple[int, int]:
        """A day's working cells, by position, and the cells of the day's own hours, as they are said.

        The days before and after work in it too; an appointment may end in their hours but must begin in its own day's.
        """
        base, worked, said = self.bases[number], 0, 0
        for n in (-1, 0, 1):
            day = self.day(number + n)
            for span in hours.on(day):
                worked |= _bits(
                    self.cell(day, span.start_minute) - base, self.cell(day, span.end_minute) - base
                )
                if n == 0:
                    said |= _bits(span.start_minute // CELL_MINUTES, span.end_minute // CELL_MINUTES)
        for absence in hours.absences:
            first, end = absence.cells
            worked &= ~_bits(first - base, end - base)
        return worked, said

    def from_on(self, moment: datetime, number: int) -> int:
        """The bits of a day that begin at `moment` or later."""
        cell = -(-moment.timestamp() // CELL_SECONDS)
        first = min(max(int(cell) - self.bases[number], 0), KEPT)
        return _bits(first, KEPT)

    def as_said(self, words: Words, number: int) -> Words:
        """Words (…, 6) of a day by position, put in the order in which its cells are said."""
        walls = self.walls.get(number)
        return words if walls is None else pack(unpack(words)[..., walls])


def _even(day: date, base: int, zone: tzinfo) -> bool:
    return cell_number(instant(day, MINUTES, zone)) - base == WALL_CELLS and (
        cell_number(instant(day, MIDNIGHT, zone)) - base == MIDNIGHT // CELL_MINUTES
    )


def _bits(first: int, end: int) -> int:
    first, end = max(first, 0), min(end, KEPT)
    return (1 << end) - (1 << first) if end > first else 0


def words_of_day(bits: int) -> Words:
    """384 bits as six words."""
    return np.frombuffer(bits.to_bytes(DAY_WORDS * 8, "little"), np.uint64)


def words_of_days(days: Iterable[int]) -> Words:
    """384 bits a day as words (days, 6)."""
    joined = b"".join(bits.to_bytes(DAY_WORDS * 8, "little") for bits in days)
    return np.frombuffer(joined, np.uint64).reshape(-1, DAY_WORDS)


@lru_cache(maxsize=256)
def grid(step: int, minutes: int) -> Words:
    """The cells, as they are said, at which `minutes` may begin on a grid of `step` minutes, to end at 30:00 at the latest."""
    bits = 0
    for minute in range(0, MINUTES - minutes + 1, step):
        bits |= 1 << minute // CELL_MINUTES
    return words_of_day(bits & ((1 << WALL_CELLS) - 1))


def unpack(words: Words) -> npt.NDArray[np.uint8]:
    """Words (…, n) as bits (…, n * 64), 0 or 1."""
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=-1, bitorder="little")


def pack(bits: npt.NDArray[np.uint8]) -> Words:
    """Up to 384 bits a day as its six words."""
    padded = np.zeros((*bits.shape[:-1], DAY_BITS), np.uint8)
    padded[..., : bits.shape[-1]] = bits
    return np.packbits(padded, axis=-1, bitorder="little").view(np.uint64)
