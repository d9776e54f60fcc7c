"""What results say about quality and speed: more evidence, less doubt; nothing known, sane bounds; and time forgets."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from scipy.stats import beta as beta_distribution

from services.matching.orders import quality, speed
from services.matching.orders.assignment import Assignment, Checked, Result
from services.matching.orders.capability import Knowledge
from services.matching.orders.check import EVERY_UNIT
from services.matching.orders.evidence import HALF_LIFE, Line, Tally, line_of, tallies
from services.matching.orders.quality import STRONGEST, USUAL_RATE, USUAL_STRENGTH, WEAKEST, Quality

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LINE = Line("asg_1", "res_1", "entry", NOW, 20, 60, 60.0, 20, 19)
shapes = st.floats(0.5, 200)


def units(checked: float, passed: float) -> Tally:
    return Tally(checked=checked, passed=passed, weight=1.0, lines=1)


@given(shapes, shapes, st.floats(0.1, 50))
def test_one_more_good_unit_raises_the_lower_bound_and_one_more_fault_lowers_it(
    alpha: float, beta: float, more: float
) -> None:
    before = Quality(alpha, beta)
    assert before.after(more, more).lower >= before.lower
    assert before.after(0, more).lower <= before.lower
    assert 0 < before.lower < 1


@given(shapes, shapes, st.integers(1, 200))
def test_growth_is_never_negative_and_more_units_let_grow_more(alpha: float, beta: float, n: int) -> None:
    before = Quality(alpha, beta)
    assert 0 <= before.growth(n) <= before.growth(2 * n) + 1e-9 or before.mean < before.lower


def test_the_lower_bound_is_the_ten_per_cent_quantile() -> None:
    assert Quality(19, 2).lower == approx(beta_distribution.ppf(0.1, 19, 2))


def test_about_somebody_of_whom_nothing_is_known_it_says_what_is_usual_with_much_doubt() -> None:
    ability = Knowledge([], NOW).ability("res_1", "entry")
    assert [ability.lines, ability.quality.mean] == approx([0, USUAL_RATE])
    assert 0.6 < ability.quality.lower < 0.8
    assert ability.speed.usual == approx(1.0)
    assert 1.2 < ability.speed.upper < 1.6


def test_the_prior_is_as_strong_as_the_workers_are_alike() -> None:
    alike = [units(100, 90), units(100, 91), units(100, 89), units(100, 90)]
    apart = [units(100, 99), units(100, 60), units(100, 95), units(100, 70)]

    def strength(of: Quality) -> float:
        return of.alpha + of.beta

    assert strength(quality.prior(alike)) == approx(STRONGEST)
    assert WEAKEST <= strength(quality.prior(apart)) < 12
    assert strength(quality.prior([units(100, 100)] * 5)) == approx(USUAL_STRENGTH)
    assert strength(quality.prior([units(10, 9)])) == approx(USUAL_STRENGTH)


def test_kleinmans_moments_by_hand() -> None:
    """Three workers of 50 units with 48, 40 and 32 good ones: m = 0.8, sum n (p - m)^2 = 2.56, rho = (2.56 - 0.32) / ((100 - 2) 0.16) = 1/7."""
    found = quality.prior([units(50, 48), units(50, 40), units(50, 32)])
    assert found.alpha + found.beta == approx(6.0)
    assert found.mean == approx((120 + 4.5) / 155)


@given(st.lists(st.tuples(st.floats(0.1, 300), st.floats(0, 1)), max_size=12))
def test_the_prior_is_always_proper(known: list[tuple[float, float]]) -> None:
    found = quality.prior([units(n, n * rate) for n, rate in known])
    assert min(found.alpha, found.beta) > 0
    assert WEAKEST - 1e-9 <= found.alpha + found.beta <= STRONGEST + 1e-9


def test_a_workers_own_pace_counts_more_the_more_is_known_of_it() -> None:
    pace = speed.Pace(0.0, 0.09, 0.09)
    own = [speed.speed(pace, Tally(weight=n, ratio=1.0)).mean for n in (0.0, 1.0, 4.0, 99.0)]
    assert own == [approx(0.0), approx(0.5), approx(0.8), approx(0.99)]
    doubt = [speed.speed(pace, Tally(weight=n)).variance for n in (0.0, 1.0, 4.0)]
    assert doubt == [approx(0.18), approx(0.135), approx(0.108)]


@given(st.lists(st.tuples(st.floats(0.01, 50), st.floats(-2, 2), st.floats(0, 20)), max_size=12))
def test_the_pace_of_a_type_is_always_sane(known: list[tuple[float, float, float]]) -> None:
    found = speed.pace([Tally(weight=w, ratio=r, square=q) for w, r, q in known])
    assert -2 <= found.mean <= 2
    assert found.within >= speed.LEAST_WITHIN
    assert found.between >= speed.LEAST_BETWEEN
    assert speed.speed(found, None).upper > speed.speed(found, None).usual


def test_what_is_long_ago_weighs_less() -> None:
    old = replace(LINE, assignment_id="asg_2", at=NOW - HALF_LIFE, passed=0, minutes=240)
    tally = tallies([LINE, old], NOW)["entry"]["res_1"]
    assert [tally.checked, tally.passed, tally.weight] == approx([30, 19, 1.5])
    assert tally.ratio == approx(math.log(4) / 3)
    later = tallies([LINE], NOW + 3 * HALF_LIFE)["entry"]["res_1"]
    assert later.checked == approx(2.5)


def test_only_what_was_looked_at_and_is_the_workers_own_says_something_about_quality() -> None:
    done = Assignment(
        "asg_1", "ord_1", "tsk_1", "res_1", "entry", 20, 3.0, 60, (), NOW + timedelta(days=9), EVERY_UNIT, NOW, "staff:a",
        result=Result(20, 50, NOW, "resident:res_1"),
    )  # fmt: skip
    looked_at = replace(done, checked=Checked(20, 18, 2, "content", NOW, "staff:a"))
    unclear = replace(done, checked=Checked(20, 10, 10, "unclear_instruction", NOW, "staff:a"))
    lines = [line_of(one) for one in (done, looked_at, unclear)]
    assert [(line.checked, line.passed, line.minutes) for line in lines if line] == [
        (0, 0, 50),
        (20, 18, 50),
        (0, 0, 50),
    ]
    assert line_of(replace(done, result=None)) is None
    assert line_of(replace(done, state="declined", result=None)) is None
