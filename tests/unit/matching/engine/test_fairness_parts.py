"""Exposure points, the online model, both sides' fit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.exposure import Seen, crowded, merit, points, weight_of_rank
from services.matching.engine.logistic import BOUND, Example, Logistic, evidence, learn, probability, squashed
from services.matching.engine.metrics import gini
from services.matching.engine.reciprocal import harmonic, preference

companies = st.dictionaries(
    st.text("abc", min_size=1, max_size=2),
    st.builds(Seen, st.integers(0, 5), st.floats(0, 1000), st.integers(0, 50).map(float)),
)


def test_who_was_seen_least_for_its_merit_gets_most() -> None:
    seen = {"large": Seen(10, 200.0, 20), "small": Seen(1, 6.0, 1), "new": Seen(1, 0.0, 0)}
    given_points = points(seen, 100).by_company
    assert given_points["large"] == 0
    assert given_points["new"] == 100
    assert 0 < given_points["small"] < 100


@given(companies, st.integers(0, 200))
def test_exposure_never_takes_and_never_gives_more_than_its_strength(
    seen: dict[str, Seen], strength: int
) -> None:
    given_points = points(seen, strength).by_company
    assert set(given_points) == {company for company, one in seen.items() if one.offers}
    assert all(0 <= value <= strength for value in given_points.values())
    ratio = {company: one.exposure / one.offers / merit(one) for company, one in seen.items() if one.offers}
    by_ratio = [given_points[company] for company in sorted(ratio, key=lambda c: ratio[c])]
    assert by_ratio == sorted(by_ratio, reverse=True)
    assert by_ratio[-1:] in ([], [0])


def test_points_follow_the_slope_of_the_gini_coefficient() -> None:
    """Of companies of one offer and equal merit, a little exposure moved to each from the first lowers it in proportion to its points."""
    amounts = [50.0, 10.0, 20.0, 40.0, 30.0]
    alike = {f"com_{n}": Seen(1, amount, (amount + 30) / 10 - 3) for n, amount in enumerate(amounts)}
    given_points = points(alike, 100)
    lowered = [
        gini(amounts) - gini([50 - 0.01, *(a + 0.01 * (n == to) for n, a in enumerate(amounts[1:], 1))])
        for to in range(1, 5)
    ]
    expected = [given_points.of(f"com_{n}") / given_points.of("com_1") for n in range(1, 5)]
    assert [one / lowered[0] for one in lowered] == pytest.approx(expected, rel=1e-6)


def test_nobody_is_pushed_before_anybody_was_seen() -> None:
    assert points({"a": Seen(1, 0.0, 0), "b": Seen(2, 0.0, 0)}, 100).by_company == {"a": 0, "b": 0}


def test_a_company_that_was_never_seen_gets_the_same_whether_it_is_named_or_only_counted() -> None:
    seen = {"large": Seen(10, 200.0, 20), "small": Seen(1, 6.0, 1)}
    named = points({**seen, "new": Seen(1, 0.0, 0), "also": Seen(2, 0.0, 0)}, 100)
    counted = points(seen, 100, standing=4)
    companies = ("large", "small", "new", "also")
    assert [counted.of(one) for one in companies] == [named.of(one) for one in companies]
    assert (counted.of("new"), points({}, 100, standing=4).of("new")) == (83, 0)


def test_merit_grows_with_interest_and_places_matter_as_they_are_looked_at() -> None:
    assert merit(Seen(1, 50, 10)) > merit(Seen(1, 50, 5)) > 0
    assert [weight_of_rank(rank) for rank in (1, 3)] == [1.0, 0.5]
    assert (crowded(5, 1), crowded(4, 1), crowded(99, None), crowded(0, 0)) == (True, False, False, True)


def test_the_online_model_learns_which_term_matters() -> None:
    examples = [
        Example({"hours": 1.0 if n % 2 else -1.0, "wage": 1.0 if n % 3 else -1.0}, bool(n % 2))
        for n in range(600)
    ]
    model = learn(Logistic(), examples)
    assert model.version == 600
    assert model.weights["hours"] > 5 * abs(model.weights["wage"])
    assert probability(model, {"hours": 1.0}) > 0.9
    assert evidence(model, {"hours": -1.0}) < 0
    assert learn(Logistic(), examples) == model


@given(st.floats(-1e6, 1e6), st.booleans())
def test_one_example_moves_a_weight_by_no_more_than_the_bound(value: float, interested: bool) -> None:
    model = learn(Logistic({"wage": 0.5}), [Example({"wage": value}, interested)])
    assert abs(model.weights["wage"] - 0.5) <= BOUND + 1e-12
    assert math.isfinite(probability(model, {"wage": value}))
    assert -1 < squashed(value) < 1


def test_both_sides_have_to_fit() -> None:
    assert harmonic(1, 0) == harmonic(0, 0) == 0
    assert harmonic(0.5, 0.5) == 0.5
    assert harmonic(0.9, 0.1) == pytest.approx(0.18)
    assert preference(0) == 0.5
    assert 0 < preference(-5000) < 0.1
    assert preference(1000) == 0.75
