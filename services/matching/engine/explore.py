"""Exploration that is logged: a small share of places goes to an offer drawn by lot, with its probability written down.

At each place, with probability epsilon, one of the candidates that are left is drawn uniformly; otherwise the best of them is taken. The
propensity of what is shown there, given the places before it, is therefore exactly

    epsilon / n + (1 - epsilon) * [it is the best of the n that are left]

Only the first `WITHIN` candidates may be drawn: a lot never brings what does not fit at all. Lots are bits of a hash of the slate's id, so
that a replay draws the same.
Source: Sutton & Barto, Reinforcement Learning (2nd ed. 2018), 2.2; logging of propensities: Bottou et al., Counterfactual Reasoning and
Learning Systems (JMLR 14, 2013).
"""

import hashlib
from dataclasses import dataclass

WITHIN = 50
WHOLE = 10_000
"""Epsilon is given in ten-thousandths: whole numbers compare the same everywhere."""


@dataclass(frozen=True)
class Place:
    """`choice` is a position in the order of candidates. `drawn`: by lot and not the best that was left."""

    choice: int
    drawn: bool
    propensity: float


def lot(seed: str, label: str, below: int) -> int:
    """A number from 0 up to `below`, the same for the same seed and label (SHA-256, 64 bits: bias below 2 ** -50)."""
    digest = hashlib.sha256(f"{seed}|{label}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def arrange(seed: str, candidates: int, size: int, epsilon: int) -> tuple[Place, ...]:
    """Who is shown at each of at most `size` places, given `candidates` in order of score (0 is the best).

    `epsilon` in ten-thousandths, 0 to 10,000.
    """
    # beyond these nobody is ever reached
    left = list(range(min(candidates, WITHIN + size)))
    places: list[Place] = []
    while left and len(places) < size:
        pool = left[:WITHIN]
        label = str(len(places))
        by_lot = lot(seed, f"whether-{label}", WHOLE) < epsilon
        position = lot(seed, f"which-{label}", len(pool)) if by_lot else 0
        places.append(Place(pool[position], position > 0, propensity(position, len(pool), epsilon)))
        left.remove(pool[position])
    return tuple(places)


def propensity(position: int, pool: int, epsilon: int) -> float:
    """Of the candidate at `position` (0 is the best) of the `pool` that is left, at one place; outside the pool it is 0."""
    if position >= pool:
        return 0.0
    share = epsilon / WHOLE / pool
    return share + (WHOLE - epsilon) / WHOLE if position == 0 else share
