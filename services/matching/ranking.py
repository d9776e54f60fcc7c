"""Which offers meet no obstacle, in which order: all at once for serving, and one by one as the rules say it.

Both give the same. What is about to be proposed is looked at by the plain rules as well, so that a hard condition holds twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.eligibility import Obstacle, obstacles
from services.matching.engine.blend import Blend
from services.matching.engine.columns import Columns, key_of
from services.matching.engine.points import points
from services.matching.engine.sieve import sift
from services.matching.engine.topk import best
from services.matching.engine.words import Ints
from services.matching.offer import Offer

LOT_BITS = 48
_LOT_MASK = (1 << LOT_BITS) - 1
_WORD = (1 << 64) - 1


@dataclass(frozen=True)
class Candidate:
    offer: Offer
    score: int


@dataclass(frozen=True)
class Exclusion:
    offer_id: str
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True)
class Ranking:
    """`first` are the best candidates in order, `count` how many there are; `excluded` the first of those that meet an obstacle by id,
    `counted` how many meet which obstacle first."""

    first: tuple[Candidate, ...]
    count: int
    excluded: tuple[Exclusion, ...]
    counted: Mapping[Obstacle, int]


def ranked(slate_id: str, blend: Blend, columns: Columns, best_of: int, kept: int) -> Ranking:
    """The `best_of` best candidates and the first `kept` of those that meet an obstacle."""
    sifted = sift(columns, blend.seeker, blend.today)
    rows, barred = sifted.rows, sifted.barred[:kept]
    scores = points(blend, columns, rows)
    found = best(keys(scores, lots(slate_id, columns.cells.key[rows])), best_of)
    return Ranking(
        tuple(Candidate(columns.offers[rows[place]], int(scores[place])) for place in found),
        rows.size,
        tuple(
            Exclusion(columns.offers[row].id, met)
            for row, met in zip(barred.tolist(), sifted.all_of(barred), strict=True)
        ),
        sifted.counted(),
    )


def ranked_one_by_one(
    slate_id: str, blend: Blend, offers: Sequence[Offer], best_of: int, kept: int
) -> Ranking:
    """The same by the plain rules. `offers` in order of id."""
    seeker, today = blend.seeker, blend.today
    candidates: list[Candidate] = []
    excluded: list[Exclusion] = []
    for offer in offers:
        if found := obstacles(offer, seeker, today):
            excluded.append(Exclusion(offer.id, found))
        else:
            candidates.append(Candidate(offer, sum(term.contribution for term in blend.terms(offer))))
    candidates.sort(key=lambda c: (-c.score, lot(slate_id, c.offer.id), c.offer.id))
    counted = Counter(exclusion.obstacles[0] for exclusion in excluded)
    return Ranking(tuple(candidates[:best_of]), len(candidates), tuple(excluded[:kept]), counted)


def keys(scores: Ints, drawn: Ints) -> Ints:
    """One number to order by: the larger score first, of equal scores the smaller lot."""
    return (scores << LOT_BITS) + (_LOT_MASK - drawn)


def lots(slate_id: str, offer_keys: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> Ints:
    """`lot` of many offers by their keys."""
    mixed = offer_keys ^ np.uint64(key_of(slate_id))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_FIRST)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_SECOND)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(64 - LOT_BITS)).astype(np.int64)


def lot(slate_id: str, offer_id: str) -> int:
    """Orders equal scores: reproducible, yet in favour of no company. 48 bits of the mixed keys of both.

    Source of the mixing: the finaliser of SplitMix64, Steele, Lea & Flood, Fast Splittable Pseudorandom Number Generators (OOPSLA 2014).
    """
    mixed = key_of(offer_id) ^ key_of(slate_id)
    mixed = (mixed ^ (mixed >> 30)) * _FIRST & _WORD
    mixed = (mixed ^ (mixed >> 27)) * _SECOND & _WORD
    return (mixed ^ (mixed >> 31)) >> (64 - LOT_BITS)


_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
