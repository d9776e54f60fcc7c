"""What residents did with offers, as a sparse matrix that models are fitted to.

    x(u, i) = sum over kinds of the weight of the kind * 2 ** (-age in days / 90), of its latest occurrence

Each kind counts once per resident and offer, so that looking twenty times never says more than asking once.
Source of weighing kinds of implicit feedback and letting them fade: Hu, Koren & Volinsky, Collaborative Filtering for Implicit
Feedback Datasets (ICDM 2008); Ding & Li, Time Weight Collaborative Filtering (CIKM 2005).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse

Deed = Literal["view", "save", "ask", "book", "apply"]
WEIGHTS: Mapping[Deed, float] = MappingProxyType(
    {"view": 1.0, "save": 3.0, "ask": 4.0, "book": 5.0, "apply": 8.0}
)
DEEDS: tuple[Deed, ...] = get_args(Deed)
HALF_LIFE_DAYS = 90.0
DAY = 86_400.0

Floats = npt.NDArray[np.float32]
Sparse = Any
"""A scipy.sparse.csr_array of float32 with sorted indices; scipy brings no types of its own."""


@dataclass(frozen=True)
class Interaction:
    """`at` is aware."""

    resident_id: str
    offer_id: str
    deed: Deed
    at: datetime


@dataclass(frozen=True)
class Interactions:
    """`x` has one row per resident and one column per offer, both in ascending order of id."""

    residents: tuple[str, ...]
    offers: tuple[str, ...]
    x: Sparse


def weight(deed: Deed, at: datetime, now: datetime) -> float:
    """What one deed says at `now`; what lies ahead of `now` counts as if it were now."""
    days = max((now - at).total_seconds(), 0.0) / DAY
    return float(WEIGHTS[deed] * 2.0 ** (-days / HALF_LIFE_DAYS))


def strengths(interactions: Iterable[Interaction], now: datetime) -> dict[str, float]:
    """One resident's deeds: offer id -> x, in ascending order of offer id."""
    newest: dict[tuple[str, Deed], float] = {}
    for one in interactions:
        key = (one.offer_id, one.deed)
        newest[key] = max(newest.get(key, 0.0), weight(one.deed, one.at, now))
    total: dict[str, float] = {}
    for offer_id, deed in sorted(newest):
        total[offer_id] = total.get(offer_id, 0.0) + newest[offer_id, deed]
    return total


def gather(interactions: Sequence[Interaction], now: datetime) -> Interactions:
    """The matrix of many residents. The order in which interactions are given makes no difference, not even to the last bit."""
    residents = tuple(sorted({one.resident_id for one in interactions}))
    offers = tuple(sorted({one.offer_id for one in interactions}))
    row_of = {resident: number for number, resident in enumerate(residents)}
    column_of = {offer: number for number, offer in enumerate(offers)}
    newest: dict[tuple[int, int, Deed], float] = {}
    for one in interactions:
        key = (row_of[one.resident_id], column_of[one.offer_id], one.deed)
        newest[key] = max(newest.get(key, 0.0), weight(one.deed, one.at, now))
    keys = sorted(newest)
    rows = np.fromiter((key[0] for key in keys), np.int32, len(keys))
    columns = np.fromiter((key[1] for key in keys), np.int32, len(keys))
    values = np.fromiter((newest[key] for key in keys), np.float64, len(keys))
    return Interactions(residents, offers, matrix(rows, columns, values, (len(residents), len(offers))))


def matrix(
    rows: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    values: npt.NDArray[np.float64],
    shape: tuple[int, int],
) -> Sparse:
    """A float32 csr_array in canonical form (sorted indices, repeated cells summed)."""
    x = sparse.csr_array((values, (rows, columns)), shape=shape)
    x.sum_duplicates()
    return x.astype(np.float32)
