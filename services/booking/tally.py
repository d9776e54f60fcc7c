"""How many people are free at each start, kept: of what changed since it was asked last, only the rows that changed are counted anew."""

import numpy as np
import numpy.typing as npt

from services.booking.axis import DAY_BITS, DAY_WORDS, Words, unpack
from services.booking.matrix import Matrix, Rows, column_sums

Counts = npt.NDArray[np.int32]
SHARE = 8
"""When more than one row in so many has changed, counting all of them is the shorter way."""


class Tally:
    """Of `rows` of the matrix, for appointments of `length` cells with `tail` more that must not be busy."""

    def __init__(self, matrix: Matrix, rows: Rows, length: int, tail: int = 0) -> None:
        self.matrix, self.rows, self.length, self.tail = matrix, rows, length, tail
        self._days = range(matrix.axis.days)
        self._seen = -1
        total = matrix.count if rows is None else len(rows)
        self._kept: Words = np.zeros((total, len(self._days), DAY_WORDS), np.uint64)
        self._counts: Counts = np.zeros((len(self._days), DAY_BITS), np.int32)

    def counts(self) -> Counts:
        """(days, 384), in the order in which cells are said: how many of the rows could begin there. Not to be changed by the caller."""
        changed = self.matrix.changed_since(self._seen, self.rows)
        if len(changed) * SHARE > len(self._kept):
            self._count_all()
        elif len(changed):
            self._count_again(changed)
        self._seen = self.matrix.stamp
        return self._counts

    def _count_all(self) -> None:
        self._counts[:] = 0
        flat = self._counts.reshape(-1)
        for which, found in self.matrix.starts(self.rows, self._days, self.length, self.tail):
            self._kept[which] = found
            flat += column_sums(found.reshape(len(found), -1))

    def _count_again(self, changed: npt.NDArray[np.intp]) -> None:
        rows = changed if self.rows is None else self.rows[changed]
        for which, found in self.matrix.starts(rows, self._days, self.length, self.tail):
            old = self._kept[changed[which]]
            moved = np.flatnonzero((found != old).any(axis=(0, 2)))  # a booking changes a day or two
            self._counts[moved] += _sum(found[:, moved]) - _sum(old[:, moved])
            self._kept[changed[which]] = found


def _sum(words: Words) -> Counts:
    counted: Counts = unpack(words).sum(axis=0, dtype=np.int32)
    return counted
