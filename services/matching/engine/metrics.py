"""How good, and how fair, ranked lists are.

Source: Järvelin & Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques (ACM TOIS 20(4), 2002), binary gains; Gini as in
Fleder & Hosanagar, Blockbuster Culture's Next Rise or Fall (Management Science 55(5), 2009).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Quality:
    """Means over the users who have something relevant; all within 0 to 1. `hit` is the share of users with at least one hit."""

    precision: float
    recall: float
    ndcg: float
    hit: float
    coverage: float
    gini: float


def precision(ranked: Sequence[int], relevant: Collection[int], k: int) -> float:
    """The share of the first `k` places that hold something relevant; places left empty count as misses."""
    return sum(item in relevant for item in ranked[:k]) / k


def recall(ranked: Sequence[int], relevant: Collection[int], k: int) -> float:
    """The share of what is relevant that is found among the first `k`."""
    return sum(item in relevant for item in ranked[:k]) / len(relevant)


def ndcg(ranked: Sequence[int], relevant: Collection[int], k: int) -> float:
    """Discounted gain, 1 / log2(1 + rank), over that of the best possible order."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gained = sum(discounts[place] for place, item in enumerate(ranked[:k]) if item in relevant)
    return float(gained / discounts[: min(k, len(relevant))].sum())


def gini(amounts: npt.ArrayLike) -> float:
    """0 when everybody has the same, towards 1 when one has all. 0 for nothing at all."""
    sorted_amounts = np.sort(np.asarray(amounts, np.float64))
    count, total = sorted_amounts.size, sorted_amounts.sum()
    if count == 0 or total <= 0:
        return 0.0
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ sorted_amounts / (count * total))


def quality(
    ranked: Mapping[int, Sequence[int]], relevant: Mapping[int, Collection[int]], items: int, k: int
) -> Quality:
    """Of the lists `ranked` by user. `items` is how many there are to choose from, for coverage and Gini of what is shown."""
    users = [user for user, wanted in relevant.items() if wanted]
    shown = np.zeros(items)
    for user in users:
        for item in ranked[user][:k]:
            shown[item] += 1

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values)) if values else 0.0

    precisions = [precision(ranked[u], relevant[u], k) for u in users]
    return Quality(
        precision=mean(precisions),
        recall=mean([recall(ranked[u], relevant[u], k) for u in users]),
        ndcg=mean([ndcg(ranked[u], relevant[u], k) for u in users]),
        hit=mean([float(value > 0) for value in precisions]),
        coverage=float((shown > 0).mean()) if items else 0.0,
        gini=gini(shown),
    )
