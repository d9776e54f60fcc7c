"""A controller that gives companies exposure in proportion to their merit.

    ratio(c)   = (exposure per offer of c) / (merit of c)
    due        = the mean ratio of all companies with an open offer
    points(c)  = round(strength * min(1, max(0, 2 * (1 - ratio(c) / due))))

A proportional controller on the disparity, as FairCo, but against the mean instead of the largest, and capped: who had half of their due or
less gets `strength` points, who had their due gets none, and nobody ever loses points by it. The points fade as the company catches up.
Exposure of a place is 1 / log2(1 + rank). Merit is a smoothed rate of interest, (interest + 1) / (exposure + 10), so that a newcomer is
trusted a little and popularity is no condition for being seen.

Source: Morik, Singh, Hong & Joachims, Controlling Fairness and Bias in Dynamic Learning-to-Rank (SIGIR 2020), equations 6, 10 and 13.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

INTEREST_PRIOR, EXPOSURE_PRIOR = 1.0, 10.0
GAIN = 2.0
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


@dataclass(frozen=True)
class Points:
    """`otherwise`: for companies that have an open offer and were not seen at all."""

    by_company: Mapping[str, int]
    otherwise: int = 0

    def of(self, company: str) -> int:
        return self.by_company.get(company, self.otherwise)


def points(companies: Mapping[str, Seen], strength: int, standing: int | None = None) -> Points:
    """0 to `strength` for each company with an open offer; all 0 when none has been seen yet.

    `standing` is how many companies have an open offer; those that `companies` does not name have not been seen. None: it names all.
    """
    ratios = {
        company: seen.exposure / seen.offers / merit(seen)
        for company, seen in companies.items()
        if seen.offers > 0
    }
    count = max(len(ratios), standing or 0)
    # exactly rounded, whatever the order
    due = math.fsum(ratios.values()) / count if count else 0.0
    if due <= 0 or strength <= 0:
        return Points(dict.fromkeys(ratios, 0))
    return Points(
        {
            company: round(strength * min(1.0, max(0.0, GAIN * (1 - ratio / due))))
            for company, ratio in ratios.items()
        },
        strength if count > len(ratios) else 0,
    )


def crowded(applications: int, open_places: int | None) -> bool:
    """Whether enough people have applied for an offer's places: then exposure pushes it no more."""
    return open_places is not None and applications >= CROWD * open_places
