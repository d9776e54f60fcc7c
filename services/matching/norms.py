"""What is usual among a municipality's open offers: the middle and the spread of each scale, for comparing one offer with the others.

    middle = (sum of v + k * 0.5) / (n + k)        spread^2 = (sum of (v - middle)^2 + k * 0.25^2) / (n + k),   k = 20

With few offers that is the middle of the scale itself (0.5 and 0.25), with many what the offers say: an empirical-Bayes shrinkage of
mean and variance (Efron & Morris, Stein's Paradox in Statistics, 1977). A standing is the z-score, at most 2 spreads, halved: -1..1.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.matching.offer import Offer

PRIOR = 20
MIDDLE, SPREAD = 0.5, 0.25
FURTHEST = 2.0


@dataclass(frozen=True)
class Norm:
    middle: float = MIDDLE
    spread: float = SPREAD


@dataclass(frozen=True)
class Norms:
    """By scale or calling; what no offer speaks of has the norm of a scale without offers."""

    by_scale: Mapping[str, Norm] = field(default_factory=dict)

    def standing(self, scale: str, value: float) -> float:
        """Where a value of 0..1 stands among the others: -1..1."""
        norm = self.by_scale.get(scale, USUAL)
        z = (value - norm.middle) / norm.spread
        return max(-FURTHEST, min(FURTHEST, z)) / FURTHEST


USUAL = Norm()
NO_NORMS = Norms()


def norms_of(offers: Iterable[Offer]) -> Norms:
    """Of the published ones among `offers`. The order makes no difference: sums are exact before they are rounded (`math.fsum`)."""
    said: dict[str, list[float]] = {}
    for offer in offers:
        if offer.state == "published":
            for profile in (offer.values, offer.interests):
                for scale, value in profile.items():
                    said.setdefault(scale, []).append(value)
    return Norms({scale: _norm(values) for scale, values in sorted(said.items())})


def _norm(values: list[float]) -> Norm:
    count = len(values) + PRIOR
    middle = (math.fsum(values) + PRIOR * MIDDLE) / count
    squares = math.fsum((value - middle) ** 2 for value in values)
    return Norm(middle, math.sqrt((squares + PRIOR * SPREAD**2) / count))
