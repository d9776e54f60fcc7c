"""A small logistic model that learns online which terms of the score go with interest.

    p = 1 / (1 + exp(-(w . f))),   w <- w - step * ((p - y) * f + l2 * w),   each coordinate's step at most `BOUND`

Source: McMahan et al., Ad Click Prediction: a View from the Trenches (KDD 2013), 2-3, without its sparsity; the bounded step as
gradient clipping, Pascanu, Mikolov & Bengio (ICML 2013).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STEP, L2, BOUND = 0.05, 0.001, 0.05
BIAS = "bias"


@dataclass(frozen=True)
class Logistic:
    """`weights` by feature, `version` counts the examples seen."""

    weights: Mapping[str, float] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Example:
    """`features` about -1 to 1; `interested`: whether something was said to the offer."""

    features: Mapping[str, float]
    interested: bool


def evidence(model: Logistic, features: Mapping[str, float]) -> float:
    """w . f without the bias: what the features say for (above 0) or against the offer. Added one by one, in order of feature name."""
    said = 0.0
    for name in sorted(features):
        said += model.weights.get(name, 0.0) * features[name]
    return said


def probability(model: Logistic, features: Mapping[str, float]) -> float:
    """The model's probability of interest."""
    logit = evidence(model, features) + model.weights.get(BIAS, 0.0)
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def learn(model: Logistic, examples: Iterable[Example]) -> Logistic:
    """The model after the examples, in their order."""
    weights, version = dict(model.weights), model.version
    for example in examples:
        error = probability(Logistic(weights), example.features) - float(example.interested)
        for name, value in (*sorted(example.features.items()), (BIAS, 1.0)):
            held = weights.get(name, 0.0)
            pull = STEP * (error * value + (0.0 if name == BIAS else L2 * held))
            weights[name] = held - max(-BOUND, min(BOUND, pull))
        version += 1
    return Logistic(weights, version)


def squashed(value: float) -> float:
    """Brought to -1..1 without a transcendental function, so that it is the same to the last bit everywhere."""
    return value / (1 + abs(value))
