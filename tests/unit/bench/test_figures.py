"""The figures that the bench prints."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.figures import median, number, percentile, ratio_of_pairs, table
from tests.bench.layers import Layer, differences
from tests.bench.rounds import Series, of_rounds

values = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


def test_percentiles_by_nearest_rank() -> None:
    ten = [float(n) for n in range(10, 0, -1)]
    assert percentile(ten, 0.5) == 5
    assert percentile(ten, 0.9) == 9
    assert percentile(ten, 0.99) == 10
    assert percentile([7.0], 0.01) == 7


@given(values, st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_enough_do_not_exceed_it(
    found: list[float], share: float
) -> None:
    at = percentile(found, share)
    assert at in found
    assert sum(v <= at for v in found) >= share * len(found)
    assert sum(v < at for v in found) < share * len(found)


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert median([4, 1, 3, 2]) == 2.5
    assert median([9, 1, 2]) == 2


def test_nothing_measured_is_no_number() -> None:
    assert math.isnan(percentile([], 0.5))
    assert math.isnan(median([]))
    assert number(median([])) == "-"
    assert number(None) == "-"


def test_a_noisy_round_does_not_move_the_ratio() -> None:
    assert ratio_of_pairs([80, 8, 88], [100, 10, 110]) == pytest.approx(0.8)
    assert ratio_of_pairs([80, 1, 84], [100, 100, 105]) == pytest.approx(0.8)


def test_a_round_of_the_base_that_gave_nothing_is_left_out() -> None:
    assert ratio_of_pairs([80, 50], [100, 0]) == pytest.approx(0.8)


def test_numbers_are_grouped_and_rounded() -> None:
    assert number(1234.56) == "1,235"
    assert number(12.345, 1) == "12.3"


def test_a_table_is_aligned_even_with_full_width_text() -> None:
    drawn = table(("", "要求"), [["床", "1"], ["背骨の列", "1,000"]])
    assert drawn.splitlines() == [
        "           要求",
        "--------  -----",
        "床            1",
        "背骨の列  1,000",
    ]


def test_each_layer_costs_what_it_adds_to_the_one_before() -> None:
    assert differences({"bare": (10.0, 90.0), "routing": (70.0, 300.0), "key": (95.0, 420.0)}) == [
        Layer("bare", 10.0, 90.0),
        Layer("routing", 60.0, 210.0),
        Layer("key", 25.0, 120.0),
    ]


def test_percentiles_are_taken_per_round_before_their_median() -> None:
    assert of_rounds([[1, 2, 3], [10, 20, 300], [4, 5, 6]], 0.99) == 6


def test_a_series_begins_empty() -> None:
    assert Series("a").cpu is not Series("b").cpu
