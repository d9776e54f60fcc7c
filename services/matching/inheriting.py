"""What an offer gives of each value and interest: what its company says of it itself, over what its occupation gives.

The only place where the two are put together. What the company says is kept apart (`Answers`), so that other profiles of occupations can
take the place of those of today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.matching.occupations import Occupation, blended
from services.matching.values import Calling, Scale


@dataclass(frozen=True)
class Answers:
    """What a company itself says of an offer: on each scale the mean, 0 to 1, of its `count` answers. Without any, `count` is 0."""

    values: Mapping[Scale, float] = field(default_factory=dict)
    interests: Mapping[Calling, float] = field(default_factory=dict)
    count: int = 0


def inherited(own: Answers, occupation: Occupation | None) -> tuple[dict[Scale, float], dict[Calling, float]]:
    """The offer's values and interests, 0 to 1; scales of which nothing is known are absent. For the weights see `blended`."""
    if occupation is None:
        return (dict(own.values), dict(own.interests)) if own.count else ({}, {})
    return (
        blended(own.values, occupation.values, own.count),
        blended(own.interests, occupation.interests, own.count),
    )
