"""Both sides have to fit: resident to company, company to resident.

    r = 2 p q / (p + q)      the harmonic mean, small as soon as either is small

Source: Pizzato et al., RECON: a Reciprocal Recommender for Online Dating (RecSys 2010); surveyed by Palomares et al., Reciprocal
Recommender Systems (Information Fusion 69, 2021).
"""

NEUTRAL = 1000
"""Points at which a preference stands half-way between indifferent and certain."""


def preference(points: int) -> float:
    """A score as a preference from 0 to 1; no points are 0.5. Only +, -, * and /: the same to the last bit everywhere."""
    return 0.5 + points / (2 * (abs(points) + NEUTRAL))


def harmonic(one: float, other: float) -> float:
    """The harmonic mean of two numbers from 0 to 1."""
    return 2 * one * other / (one + other) if one + other > 0 else 0.0
