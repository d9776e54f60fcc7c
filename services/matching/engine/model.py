"""A fitted model as a value: item-to-item weights and the small logistic model, with canonical bytes and their hash.

The bytes are a JSON head (sorted keys, no spaces), its length in front, and the arrays in little-endian order; the same model gives the
same bytes on every machine. A hash names exactly one model: a slate that names it can be worked out again.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from services.matching.engine import ease, rp3beta
from services.matching.engine.interactions import Interactions, Sparse
from services.matching.engine.logistic import Logistic
from services.matching.engine.neighbours import NEIGHBOURS, cut

FORM = 1
FEWEST_RESIDENTS, FEWEST_OFFERS = 5, 3
"""Below these, what "people like you" did is what somebody did: nothing is learned."""


@dataclass(frozen=True, eq=False)
class Model:
    """`weights` (items, items): row i says how much having been interested in item i speaks for each other, at most 1 in magnitude."""

    offers: tuple[str, ...]
    weights: Sparse
    logistic: Logistic = field(default_factory=Logistic)

    @cached_property
    def canonical(self) -> bytes:
        head = json.dumps(
            {
                "form": FORM,
                "offers": self.offers,
                "logistic": {"weights": dict(self.logistic.weights), "version": self.logistic.version},
                "stored": int(self.weights.nnz),
            },
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
        w = self.weights
        arrays = (w.indptr.astype("<i4"), w.indices.astype("<i4"), w.data.astype("<f4"))
        return struct.pack("<I", len(head)) + head + b"".join(array.tobytes() for array in arrays)

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.canonical).hexdigest()

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        return {offer: number for number, offer in enumerate(self.offers)}

    @cached_property
    def memory(self) -> int:
        """Bytes of its arrays."""
        return int(self.weights.data.nbytes + self.weights.indices.nbytes + self.weights.indptr.nbytes)


def read(canonical: bytes) -> Model:
    """The model of `canonical` bytes. Raises ValueError for anything else."""
    try:
        (length,) = struct.unpack_from("<I", canonical)
        head = json.loads(canonical[4 : 4 + length])
        if head["form"] != FORM:
            raise ValueError(f"form {head['form']} is not known")
        count, stored, at = len(head["offers"]), head["stored"], 4 + length
        indptr = np.frombuffer(canonical, "<i4", count + 1, at)
        indices = np.frombuffer(canonical, "<i4", stored, at + 4 * (count + 1))
        data = np.frombuffer(canonical, "<f4", stored, at + 4 * (count + 1 + stored))
    except (struct.error, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError("these are not the bytes of a model") from error
    weights = sparse.csr_array((data, indices, indptr), shape=(count, count))
    logistic = Logistic(head["logistic"]["weights"], head["logistic"]["version"])
    return Model(tuple(head["offers"]), weights, logistic)


def fit(interactions: Interactions, logistic: Logistic | None = None) -> Model | None:
    """The production model: the mean of EASE and RP3beta, each scaled so that its largest weight is 1. None when there is too little.

    Beyond `ease.LARGEST` offers RP3beta alone: EASE is cubic in offers, RP3beta goes by what was done.
    """
    if len(interactions.residents) < FEWEST_RESIDENTS or len(interactions.offers) < FEWEST_OFFERS:
        return None
    walked = _scaled(rp3beta.fit(interactions.x))
    weights = walked
    if len(interactions.offers) <= ease.LARGEST:
        linear = ease.fit(interactions.x)
        largest = float(np.abs(linear).max())
        if largest > 0:
            linear /= np.float32(largest)
        linear *= np.float32(0.5)
        linear += (walked * np.float32(0.5)).toarray()
        weights = cut(linear, NEIGHBOURS)
    return Model(interactions.offers, weights, logistic or Logistic())


def _scaled(weights: Sparse) -> Sparse:
    largest = float(np.abs(weights.data).max()) if weights.nnz else 0.0
    return weights * np.float32(1 / largest) if largest > 0 else weights
