"""The same for everybody: what most were interested in. The floor that a model has to beat."""

import numpy as np

from services.matching.engine.interactions import Floats, Sparse


def fit(x: Sparse) -> Floats:
    """The sum of each column, float32, (items,)."""
    totals: Floats = np.asarray(x.sum(axis=0), np.float32).ravel()
    return totals
