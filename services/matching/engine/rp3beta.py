"""RP3beta: three steps of a random walk from resident to offer, divided by the offer's popularity.

    W(i, j) = sum over residents u of  (x(u, i) / d(i)) ** alpha * (x(u, j) / d(u)) ** alpha,  divided by d(j) ** beta

where d is the sum of a row or column. Walking from i over any resident to j; the first step, from the resident to the offers of their
own, is the product with x at the time of scoring.
Source: Paudel, Christoffel, Newell & Bernstein, Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive
Applications (ACM TiiS 7(1), 2017), sections 4.1 and 4.2.
"""

import numpy as np
from scipy import sparse

from services.matching.engine.interactions import Sparse
from services.matching.engine.neighbours import NEIGHBOURS, cut

ALPHA, BETA = 1.0, 0.4


def fit(x: Sparse, alpha: float = ALPHA, beta: float = BETA, keep: int = NEIGHBOURS) -> Sparse:
    """Item-to-item weights, csr_array of float32, at most `keep` per item."""
    popularity = np.asarray(x.sum(axis=0), np.float64).ravel()
    forward = _powered(_divided(x, np.asarray(x.sum(axis=1), np.float64).ravel()), alpha)
    back = _powered(_divided(sparse.csr_array(x.T), popularity), alpha)
    walked = back @ forward
    fading = np.zeros_like(popularity)
    fading[popularity > 0] = popularity[popularity > 0] ** -beta
    walked.data *= fading[walked.indices].astype(np.float32)
    return cut(walked, keep)


def _divided(x: Sparse, by: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Sparse:
    """Each row divided by its number; rows of nothing stay nothing."""
    share = np.zeros_like(by)
    share[by > 0] = 1 / by[by > 0]
    divided = x.copy()
    divided.data = (x.data * np.repeat(share, np.diff(x.indptr))).astype(np.float32)
    return divided


def _powered(x: Sparse, alpha: float) -> Sparse:
    if alpha != 1:
        x.data = x.data**alpha
    return x
