"""The eleven scales of work values, and a person's or an offer's profile on them.

Source of the scales: 職業情報提供サイト job tag (日本版 O-NET), 仕事価値観. Only the scales are shared; every word asked is our own.
"""

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
T = TypeVar("T", bound=str)


@dataclass(frozen=True)
class Profile:
    """`scores`: how much each scale matters to a person, 0 to 1. A scale that nothing was said about is absent."""

    scores: Mapping[Scale, float]

    def importance(self) -> dict[Scale, float]:
        """Each scale's share of all that matters; the shares sum to 1. Empty when nothing was answered, or all with 'not at all'.

        Shares rather than raw scores, so that someone who calls everything important weighs no more than others.
        """
        return shares(self.scores)

    def leading(self) -> tuple[Scale, ...]:
        """The scales that matter most: at most three, above the middle, most important first."""
        said = [scale for scale in SCALES if self.scores.get(scale, 0.0) > 0.5]
        return tuple(sorted(said, key=lambda scale: -self.scores[scale])[:SHOWN_AS_LEADING])


def shares(scores: Mapping[T, float]) -> dict[T, float]:
    """Each one's share of the sum, without those that have none."""
    total = sum(scores.values())
    return {scale: score / total for scale, score in scores.items() if total and score}
