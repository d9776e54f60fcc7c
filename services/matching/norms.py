"""What is usual among a municipality's open offers: the middle and the spread of each scale, for comparing one offer with the others.

    middle = (sum of v + k * 0.5) / (n + k)        spread^2 = (sum of (v - middle)^2 + k * 0.25^2) / (n + k),   k = 20

With few offers that is the middle of the scale itself (0.5 and 0.25), with many what the offers say: an empirical-Bayes shrinkage of
mean and variance (Efron & Morris, Stein's Paradox in Statistics, 1977). A standing is the z-score, at most 2 spreads, halved: -1..1.

Values are summed as whole millionths: such sums are exact, so that neither their order nor the machine makes a difference.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.matching.offer import Offer

PRIOR = 20
MIDDLE, SPREAD = 0.5, 0.25
FURTHEST = 2.0
SCALED = 1_000_000


@dataclass(frozen=True)
class Norm:
    middle: float = MIDDLE
    spread: float = SPREAD


@dataclass(frozen=True)
class Norms:
    """By scale or calling; what no offer speaks of has the norm of a scale without offers."""

    by_scale: Mapping[str, Norm] = field(default_factory=dict)

    def norm(self, scale: str) -> Norm:
        return self.by_scale.get(scale, USUAL)

    def standing(self, scale: str, value: float) -> float:
        """Where a value of 0..1 stands among the others: -1..1."""
        norm = self.norm(scale)
        z = (value - norm.middle) / norm.spread
        return max(-FURTHEST, min(FURTHEST, z)) / FURTHEST


USUAL = Norm()
NO_NORMS = Norms()
Sums = tuple[int, int, int]
"""How many values, their sum in millionths, the sum of their squares in millionths of millionths."""


def norms_of(offers: Iterable[Offer]) -> Norms:
    """Of the published ones among `offers`, one by one; `engine.columns` finds the same for all at once."""
    said: dict[str, list[int]] = {}
    for offer in offers:
        if offer.state == "published":
            for profile in (offer.values, offer.interests):
                for scale, value in profile.items():
                    said.setdefault(scale, []).append(round(value * SCALED))
    return norms_from_sums({s: (len(v), sum(v), sum(one * one for one in v)) for s, v in said.items()})


def norms_from_sums(sums: Mapping[str, Sums]) -> Norms:
    return Norms({scale: _norm(*sums[scale]) for scale in sorted(sums)})


def _norm(count: int, total: int, squares: int) -> Norm:
    number = count + PRIOR
    middle = (total / SCALED + PRIOR * MIDDLE) / number
    # the sum of (v - m)^2 about any m, from whole numbers: first about the mean, then moved
    about_mean = (count * squares - total * total) / (count * SCALED * SCALED)
    moved = total / SCALED / count - middle
    spread = (about_mean + count * (moved * moved) + PRIOR * SPREAD * SPREAD) / number
    return Norm(middle, math.sqrt(spread))
