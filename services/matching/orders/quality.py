"""The share of a worker's units that have no fault: a Beta-Binomial posterior whose prior is what the municipality's workers show together.

Units checked and passed are weighted by age (`evidence`), so that the posterior drifts with the person. The prior of a type is fitted to all its
workers by the method of moments (empirical Bayes): with rates p_i = s_i / n_i, their pooled mean m, N = sum of n_i and k workers,

    rho = (sum n_i (p_i - m)^2 - (k - 1) m (1 - m)) / ((N - sum n_i^2 / N - (k - 1)) m (1 - m)),   strength = 1 / rho - 1

Source: J. C. Kleinman, Proportions with extraneous variance: single and independent samples, JASA 68 (1973), 46-54.
The mean is held by some units of a usual rate and the strength is kept within bounds, so that few results say little.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import betaincinv

from services.matching.orders.evidence import Tally

USUAL_RATE, USUAL_UNITS = 0.9, 5.0
WEAKEST, USUAL_STRENGTH, STRONGEST = 4.0, 8.0, 60.0
LOWER = 0.10
"""The lower bound is what the rate exceeds with nine chances of ten."""


@dataclass(frozen=True)
class Quality:
    """Beta(alpha, beta) over the share of units without a fault."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        return self.alpha / (self.alpha + self.beta)

    @property
    def lower(self) -> float:
        """The one-sided 90 % lower bound."""
        return float(betaincinv(self.alpha, self.beta, LOWER))

    def after(self, passed: float, checked: float) -> "Quality":
        """With so many more units looked at."""
        return Quality(self.alpha + passed, self.beta + checked - passed)

    def growth(self, checked: int) -> float:
        """By how much the lower bound would rise if `checked` more units went as they may be expected to go."""
        return max(self.after(self.mean * checked, checked).lower - self.lower, 0.0)


def prior(tallies: Iterable[Tally]) -> Quality:
    """What may be expected of somebody about whom nothing is known. `tallies` are of one type, one per worker."""
    known = [t for t in tallies if t.checked > 0]
    total = sum(t.checked for t in known)
    passed = sum(t.passed for t in known)
    mean = (passed + USUAL_RATE * USUAL_UNITS) / (total + USUAL_UNITS)
    strength = _strength(known, total, passed)
    return Quality(mean * strength, (1 - mean) * strength)


def posterior(before: Quality, tally: Tally | None) -> Quality:
    """`before` with what a worker's own units have shown."""
    return before.after(tally.passed, tally.checked) if tally else before


def _strength(known: list[Tally], total: float, passed: float) -> float:
    k = len(known)
    if k < 3 or not 0 < passed < total:
        return USUAL_STRENGTH
    mean = passed / total
    within = mean * (1 - mean)
    spread = sum(t.checked * (t.passed / t.checked - mean) ** 2 for t in known)
    room = total - sum(t.checked**2 for t in known) / total - (k - 1)
    if room <= 0:
        return USUAL_STRENGTH
    rho = (spread - (k - 1) * within) / (room * within)
    return STRONGEST if rho <= 0 else min(max(1 / rho - 1, WEAKEST), STRONGEST)
