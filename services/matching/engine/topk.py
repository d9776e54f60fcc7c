"""The exact top-k of inner products, over all offers.

The rule: the larger score first, of equal scores the smaller index. A batch works block by block, so that scores stay in the cache, and
keeps only what reaches a bound of each query's own. The bound is the r-th best score of a sample; when at least k scores reach it, the k
best are among them, whatever the sample was: the sample decides how fast it is, never what comes out. A query whose bound was too high is
done again without one.

Source of the idea: selecting by a sampled splitter, Floyd & Rivest, Expected Time Bounds for Selection (CACM 18(3), 1975).
"""

import math

import numpy as np
import numpy.typing as npt

from services.matching.engine.interactions import Floats

Indices = npt.NDArray[np.int64]
SAMPLE = 4096
BLOCK = 8192
WORD = 8
"""Flags that are looked at together."""


def best(scores: Floats | Indices, k: int) -> Indices:
    """Indices of the `k` best of one row of scores, best first; all of them when there are fewer."""
    count = scores.shape[0]
    if k <= 0:
        return np.zeros(0, np.int64)
    candidates = np.arange(count)
    if k < count:
        edge = np.partition(scores, count - k)[count - k]
        candidates = np.flatnonzero(scores >= edge)
    order = np.lexsort((candidates, -scores[candidates]))
    return candidates[order[:k]]


def one(query: Floats, items: Floats, k: int) -> tuple[Indices, Floats]:
    """The `k` best of `items` (n, d) for one `query` (d,): indices and scores, best first."""
    scores = items @ query
    found = best(scores, k)
    return found, scores[found]


def batch(queries: Floats, items: Floats, k: int, seed: int = 0) -> tuple[Indices, Floats]:
    """The same for many `queries` (m, d): indices and scores of shape (m, min(k, n)), best first."""
    wanted = min(max(k, 0), items.shape[0])
    found = np.zeros((queries.shape[0], wanted), np.int64)
    scores = np.zeros((queries.shape[0], wanted), np.float32)
    if wanted == 0 or queries.shape[0] == 0:
        return found, scores
    rows, columns, values = _reaching(queries, items, _bounds(queries, items, wanted, seed))
    counts = np.bincount(rows, minlength=queries.shape[0])
    found, scores = _best_of_each(rows, columns, values, counts, wanted)
    for query in np.flatnonzero(counts < wanted):
        all_scores = items @ queries[query]
        found[query] = best(all_scores, wanted)
        scores[query] = all_scores[found[query]]
    return found, scores


def _best_of_each(
    rows: Indices, columns: Indices, values: Floats, counts: Indices, k: int
) -> tuple[Indices, Floats]:
    """The `k` best of each row of what reached its bound; of a row with fewer, all that there are."""
    table, names = _side_by_side(rows, columns, values, counts, max(k, int(counts.max(initial=0))))
    edge = np.partition(table, table.shape[1] - k, axis=1)[:, table.shape[1] - k]
    row, place = np.nonzero(table >= edge[:, None])
    # of equal scores the smaller index: they stand in its order
    kept = np.bincount(row, minlength=counts.size)
    table, names = _side_by_side(row, names[row, place], table[row, place], kept, int(kept.max(initial=k)))
    order = np.argsort(-table, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(names, order, 1), np.take_along_axis(table, order, 1)


def _side_by_side(
    rows: Indices, columns: Indices, values: Floats, counts: Indices, width: int
) -> tuple[Floats, Indices]:
    """Values and columns by row, in their order from the left, with the lowest score where a row has no more."""
    place = np.arange(rows.size) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((counts.size, width), -np.inf, np.float32)
    names = np.zeros((counts.size, width), np.int64)
    table[rows, place], names[rows, place] = values, columns
    return table, names


def _bounds(queries: Floats, items: Floats, k: int, seed: int) -> Floats:
    """For each query a score that, most likely, somewhat more than `k` items reach."""
    count = items.shape[0]
    size = min(SAMPLE, count // 4)
    expected = k * size / count
    rank = math.ceil(expected + 4 * math.sqrt(expected) + 3)
    if rank >= size:
        return np.full(queries.shape[0], -np.inf, np.float32)
    sample = np.sort(np.random.default_rng(seed).choice(count, size, replace=False))
    sampled = queries @ items[sample].T
    bounds: Floats = np.partition(sampled, size - rank, axis=1)[:, size - rank]
    return bounds


def _reaching(queries: Floats, items: Floats, bounds: Floats) -> tuple[Indices, Indices, Floats]:
    """Every (query, item, score) whose score reaches the query's bound, by query and then by item."""
    rows: list[Indices] = []
    columns: list[Indices] = []
    values: list[Floats] = []
    block = np.empty((queries.shape[0], BLOCK), np.float32)
    reached = np.zeros((queries.shape[0], -(-BLOCK // WORD) * WORD), np.bool_)
    for first in range(0, items.shape[0], BLOCK):
        part = items[first : first + BLOCK]
        width = part.shape[0]
        if width != block.shape[1]:
            block, reached[:, width:] = np.empty((queries.shape[0], width), np.float32), False
        np.matmul(queries, part.T, out=block)
        np.greater_equal(block, bounds[:, None], out=reached[:, :width])
        row, column = np.divmod(_true_ones(reached), reached.shape[1])
        rows.append(row)
        columns.append(column + first)
        values.append(block[row, column])
    row = np.concatenate(rows)
    # small numbers are sorted by their digits
    order = np.argsort(row.astype(np.uint16) if queries.shape[0] <= 2**16 else row, kind="stable")
    return row[order], np.concatenate(columns)[order], np.concatenate(values)[order]


def _true_ones(flags: npt.NDArray[np.bool_]) -> Indices:
    """`np.flatnonzero`, eight at a time: nearly all are False."""
    words = np.flatnonzero(flags.view(np.uint64) != 0)
    bits = np.flatnonzero(flags.reshape(-1, WORD)[words])
    return words[bits // WORD] * WORD + bits % WORD
