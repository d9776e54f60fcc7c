"""What a model says of offers for one person, from what the person did.

    raw(j) = sum over the person's offers i of x(i) * W(i, j)
    share(j) = raw(j) / (largest magnitude of raw) * n / (n + 5)        n = sum of x: one look says little, a few deeds more

Summed one offer after another in ascending order of id, in float64: each step is one multiplication and one addition per cell, which
IEEE 754 defines to the last bit. No library's own order of summation has a say, so a replay anywhere gives the same bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.engine.model import Model

TRUST = 5.0


@dataclass(frozen=True, eq=False)
class Said:
    """`raw` by the model's columns; shares are `raw` divided by `largest`, times `trust`."""

    model: Model
    raw: npt.NDArray[np.float64]
    largest: float
    trust: float

    def share(self, offer: str) -> float:
        """-1..1; 0 for an offer about which the model says nothing."""
        column = self.model.row_of.get(offer)
        return float(self.raw[column]) / self.largest * self.trust if column is not None else 0.0

    def shares(self, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Of many offers by their column in the model; 0 for column -1."""
        found = self.raw[columns] / self.largest * self.trust
        return np.where(columns >= 0, found, 0.0)


def said(model: Model, strengths: Mapping[str, float]) -> Said | None:
    """None when the model says nothing at all to this person. `strengths` as `interactions.strengths` gives them."""
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
    return Said(model, raw, largest, total / (total + TRUST)) if largest > 0 else None


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
