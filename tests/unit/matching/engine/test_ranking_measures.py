"""Measures of ranked lists against values worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.metrics import gini, ndcg, precision, quality, recall


def test_measures_of_one_list() -> None:
    ranked, relevant = [7, 1, 9, 2], {1, 2, 5}
    assert precision(ranked, relevant, 4) == 0.5
    assert precision([1], relevant, 4) == 0.25
    assert recall(ranked, relevant, 4) == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert ndcg(ranked, relevant, 4) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert ndcg([1, 2, 5], relevant, 10) == pytest.approx(1)


def test_gini_of_equals_is_nothing_and_of_one_who_has_all_is_nearly_one() -> None:
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert gini([1, 3]) == pytest.approx(0.25)
    assert gini([]) == gini([0, 0]) == 0


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_gini_is_the_mean_difference_over_twice_the_mean(amounts: list[float]) -> None:
    count = len(amounts)
    differences = sum(abs(a - b) for a in amounts for b in amounts)
    assert gini(amounts) == pytest.approx(differences / (2 * count * sum(amounts)), abs=1e-9)


def test_quality_is_of_those_who_have_something_relevant() -> None:
    found = quality({0: [1, 2], 1: [1, 3], 2: [0, 0]}, {0: {2}, 1: {0}, 2: set()}, items=5, k=2)
    assert (found.precision, found.recall, found.hit) == (0.25, 0.5, 0.5)
    assert found.coverage == pytest.approx(3 / 5)
    assert found.ndcg == pytest.approx((1 / math.log2(3)) / 2)
    assert quality({}, {}, 0, 5).hit == 0
