"""The models that are compared: each ranks, for every user, the items that the user has not in the training data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.engine import ease, item_knn, popularity, rp3beta
from services.matching.engine.interactions import DAY, HALF_LIFE_DAYS, Floats, Interactions, Sparse, matrix
from services.matching.engine.metrics import Quality, quality
from services.matching.engine.model import fit
from services.matching.engine.topk import best
from tests.eval_matching.reading import Row

Score = Callable[[Sparse], Floats]
"""Rows of users' own interactions -> dense scores of all items."""
BLOCK = 1024


@dataclass(frozen=True)
class Task:
    """Training data as a matrix with and without fading by time, and what is to be found by user. Users and items by position."""

    users: tuple[str, ...]
    items: tuple[str, ...]
    x: Sparse
    faded: Sparse
    relevant: Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Choices:
    """Parameters of the models, so that published tables can be met with the parameters they were made with."""

    ridge: float = ease.RIDGE
    alpha: float = rp3beta.ALPHA
    beta: float = rp3beta.BETA
    shrink: float = item_knn.SHRINK
    neighbours: int = 100


def task_of(train: Sequence[Row], test: Sequence[Row]) -> Task:
    """Ratings count as 1 each. Items that occur in the test data alone can be found by nobody, but count as relevant."""
    users = tuple(sorted({row.user for row in train}))
    items = tuple(sorted({row.item for row in (*train, *test)}))
    user_of, item_of = ({name: n for n, name in enumerate(names)} for names in (users, items))
    newest: dict[tuple[int, int], float | None] = {}
    for row in train:
        cell = (user_of[row.user], item_of[row.item])
        known = newest.get(cell)
        newest[cell] = row.at if known is None else max(known, row.at or known)
    relevant: dict[int, set[int]] = {}
    for row in test:
        if row.user in user_of and (cell := (user_of[row.user], item_of[row.item])) not in newest:
            relevant.setdefault(cell[0], set()).add(cell[1])
    shape = (len(users), len(items))
    return Task(
        users,
        items,
        _matrix(newest, np.ones(len(newest)), shape),
        _matrix(newest, _fading(list(newest.values())), shape),
        {user: frozenset(wanted) for user, wanted in relevant.items()},
    )


def _matrix(
    cells: Mapping[tuple[int, int], object],
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    shape: tuple[int, int],
) -> Sparse:
    rows = np.fromiter((cell[0] for cell in cells), np.int32, len(cells))
    columns = np.fromiter((cell[1] for cell in cells), np.int32, len(cells))
    return matrix(rows, columns, values, shape)


def _fading(times: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Halved every ninety days before the newest, as the production model does; 1 where no time is known."""
    newest = max((at for at in times if at is not None), default=0.0)
    days = [0.0 if at is None else (newest - at) / DAY for at in times]
    return np.exp2(-np.array(days, np.float64) / HALF_LIFE_DAYS)


def contenders(task: Task, chosen: Choices) -> dict[str, Callable[[], Score]]:
    """By name: fitting gives what scores."""
    return {
        "popularity": lambda: _always(popularity.fit(task.x)),
        "item-kNN": lambda: _by_items(item_knn.fit(task.x, chosen.shrink, chosen.neighbours)),
        "RP3beta": lambda: _by_items(rp3beta.fit(task.x, chosen.alpha, chosen.beta, chosen.neighbours)),
        "EASE": lambda: _by_items(ease.fit(task.x, chosen.ridge)),
        "production blend": lambda: _production(task),
    }


def _always(totals: Floats) -> Score:
    return lambda own: np.broadcast_to(totals, own.shape)


def _by_items(weights: Sparse | Floats) -> Score:
    def scores(own: Sparse) -> Floats:
        product = own @ weights
        dense: Floats = product if isinstance(product, np.ndarray) else product.toarray()
        return dense

    return scores


def _production(task: Task) -> Score:
    """The very model that the service publishes, from interactions that fade with time."""
    model = fit(Interactions(task.users, task.items, task.faded))
    if model is None:
        return lambda own: np.zeros(own.shape, np.float32)
    return _by_items(model.weights)


def judged(task: Task, score: Score, k: int, own: Sparse | None = None) -> Quality:
    """The quality of the first `k` for every user with something to find."""
    users = sorted(task.relevant)
    ranked: dict[int, Sequence[int]] = {}
    history = task.x if own is None else own
    for first in range(0, len(users), BLOCK):
        block = users[first : first + BLOCK]
        scores = np.array(score(history[block]), np.float32)
        seen = task.x[block]
        scores[np.repeat(np.arange(len(block)), np.diff(seen.indptr)), seen.indices] = -np.inf
        for row, user in enumerate(block):
            # what nothing is known of is not proposed: a score of 0 is no preference
            ranked[user] = [int(i) for i in best(scores[row], k) if scores[row][i] > 0]
    return quality(ranked, task.relevant, len(task.items), k)
