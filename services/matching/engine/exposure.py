"""A controller that gives companies exposure in proportion to their merit.

    ratio(c)   = (exposure per offer of c) / (merit of c)
    place(c)   = how many of the n companies with an open offer have a lower ratio, equal ones half
    points(c)  = round(strength * (place of the highest ratio - place(c)) / (n - 1))

A proportional controller on the disparity of exposure per merit, as FairCo, whose error term is the slope of the Gini coefficient: of sorted
x(1) <= ... <= x(n) it is sum of (2 i - n - 1) x(i) / (n sum of x), so that what moves exposure from place i to place j lowers it by the
distance of the places. What the score loses by it buys most where the points are in proportion to that slope. They fade as a company
catches up, whoever was seen most gets none, and nobody ever loses points by it. Exposure of a place is 1 / log2(1 + rank). Merit is a
smoothed rate of interest, (interest + 3) / (exposure + 30), so that a newcomer is trusted a little, luck with the first few people says
little, and popularity is no condition for being seen.

Sources: Morik, Singh, Hong & Joachims, Controlling Fairness and Bias in Dynamic Learning-to-Rank (SIGIR 2020), equations 6, 10 and 13;
the slope:
Do & Usunier, Optimizing Generalized Gini Indices for Fairness in Rankings (SIGIR 2022), section 3.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

INTEREST_PRIOR, EXPOSURE_PRIOR = 3.0, 30.0
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
    """`otherwise`: for companies that have an open offer and were not seen at all. `seldom`: of those that were seen, whose offers have had
    less exposure than the mean."""

    by_company: Mapping[str, int]
    otherwise: int = 0
    seldom: frozenset[str] = frozenset()

    def of(self, company: str) -> int:
        return self.by_company.get(company, self.otherwise)

    def is_seldom(self, company: str) -> bool:
        """Whether its offers have been shown less than those of companies are in the mean; points alone may also be for merit."""
        return company in self.seldom or company not in self.by_company


def points(companies: Mapping[str, Seen], strength: int, standing: int | None = None) -> Points:
    """0 to `strength` for each company with an open offer; all 0 when none has been seen yet, or all the same.

    `standing` is how many companies have an open offer; those that `companies` does not name have not been seen. None: it names all.
    """
    ratios = {
        company: seen.exposure / seen.offers / merit(seen)
        for company, seen in companies.items()
        if seen.offers > 0
    }
    count = max(len(ratios), standing or 0)
    if count < 2 or strength <= 0:
        return Points(dict.fromkeys(ratios, 0))
    unseen = count - len(ratios)
    order = np.sort(np.array([*ratios.values(), *[0.0] * unseen]))
    # twice the place: a whole number
    places = _lower_or_half(order, np.array([*ratios.values(), 0.0]))
    highest = _lower_or_half(order, order[-1:])[0]
    given = np.rint(strength * (highest - places) / (2 * (count - 1))).astype(int).tolist()
    shown = {company: companies[company].exposure / companies[company].offers for company in ratios}
    mean = math.fsum(shown.values()) / count
    seldom = frozenset(company for company, exposure in shown.items() if exposure < mean)
    return Points(dict(zip(ratios, given, strict=False)), given[-1] if unseen else 0, seldom)


def _lower_or_half(order: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Of each value twice the number of those in `order` that are lower, and once that of the others that are equal."""
    return np.asarray(np.searchsorted(order, values, "left") + np.searchsorted(order, values, "right") - 1)


def crowded(applications: int, open_places: int | None) -> bool:
    """Whether enough people have applied for an offer's places: then exposure pushes it no more."""
    return open_places is not None and applications >= CROWD * open_places
