"""Data made for the benches, from a seed: offers as vectors, and interactions as skewed as real ones."""

import numpy as np

from services.matching.engine.interactions import Floats, Sparse, matrix


def vectors(seed: int, count: int, width: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((count, width), dtype=np.float32)


def interactions(seed: int, residents: int, offers: int, count: int) -> Sparse:
    """`count` different cells; residents and offers are as busy as 1 / (rank + 20) (Zipf-Mandelbrot)."""
    random = np.random.default_rng(seed)
    cells = np.zeros(0, np.int64)
    while cells.size < count:
        drawn = _skewed(random, residents, count) * offers + _skewed(random, offers, count)
        cells = np.unique(np.concatenate([cells, drawn]))
    cells = np.sort(random.permutation(cells)[:count])
    rows, columns = np.divmod(cells, offers)
    values = random.choice([1.0, 3.0, 4.0, 8.0], count, p=[0.8, 0.12, 0.05, 0.03])
    return matrix(rows.astype(np.int32), columns.astype(np.int32), values, (residents, offers))


def _skewed(random: np.random.Generator, size: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    weights = 1 / (np.arange(size) + 20)
    return np.asarray(
        random.permutation(size)[random.choice(size, count, p=weights / weights.sum())], np.int64
    )
