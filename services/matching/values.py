"""The eleven scales of work values, and a person's or an offer's profile on them.

Source of the scales: 職業情報提供サイト job tag (日本版 O-NET), 仕事価値観. Only the scales are shared; every word asked is our own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

Scale = Literal[
    "achievement",
    "autonomy",
    "expertise",
    "growth",
    "recognition",
    "service",
    "relationships",
    "safety",
    "balance",
    "stability",
    "reward",
]
SCALES: tuple[Scale, ...] = get_args(Scale)

Calling = Literal["realistic", "investigative", "artistic", "social", "enterprising", "conventional"]
"""The six vocational interests. Source: Holland, Making Vocational Choices (3rd ed. 1997); job tag's 職業興味 has the same six."""
CALLINGS: tuple[Calling, ...] = get_args(Calling)
SHOWN_AS_LEADING = 3
PRIOR, MIDDLE, SPREAD, FURTHEST = 3, 0.5, 0.25, 2.0
T = TypeVar("T", bound=str)


@dataclass(frozen=True)
class Profile:
    """`scores`: how much each scale matters to a person, 0 to 1. A scale that nothing was said about is absent."""

    scores: Mapping[Scale, float]

    def importance(self) -> dict[Scale, float]:
        """Each scale's share of all that matters, as `shares` gives it."""
        return shares(self.scores)

    def leading(self) -> tuple[Scale, ...]:
        """The scales that matter most: at most three, above the middle, most important first."""
        return leading(self.scores, SCALES)


def leading(scores: Mapping[T, float], order: tuple[T, ...]) -> tuple[T, ...]:
    """At most three, above the middle, the highest first; equal ones in `order`."""
    said = [scale for scale in order if scores.get(scale, 0.0) > MIDDLE]
    return tuple(sorted(said, key=lambda scale: -scores[scale])[:SHOWN_AS_LEADING])


def shares(scores: Mapping[T, float]) -> dict[T, float]:
    """Each one's share of all that matters to the person, from `scores` of 0 to 1; the shares sum to 1.

        m = (sum of x + k * 0.5) / (n + k)      s^2 = (sum of (x - m)^2 + k * 0.25^2) / (n + k)      k = 3
        z = (x - m) / s, within +-2      w = (2 + z)^2, 0 for whatever does not matter at all (x = 0)      share = w / sum of w

    Scores are compared with the person's own middle and spread, so that it makes no difference whether somebody calls most things
    important or few; both are drawn towards those of the scale while few are known. Empty when nothing was answered, or nothing matters.
    Sources: within-person standardisation (Cattell, Psychological Review 51, 1944; Fischer, Journal of Cross-Cultural Psychology 35,
    2004), centring of values (Schwartz, Advances in Experimental Social Psychology 25, 1992), shrinkage (Efron & Morris 1977).
    """
    if not scores:
        return {}
    known = [scores[name] for name in sorted(scores)]
    number = len(known) + PRIOR
    middle = (math.fsum(known) + PRIOR * MIDDLE) / number
    squares = math.fsum((x - middle) * (x - middle) for x in known)
    spread = math.sqrt((squares + PRIOR * SPREAD * SPREAD) / number)
    weights = {}
    for name, x in scores.items():
        above = max(0.0, min(2 * FURTHEST, FURTHEST + (x - middle) / spread))
        weights[name] = above * above if x > 0 else 0.0
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items() if weight and total}
