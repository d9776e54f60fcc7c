"""The k best are exact, whatever the sample, the block and the ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from services.matching.engine import topk
from services.matching.engine.interactions import Floats

# small whole numbers: their products and sums are exact in float32, so that equal scores are truly equal
numbers = st.integers(-3, 3).map(float)


def sorted_out(scores: Floats, k: int) -> list[int]:
    return sorted(range(scores.shape[0]), key=lambda i: (-scores[i], i))[:k]


@given(arrays.arrays(np.float32, st.integers(0, 60), elements=numbers), st.integers(0, 70))
def test_the_best_of_a_row_are_those_of_a_full_sort(scores: Floats, k: int) -> None:
    assert topk.best(scores, k).tolist() == sorted_out(scores, k)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 300), st.integers(0, 12), st.integers(1, 30), st.integers(0, 5))
def test_a_batch_gives_what_a_full_sort_gives(
    data: st.DataObject, items: int, k: int, block: int, seed: int
) -> None:
    offers = data.draw(arrays.arrays(np.float32, (items, 3), elements=numbers))
    queries = data.draw(arrays.arrays(np.float32, (4, 3), elements=numbers))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topk, "SAMPLE", 8)
        patch.setattr(topk, "BLOCK", block)
        found, scores = topk.batch(queries, offers, k, seed)
    for query in range(4):
        full = offers @ queries[query]
        assert found[query].tolist() == sorted_out(full, k)
        assert scores[query].tolist() == full[found[query]].tolist()
        assert topk.one(queries[query], offers, k)[0].tolist() == found[query].tolist()


def test_a_sample_that_misleads_costs_time_and_nothing_else() -> None:
    """All the high scores lie in the sample: the bound is too high for the rest, and the query is done again."""
    random = np.random.default_rng(0)
    sample = np.sort(np.random.default_rng(3).choice(20_000, topk.SAMPLE, replace=False))
    offers = np.zeros((20_000, 1), np.float32)
    offers[:, 0] = random.integers(0, 9, 20_000)
    offers[sample[:40], 0] = 1000
    queries = np.array([[1.0], [-1.0]], np.float32)
    found, _ = topk.batch(queries, offers, 60, seed=3)
    for query in range(2):
        assert found[query].tolist() == sorted_out(offers @ queries[query], 60)
