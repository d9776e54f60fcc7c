"""What a model says of offers for one person, from what the person did.

    raw(j) = sum over the person's offers i of x(i) * W(i, j)
    share(j) = raw(j) / (largest magnitude of raw) * n / (n + 5)        n = sum of x: one look says little, a few deeds more

Summed one offer after another in ascending order of id, in float64: each step is one multiplication and one addition per cell, which
IEEE 754 defines to the last bit. No library's own order of summation has a say, so a replay anywhere gives the same bits.
"""

from collections.abc import Mapping

import numpy as np

from services.matching.engine.model import Model

TRUST = 5.0


def shares(model: Model, strengths: Mapping[str, float]) -> dict[str, float]:
    """Offer id -> -1..1, for the offers about which the model says something. `strengths` as `interactions.strengths` gives them."""
    raw = np.zeros(len(model.offers))
    total = 0.0
    for offer in sorted(strengths):
        total += strengths[offer]
        row = model.row_of.get(offer)
        if row is None:
            continue
        part = slice(model.weights.indptr[row], model.weights.indptr[row + 1])
        columns = model.weights.indices[part]
        raw[columns] = raw[columns] + model.weights.data[part].astype(np.float64) * strengths[offer]
    largest = float(np.abs(raw).max()) if raw.size else 0.0
    if largest <= 0:
        return {}
    trust = total / (total + TRUST)
    return {model.offers[j]: float(raw[j]) / largest * trust for j in np.flatnonzero(raw)}


def nearest(model: Model, strengths: Mapping[str, float], offer: str) -> str | None:
    """Which of the person's offers speaks most for `offer`: the fact behind the reason. Of equals the first by id."""
    column = model.row_of.get(offer)
    if column is None:
        return None
    best: tuple[float, str] | None = None
    for own in sorted(strengths):
        row = model.row_of.get(own)
        if row is None:
            continue
        part = slice(model.weights.indptr[row], model.weights.indptr[row + 1])
        place = np.searchsorted(model.weights.indices[part], column)
        found = model.weights.indices[part][place : place + 1]
        if found.size and found[0] == column:
            said = float(model.weights.data[part][place]) * strengths[own]
            if said > 0 and (best is None or said > best[0]):
                best = (said, own)
    return best[1] if best else None
