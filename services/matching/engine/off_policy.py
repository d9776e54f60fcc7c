"""What another policy would have brought per place, estimated from the slates that were shown under this one.

Place k of a slate has its probability given the places before it, under both policies (given the same places before it). The places so far
come about under the other policy, instead of this one, with the weight

    w(<=k) = product over j <= k of pi_new(a_j | x, a_<j) / pi_logged(a_j | x, a_<j),   w(<1) = 1

    IPS    sum over slates and places of w(<=k) r_k, divided by the number of places
    SNIPS  at each place sum over slates of w(<=k) r_k / sum of w(<=k); the mean over places
    DR     sum of w(<k) q(x, pi_new | a_<k) + w(<=k) (r_k - q(x, a_k | a_<k)), divided by the number of places

What the other policy would show and this one never does is nowhere in the log. `unsupported` is its share: at place k the sum over j <= k of
the means of w(<j) u_j, u_j being the probability under the other policy of what this one never shows there. IPS counts it as never asked
for, SNIPS like everything else, DR as its reward model expects.

Slates are independent of one another, places of a slate are not: intervals are normal approximations at 95 % over slates, for ratios by the
delta method. They do not hold what is unsupported.
Sources: Horvitz & Thompson (JASA 1952); products of ratios step by step: Precup, Sutton & Singh (ICML 2000), for slates McInerney et al. (KDD
2020) and Kiyohara et al. (WSDM 2022), also for DR; Swaminathan & Joachims, The Self-Normalized Estimator for Counterfactual Learning (NIPS
2015); Dudík, Langford & Li, Doubly Robust Policy Evaluation and Learning (ICML 2011); Owen, Monte Carlo theory, methods and examples, 9.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Z = NormalDist().inv_cdf(0.975)
Table = npt.NDArray[np.float64]
"""One row per slate, one column per place."""


@dataclass(frozen=True)
class Logged:
    """One place that was shown. Probabilities of the same action under both policies, given the places before; `logged` is above 0.

    `expected_action`, `expected_policy`: a reward model's guess for the action, and its mean over the new policy's actions. `unsupported`: the
    new policy's probability of actions that the logged one never takes here.
    """

    reward: float
    logged: float
    new: float
    expected_action: float = 0.0
    expected_policy: float = 0.0
    unsupported: float = 0.0


Log = Sequence[Sequence[Logged]]
"""Slates, each with its places in order, the first first."""


@dataclass(frozen=True)
class Estimate:
    """With a 95 % interval. `effective` is Kish's effective number of slates: small means that the policies hardly overlap."""

    value: float
    low: float
    high: float
    effective: float


def ips(log: Log) -> Estimate:
    """Inverse propensity scoring. Raises ValueError for an empty log or a propensity of 0."""
    there, _, weights = _weights(log)
    return _ratio((weights * _of(log, "reward")).sum(axis=1), there, weights)


def snips(log: Log) -> Estimate:
    """Self-normalised; a place where the new policy takes none of the logged actions counts 0. Raises ValueError as `ips`."""
    there, _, weights = _weights(log)
    rewards, totals = _of(log, "reward"), weights.sum(axis=0)
    divisors = np.where(totals > 0, totals, 1.0)
    by_place = (weights * rewards).sum(axis=0) / divisors
    shares = there.sum(axis=0) / there.sum()
    value = float(shares @ by_place)
    apart = (weights * (rewards - by_place) / divisors) @ shares
    error = float(np.sqrt((apart**2).sum())) if totals.any() else 0.0
    return Estimate(value, value - Z * error, value + Z * error, _effective(there, weights))


def doubly_robust(log: Log) -> Estimate:
    """Right in expectation when either the propensities or the reward model are. Raises ValueError as `ips`."""
    there, before, weights = _weights(log)
    residual = _of(log, "reward") - _of(log, "expected_action")
    values = before * _of(log, "expected_policy") + weights * residual
    return _ratio(values.sum(axis=1), there, weights)


def unsupported(log: Log) -> float:
    """The share of what the new policy would show that the log cannot tell of, 0 to 1. Raises ValueError as `ips`."""
    there, before, _ = _weights(log)
    so_far = np.cumsum(before * _of(log, "unsupported"), axis=1)
    return min(1.0, float((so_far * there).sum() / there.sum()))


def _weights(log: Log) -> tuple[Table, Table, Table]:
    """Where a slate has a place (1, otherwise 0), and the weights of the places before each and up to it, 0 where there is none."""
    if not any(log):
        raise ValueError("nothing was logged")
    logged, new = _of(log, "logged"), _of(log, "new")
    there = np.arange(logged.shape[1]) < np.array([len(slate) for slate in log])[:, np.newaxis]
    if (logged[there] <= 0).any():
        raise ValueError("what was shown had a propensity above 0")
    ratios = np.divide(new, logged, out=np.zeros_like(new), where=there)
    weights = np.asarray(np.cumprod(ratios, axis=1), np.float64)
    before = np.concatenate([np.ones((len(log), 1)), weights[:, :-1]], axis=1)
    return there.astype(np.float64), before * there, weights


def _of(log: Log, name: str) -> Table:
    table = np.zeros((len(log), max(map(len, log))))
    for row, slate in zip(table, log, strict=True):
        row[: len(slate)] = [getattr(place, name) for place in slate]
    return table


def _ratio(values: npt.NDArray[np.float64], there: Table, weights: Table) -> Estimate:
    """The sum of `values`, one per slate, for each place."""
    places = there.sum(axis=1)
    value = float(values.sum() / places.sum())
    apart = (values - value * places) / places.mean()
    error = float(apart.std(ddof=1) / np.sqrt(apart.size)) if apart.size > 1 else float("inf")
    return Estimate(value, value - Z * error, value + Z * error, _effective(there, weights))


def _effective(there: Table, weights: Table) -> float:
    """By the weights of whole slates."""
    last = there.sum(axis=1).astype(int) - 1
    whole = np.where(last >= 0, weights[np.arange(len(last)), last], 0.0)
    squares = float((whole**2).sum())
    return float(whole.sum() ** 2 / squares) if squares else 0.0
