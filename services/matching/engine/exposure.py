"""A controller that gives companies exposure in proportion to their merit.

    ratio(c)   = (exposure per offer of c) / (merit of c)
    deficit(c) = largest ratio of all companies - ratio(c),  divided by the largest ratio: 0 to 1
    points(c)  = round(strength * deficit(c))

A proportional controller on the disparity, as FairCo: the further behind, the more points; they fade as the company catches up. Exposure of
a place is 1 / log2(1 + rank). Merit is a smoothed rate of interest, (interest + 1) / (exposure + 10), so that a newcomer is trusted a
little and popularity is no condition for being seen. `strength` caps what exposure may ever weigh; nobody loses points by it.

Source: Morik, Singh, Hong & Joachims, Controlling Fairness and Bias in Dynamic Learning-to-Rank (SIGIR 2020), equations 6, 10 and 13.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

INTEREST_PRIOR, EXPOSURE_PRIOR = 1.0, 10.0
CROWD = 5
"""Applications per open place from which on an offer is not pushed further."""


@dataclass(frozen=True)
class Seen:
    """A company's last four weeks: open `offers`, their `exposure`, and how much `interest` they met (counts)."""

    offers: int
    exposure: float
    interest: float


def weight_of_rank(rank: int) -> float:
    """Exposure of one place; `rank` from 1. Source: the discount of DCG, as in Singh & Joachims (KDD 2018)."""
    return 1 / math.log2(1 + rank)


def merit(seen: Seen) -> float:
    """The smoothed rate of interest; positive."""
    return (seen.interest + INTEREST_PRIOR) / (seen.exposure + EXPOSURE_PRIOR)


def points(companies: Mapping[str, Seen], strength: int) -> dict[str, int]:
    """Points for each company with an open offer, 0 to `strength`; all 0 when none has been seen yet."""
    ratios = {
        company: seen.exposure / seen.offers / merit(seen)
        for company, seen in companies.items()
        if seen.offers > 0
    }
    largest = max(ratios.values(), default=0.0)
    if largest <= 0 or strength <= 0:
        return dict.fromkeys(ratios, 0)
    return {company: round(strength * (largest - ratio) / largest) for company, ratio in ratios.items()}


def crowded(applications: int, open_places: int | None) -> bool:
    """Whether enough people have applied for an offer's places: then exposure pushes it no more."""
    return open_places is not None and applications >= CROWD * open_places
