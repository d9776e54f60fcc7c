"""Item k-nearest-neighbours by the cosine of columns, shrunk where few residents were interested in both.

    s(i, j) = x(i) . x(j) / (|x(i)| |x(j)| + shrink)

Source: Sarwar, Karypis, Konstan & Riedl, Item-Based Collaborative Filtering Recommendation Algorithms (WWW 2001); the shrink term as in
Bell & Koren, Scalable Collaborative Filtering with Jointly Derived Neighborhood Interpolation Weights (ICDM 2007).
"""

import numpy as np

from services.matching.engine.interactions import Sparse
from services.matching.engine.neighbours import NEIGHBOURS, cut

SHRINK = 10.0


def fit(x: Sparse, shrink: float = SHRINK, keep: int = NEIGHBOURS) -> Sparse:
    """Item-to-item weights, csr_array of float32, at most `keep` per item."""
    gram = (x.T @ x).tocsr()
    gram.sort_indices()
    length = np.sqrt(gram.diagonal().astype(np.float64))
    row_of = np.repeat(np.arange(gram.shape[0]), np.diff(gram.indptr))
    gram.data = (gram.data / (length[row_of] * length[gram.indices] + shrink)).astype(np.float32)
    return cut(gram, keep)
