"""How long a worker takes for a unit: the log of minutes per unit, the task's own estimate taken off, with partial pooling.

For a line, y = log(minutes taken / minutes that the task's estimate expected). With w the within-worker variance of y and b the variance between
workers, a worker with weight n (a sum of weights by age) is expected at

    m + n / (n + k) (mean of own y - m),   k = w / b

and the type's mean m is that of its workers in the same weights, held by one line that says what the estimate said. Both variances are
ANOVA (method of moments) estimates with floors. Source: the normal-normal hierarchical model, Gelman et al., Bayesian Data Analysis, 3rd ed.
(2013), 5.4; variance components: Searle, Casella, McCulloch, Variance Components (1992), 3.6.

A plan counts on the 80 % upper bound of what one more batch may take.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from services.matching.orders.evidence import Tally

USUAL_WITHIN, USUAL_BETWEEN = 0.09, 0.09
"""Thirty per cent up or down, both from batch to batch and from person to person."""
LEAST_WITHIN, LEAST_BETWEEN = 0.01, 0.01
UPPER = 0.8416
"""Standard deviations to the 80 % quantile of a normal distribution."""
ESTIMATE_WEIGHT = 1.0


@dataclass(frozen=True)
class Pace:
    """Of a task type: its mean, and the variances within and between workers."""

    mean: float = 0.0
    within: float = USUAL_WITHIN
    between: float = USUAL_BETWEEN

    @property
    def k(self) -> float:
        return self.within / self.between


@dataclass(frozen=True)
class Speed:
    """Of a worker: `mean` and `variance` of the log ratio to the estimate, for one more batch."""

    mean: float
    variance: float

    @property
    def usual(self) -> float:
        """The ratio to the estimate that is as likely to be exceeded as not."""
        return math.exp(self.mean)

    @property
    def upper(self) -> float:
        """The ratio that a plan counts on."""
        return math.exp(self.mean + UPPER * math.sqrt(self.variance))


def pace(tallies: Iterable[Tally]) -> Pace:
    """Of one type; `tallies` one per worker."""
    known = [t for t in tallies if t.weight > 0]
    within, between = _variances(known)
    k = within / between
    weights = [t.weight / (t.weight + k) for t in known]
    total = sum(weights) + ESTIMATE_WEIGHT
    return Pace(sum(w * t.ratio for w, t in zip(weights, known, strict=True)) / total, within, between)


def speed(of_type: Pace, tally: Tally | None) -> Speed:
    """Of a worker of the type; of somebody new without a tally."""
    n = tally.weight if tally else 0.0
    own = tally.ratio if tally else of_type.mean
    mean = of_type.mean + n / (n + of_type.k) * (own - of_type.mean)
    return Speed(mean, of_type.between * of_type.k / (n + of_type.k) + of_type.within)


def _variances(known: list[Tally]) -> tuple[float, float]:
    total, workers = sum(t.weight for t in known), len(known)
    free = total - workers
    if free < 2 or workers < 2:
        return USUAL_WITHIN, USUAL_BETWEEN
    within = max(sum(t.square for t in known) / free, LEAST_WITHIN)
    mean = sum(t.weight * t.ratio for t in known) / total
    spread = sum(t.weight * (t.ratio - mean) ** 2 for t in known) / (workers - 1)
    size = (total - sum(t.weight**2 for t in known) / total) / (workers - 1)
    return within, max((spread - within) / size, LEAST_BETWEEN)
