"""What another policy would have brought, estimated from what was logged under this one.

    weight w = pi_new(a | x) / pi_logged(a | x)
    IPS   mean(w * r)
    SNIPS sum(w * r) / sum(w)
    DR    mean(q(x, pi_new) + w * (r - q(x, a)))

Intervals are normal approximations at 95 %; for SNIPS by the delta method.
Sources: Horvitz & Thompson (JASA 1952); Swaminathan & Joachims, The Self-Normalized Estimator for Counterfactual Learning (NIPS 2015);
Dudík, Langford & Li, Doubly Robust Policy Evaluation and Learning (ICML 2011); Owen, Monte Carlo theory, methods and examples, 9.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Logged:
    """One place that was shown. Probabilities of the same action under both policies; `logged` is above 0.

    `expected_action`, `expected_policy`: a reward model's guess for the action, and its mean over the new policy's actions.
    """

    reward: float
    logged: float
    new: float
    expected_action: float = 0.0
    expected_policy: float = 0.0


@dataclass(frozen=True)
class Estimate:
    """With a 95 % interval. `effective` is Kish's effective sample size: small means that the policies hardly overlap."""

    value: float
    low: float
    high: float
    effective: float


def ips(log: Sequence[Logged]) -> Estimate:
    """Inverse propensity scoring. Raises ValueError for an empty log or a propensity of 0."""
    weights = _weights(log)
    return _mean(weights * _of(log, "reward"), weights)


def snips(log: Sequence[Logged]) -> Estimate:
    """Self-normalised; the value 0 when the new policy takes none of the logged actions."""
    weights, rewards = _weights(log), _of(log, "reward")
    total = weights.sum()
    if total == 0:
        return Estimate(0.0, 0.0, 0.0, 0.0)
    value = float(weights @ rewards / total)
    error = float(np.sqrt((weights**2 * (rewards - value) ** 2).sum()) / total)
    return Estimate(value, value - Z * error, value + Z * error, _effective(weights))


def doubly_robust(log: Sequence[Logged]) -> Estimate:
    """Right in expectation when either the propensities or the reward model are."""
    weights = _weights(log)
    residual = _of(log, "reward") - _of(log, "expected_action")
    return _mean(_of(log, "expected_policy") + weights * residual, weights)


def _weights(log: Sequence[Logged]) -> npt.NDArray[np.float64]:
    if not log:
        raise ValueError("nothing was logged")
    logged = _of(log, "logged")
    if logged.min() <= 0:
        raise ValueError("what was shown had a propensity above 0")
    weights: npt.NDArray[np.float64] = _of(log, "new") / logged
    return weights


def _of(log: Sequence[Logged], name: str) -> npt.NDArray[np.float64]:
    return np.fromiter((getattr(one, name) for one in log), np.float64, len(log))


def _mean(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> Estimate:
    value = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("inf")
    return Estimate(value, value - Z * error, value + Z * error, _effective(weights))


def _effective(weights: npt.NDArray[np.float64]) -> float:
    squares = float((weights**2).sum())
    return float(weights.sum() ** 2 / squares) if squares else 0.0
