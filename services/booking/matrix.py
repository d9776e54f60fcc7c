"""The calendars of many people as rows of bits, and where among them a time is free.

Numbers are computed for all rows at once: a row is its days' words side by side (see `axis`), so that one shift of the whole block is a
shift of every row. `cells.run_starts` and `availability.free_slots` say the same of one person in plain Python.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from services.booking.axis import DAY_WORDS, KEPT, Axis, Words, words_of_day, words_of_days
from services.booking.hours import Hours

Rows = npt.NDArray[np.intp] | None
"""Numbers of rows; None: all of them."""
BLOCK_WORDS = 24_576
"""Words that are worked on at once: with their copies they stay in a processor's second-level cache."""


class Matrix:
    """A row per person; `free` and `begins` are (rows, days, 6). Every change marks its row with the next `stamp`."""

    def __init__(self, axis: Axis, rows: int = 16) -> None:
        self.axis = axis
        self.count = 0
        self.stamp = 0
        shape = (max(rows, 1), axis.days, DAY_WORDS)
        self._open, self._busy, self._said = (np.zeros(shape, np.uint64) for _ in range(3))
        self._free, self._begins = (np.zeros(shape, np.uint64) for _ in range(2))
        self._full = np.zeros(shape[:2], bool)
        self._stamps = np.zeros(shape[0], np.int64)
        self._scratch = np.empty((3, 0), np.uint64)

    def add_row(self) -> int:
        """A new row that is never open."""
        if self.count == len(self._open):
            for name in ("_open", "_busy", "_said", "_free", "_begins", "_full", "_stamps"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
        self.count += 1
        self._changed(self.count - 1)
        return self.count - 1

    def set_hours(self, row: int, hours: Hours, days: range | None = None) -> None:
        """Open the row in these hours, and in no others, on every day or on the days with these numbers."""
        chosen = range(self.axis.days) if days is None else days
        if not chosen:
            return
        both = [self.axis.open_and_said(hours, day) for day in chosen]
        which = slice(chosen[0], chosen[-1] + 1)
        self._open[row, which] = words_of_days(worked for worked, _ in both)
        self._said[row, which] = words_of_days(said for _, said in both)
        self._renew(row, which)

    def open_always(self, row: int) -> None:
        """Open the row at any time, as a room is."""
        self._open[row] = self._said[row] = words_of_day((1 << KEPT) - 1)
        self._renew(row, slice(None))

    def take(self, row: int, first: int, end: int) -> None:
        """Occupy the absolute cells `first` to `end` (exclusive); those outside of the axis are nobody's concern."""
        for day, start, stop in self.axis.parts(first, end):
            self._busy[row, day] |= words_of_day((1 << stop) - (1 << start))
            self._renew(row, slice(day, day + 1))

    def release(self, row: int, first: int, end: int) -> None:
        """Make the cells free again, whoever had them."""
        for day, start, stop in self.axis.parts(first, end):
            self._busy[row, day] &= ~words_of_day((1 << stop) - (1 << start))
            self._renew(row, slice(day, day + 1))

    def set_busy(self, row: int, spans: Iterable[tuple[int, int]]) -> None:
        """Occupy these cells [first, end) and no others: much shorter for many than taking one after another."""
        bits = [0] * self.axis.days
        for first, end in spans:
            for day, start, stop in self.axis.parts(first, end):
                bits[day] |= (1 << stop) - (1 << start)
        self._busy[row] = words_of_days(bits)
        self._renew(row, slice(None))

    def set_full(self, row: int, day: int, full: bool) -> None:
        """Whether nothing more may begin on this service day."""
        if 0 <= day < self.axis.days and self._full[row, day] != full:
            self._full[row, day] = full
            self._renew(row, slice(day, day + 1))

    def roll(self, days: int) -> None:
        """Let the first `days` days go; as many empty ones come at the end. The caller gives the axis and fills them."""
        for array in (self._open, self._busy, self._said, self._free, self._begins, self._full):
            array[:, : len(array[0]) - days] = array[:, days:].copy()
            array[:, len(array[0]) - days :] = 0
        self.stamp += 1
        self._stamps[:] = self.stamp

    def changed_since(self, stamp: int, rows: Rows) -> npt.NDArray[np.intp]:
        """Indexes into `rows` of those that have changed after `stamp`."""
        stamps = self._stamps[: self.count] if rows is None else self._stamps[rows]
        return np.flatnonzero(stamps > stamp)

    def starts(
        self, rows: Rows, days: range, length: int, tail: int = 0, *, said: bool = True
    ) -> Iterator[tuple[slice, Words]]:
        """Bits at which `length` free cells in a row begin, for blocks of `rows`: (which of them, words (rows, days, 6)).

        `tail` more cells must not be busy, in hours or out of them (24 at most: what ends at 30:00 sees no further). With `said` in the order of what is said, and only such as begin in
        the day's own hours; otherwise by position. A block's words are overwritten by the next block's.
        """
        total = self.count if rows is None else len(rows)
        a_row = len(days) * DAY_WORDS
        size = max(1, BLOCK_WORDS // a_row)
        self._reserve(size * a_row)
        for begin in range(0, total, size):
            block = slice(begin, min(begin + size, total))
            which = block if rows is None else rows[block]
            found = self._runs(which, block.stop - block.start, days, length, tail)
            if said:
                for number in self.axis.walls.keys() & set(days):
                    found[:, number - days.start] = self.axis.as_said(found[:, number - days.start], number)
                np.bitwise_and(found, self._begins[which, days.start : days.stop], out=found)
            yield block, found

    def union(self, rows: Rows, days: range, length: int, tail: int = 0, *, said: bool = True) -> Words:
        """(days, 6): the starts that at least one of the rows has."""
        found = np.zeros((len(days), DAY_WORDS), np.uint64)
        for _, block in self.starts(rows, days, length, tail, said=said):
            found |= np.bitwise_or.reduce(block, axis=0)
        return found

    def layers(self, rows: Rows, days: range, length: int, tail: int) -> npt.NDArray[np.int32]:
        """(4, days, 384), as said: in how many rows one could begin by the hours alone, where nothing is taken, where nothing is taken
        behind it either, and where the day is not full."""
        total = self.count if rows is None else len(rows)
        found = np.zeros((4, len(days) * DAY_WORDS * 64), np.int32)
        chosen, size = slice(days.start, days.stop), max(1, BLOCK_WORDS // (len(days) * DAY_WORDS))
        for begin in range(0, total, size):
            block = slice(begin, min(begin + size, total))
            which = block if rows is None else rows[block]
            said, begins = self._said[which, chosen], self._begins[which, chosen]
            for n, runs in enumerate(self._layered(which, block.stop - block.start, days, length, tail)):
                for number in self.axis.walls.keys() & set(days):
                    runs[:, number - days.start] = self.axis.as_said(runs[:, number - days.start], number)
                found[n] += column_sums((runs & said).reshape(len(runs), -1))
                if n == 2:
                    found[3] += column_sums((runs & begins).reshape(len(runs), -1))
        return found.reshape(4, len(days), -1)

    def _layered(
        self, which: slice | npt.NDArray[np.intp], n: int, days: range, length: int, tail: int
    ) -> Iterator[Words]:
        chosen = slice(days.start, days.stop)
        for cells in (self._open[which, chosen], self._free[which, chosen]):
            work = cells.reshape(-1).copy()
            _run_starts(work, length, np.empty_like(work), np.empty_like(work))
            yield work.reshape(cells.shape)
        self._reserve(n * len(days) * DAY_WORDS)
        yield self._runs(which, n, days, length, tail)

    def _reserve(self, words: int) -> None:
        if self._scratch.shape[1] < words:
            self._scratch = np.empty((3, words), np.uint64)

    def _runs(
        self, which: slice | npt.NDArray[np.intp], n: int, days: range, length: int, tail: int
    ) -> Words:
        shape = (n, len(days), DAY_WORDS)
        work, spare, carry = (row[: n * len(days) * DAY_WORDS] for row in self._scratch)
        chosen = slice(days.start, days.stop)
        if not tail:
            np.copyto(work.reshape(shape), self._free[which, chosen])
            _run_starts(work, length, spare, carry)
            return work.reshape(shape)
        np.copyto(work.reshape(shape), self._open[which, chosen])
        _run_starts(work, length, spare, carry)
        worked = work.copy()
        np.invert(self._busy[which, chosen], out=work.reshape(shape))
        _run_starts(work, length + tail, spare, carry)
        work &= worked
        return work.reshape(shape)

    def _renew(self, row: int, days: slice) -> None:
        np.bitwise_and(self._open[row, days], ~self._busy[row, days], out=self._free[row, days])
        np.copyto(self._begins[row, days], self._said[row, days])
        self._begins[row, days][self._full[row, days]] = 0
        self._changed(row)

    def _changed(self, row: int) -> None:
        self.stamp += 1
        self._stamps[row] = self.stamp


def _run_starts(bits: Words, length: int, spare: Words, carry: Words) -> None:
    """`cells.run_starts` in place, over words that follow one another; bits of one day do not reach the next: its last bit is clear."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach, 63)
        np.right_shift(bits, np.uint64(step), out=spare)
        np.left_shift(bits[1:], np.uint64(64 - step), out=carry[:-1])
        np.bitwise_or(spare[:-1], carry[:-1], out=spare[:-1])
        np.bitwise_and(bits, spare, out=bits)
        reach += step


def column_sums(words: Words) -> npt.NDArray[np.int32]:
    """Words (rows, n) -> in how many rows each of the n * 64 bits is set.

    Adds three rows' bits at a time into one row of sums and one of carries, as a full adder does, so that only a row per power of two
    is ever unpacked. Source: Harley and Seal, in H. S. Warren, Hacker's Delight, 2nd ed., 5-1.
    """
    total = np.zeros(words.shape[1] * 64, np.int32)
    weight = 1
    while len(words):
        carries = []
        while len(words) > 1:
            third = max(len(words) // 3, 1)
            a, b, c = words[:third], words[third : 2 * third], words[2 * third : 3 * third]
            either = a ^ b
            both = a & b
            if len(c):
                both |= either & c
                either ^= c
            carries.append(both)
            words = np.concatenate([either, words[3 * third :]])
        sums = np.unpackbits(words.view(np.uint8), bitorder="little")
        total += sums.astype(np.int32) * weight
        weight *= 2
        words = np.concatenate(carries) if carries else words[:0]
    return total
