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
    starts = np.searchsorted(rows, np.arange(queries.shape[0] + 1))
    for query in range(queries.shape[0]):
        part = slice(starts[query], starts[query + 1])
        if part.stop - part.start < wanted:
            all_scores = items @ queries[query]
            found[query] = best(all_scores, wanted)
            scores[query] = all_scores[found[query]]
            continue
        chosen = best(values[part], wanted)
        found[query], scores[query] = columns[part][chosen], values[part][chosen]
    return found, scores


def _bounds(queries: Floats, items: Floats, k: int, seed: int) -> Floats:
    """For each query a score that, most likely, somewhat more than `k` items reach."""
    count = items.shape[0]
    if count <= 2 * SAMPLE:
        return np.full(queries.shape[0], -np.inf, np.float32)
    sample = np.sort(np.random.default_rng(seed).choice(count, SAMPLE, replace=False))
    expected = k * SAMPLE / count
    rank = min(SAMPLE, math.ceil(expected + 4 * math.sqrt(expected) + 3))
    sampled = queries @ items[sample].T
    bounds: Floats = np.partition(sampled, SAMPLE - rank, axis=1)[:, SAMPLE - rank]
    return bounds


def _reaching(queries: Floats, items: Floats, bounds: Floats) -> tuple[Indices, Indices, Floats]:
    """Every (query, item, score) whose score reaches the query's bound, by query and then by item."""
    rows: list[Indices] = []
    columns: list[Indices] = []
    values: list[Floats] = []
    block = np.empty((queries.shape[0], BLOCK), np.float32)
    reached = np.empty((queries.shape[0], BLOCK), np.bool_)
    for first in range(0, items.shape[0], BLOCK):
        part = items[first : first + BLOCK]
        width = part.shape[0]
        if width != block.shape[1]:
            block, reached = block[:, :width].copy(), reached[:, :width].copy()
        np.matmul(queries, part.T, out=block)
        np.greater_equal(block, bounds[:, None], out=reached)
        flat = np.flatnonzero(reached)
        row = flat // width
        rows.append(row)
        columns.append(flat - row * width + first)
        values.append(block.ravel()[flat])
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return row[order], np.concatenate(columns)[order], np.concatenate(values)[order]
