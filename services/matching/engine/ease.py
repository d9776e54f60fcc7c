"""EASE: a linear autoencoder in closed form.

    P = (X'X + lambda * I) ** -1,   B(i, j) = -P(i, j) / P(j, j),   B(i, i) = 0,   scores = X B

Source: Steck, Embarrassingly Shallow Autoencoders for Sparse Data (WWW 2019), equations 8 and 9.
"""

import numpy as np
from scipy import linalg

from services.matching.engine.interactions import Floats, Sparse

RIDGE = 200.0
LARGEST = 6000
"""Items beyond which the inverse (cubic in items) is left out."""


def fit(x: Sparse, ridge: float = RIDGE) -> Floats:
    """Dense item-to-item weights, float32, (items, items). Raises ValueError for a ridge that is not positive."""
    if ridge <= 0:
        raise ValueError("the ridge must be positive")
    items = x.shape[1]
    if items == 0:
        return np.zeros((0, 0), np.float32)
    gram = (x.T @ x).toarray().astype(np.float64, order="F")
    gram[np.diag_indices(items)] += ridge
    # by Cholesky: the Gram matrix plus a ridge is positive definite, and this takes half of what a general inverse takes
    factor, failed = linalg.lapack.dpotrf(gram, lower=1, overwrite_a=1)
    if failed:
        raise ValueError("the interactions make no positive definite matrix")
    inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse, -1)
    whole = lower + lower.T
    weights: Floats = (-whole / np.diag(inverse)).astype(np.float32)
    return weights
