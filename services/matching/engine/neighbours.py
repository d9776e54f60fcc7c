"""Item-to-item weights, cut to the strongest few per item.

Row i, column j: how much having been interested in i speaks for j. Equal weights are kept in ascending order of column, so that a cut
is the same on every machine.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from services.matching.engine.interactions import Floats, Sparse

NEIGHBOURS = 100
_BLOCK = 512


def strongest(weights: Floats, keep: int) -> npt.NDArray[np.bool_]:
    """A mask of the `keep` largest non-zero magnitudes of each row; of equal ones those further to the left."""
    size = np.abs(weights)
    if keep >= weights.shape[1]:
        return size > 0
    edge = np.partition(size, weights.shape[1] - keep, axis=1)[:, weights.shape[1] - keep, None]
    above = size > edge
    level = size == edge
    room = keep - above.sum(axis=1, keepdims=True)
    chosen: npt.NDArray[np.bool_] = (above | (level & (level.cumsum(axis=1) <= room))) & (size > 0)
    return chosen


def cut(weights: Sparse | Floats, keep: int = NEIGHBOURS) -> Sparse:
    """The csr_array of float32 that is left of square `weights`, dense or sparse; the diagonal is dropped."""
    rows = []
    count = weights.shape[0]
    for first in range(0, count, _BLOCK):
        part: Any = weights[first : first + _BLOCK]
        block = np.array(part.toarray() if sparse.issparse(part) else part, dtype=np.float32)
        own = np.arange(block.shape[0])
        block[own, own + first] = 0
        block[~strongest(block, keep)] = 0
        rows.append(sparse.csr_array(block))
    if not rows:
        return sparse.csr_array((count, count), dtype=np.float32)
    whole = sparse.vstack(rows, format="csr")
    whole.sort_indices()
    return whole
