"""Exploration with known probabilities, and what can be estimated from its log."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.explore import WHOLE, WITHIN, arrange, lot
from services.matching.engine.off_policy import Logged, doubly_robust, ips, snips, unsupported


@given(st.text(max_size=5), st.integers(0, 80), st.integers(0, 10), st.integers(0, WHOLE))
def test_places_hold_different_candidates_and_replay_the_same(
    seed: str, candidates: int, size: int, epsilon: int
) -> None:
    places = arrange(seed, candidates, size, epsilon)
    assert len({place.choice for place in places}) == len(places) == min(size, candidates)
    assert all(place.choice < WITHIN + size and 0 < place.propensity <= 1 for place in places if epsilon)
    assert places == arrange(seed, candidates, size, epsilon)


def test_without_exploration_the_best_are_shown_for_certain() -> None:
    places = arrange("slt_1", 5, 3, 0)
    assert [(p.choice, p.drawn, p.propensity) for p in places] == [(n, False, 1.0) for n in range(3)]


def test_the_propensity_is_how_often_it_happens() -> None:
    """Ten thousand slates: each candidate is in the first place as often as is written down (four standard errors)."""
    runs, pool, epsilon = 10_000, 5, 1000
    shown = [0] * pool
    said = {}
    for run in range(runs):
        (place,) = arrange(f"slt_{run}", pool, 1, epsilon)
        shown[place.choice] += 1
        said[place.choice] = place.propensity
    assert sum(said.values()) == pytest.approx(1)
    for choice, propensity in said.items():
        error = (propensity * (1 - propensity) / runs) ** 0.5
        assert abs(shown[choice] / runs - propensity) < 4 * error


def test_lots_are_spread_evenly() -> None:
    drawn = [lot(str(n), "x", 10) for n in range(5000)]
    assert all(abs(drawn.count(face) - 500) < 100 for face in range(10))


def logged(seed: int, count: int, *, model: float) -> tuple[list[list[Logged]], float]:
    """A log under one policy over three actions, and the true value of another. `model`: how wrong the reward model is."""
    random = Random(seed)
    rates, old, new = (0.1, 0.3, 0.6), (0.6, 0.3, 0.1), (0.1, 0.3, 0.6)
    truth = sum(p * r for p, r in zip(new, rates, strict=True))
    guesses = [rate + model for rate in rates]
    expected = sum(p * g for p, g in zip(new, guesses, strict=True))
    log = []
    for _ in range(count):
        (action,) = random.choices(range(3), old)
        reward = float(random.random() < rates[action])
        log.append([Logged(reward, old[action], new[action], guesses[action], expected)])
    return log, truth


def test_every_estimator_recovers_the_known_value() -> None:
    log, truth = logged(1, 20_000, model=0.2)
    for estimate in (ips(log), snips(log), doubly_robust(log)):
        assert estimate.low < truth < estimate.high
        assert estimate.value == pytest.approx(truth, abs=0.03)
    assert ips(log).effective < 20_000


def test_the_interval_holds_the_value_about_as_often_as_it_says() -> None:
    for estimator in (ips, snips, doubly_robust):
        held = 0
        for seed in range(100):
            log, truth = logged(seed, 600, model=0.1)
            estimate = estimator(log)
            held += estimate.low <= truth <= estimate.high
        assert held >= 85, estimator.__name__


def test_a_good_reward_model_narrows_the_interval() -> None:
    log, _ = logged(3, 5000, model=0.0)
    by_weights, robust = ips(log), doubly_robust(log)
    assert robust.high - robust.low < 0.8 * (by_weights.high - by_weights.low)


def test_a_log_without_propensities_is_refused() -> None:
    with pytest.raises(ValueError):
        ips([])
    with pytest.raises(ValueError):
        ips([[Logged(1, 0, 1)]])
    assert snips([[Logged(1, 0.5, 0)]]).value == 0


def drawn_slates(seed: int, count: int) -> tuple[list[list[Logged]], float]:
    """Two of three actions one after another; what was taken first is asked for less the less it leaves. Some slates have one place only."""
    random = Random(seed)
    rates, old, new = (0.1, 0.3, 0.6), (0.6, 0.3, 0.1), (0.2, 0.2, 0.6)
    log, truth, places = list[list[Logged]](), 0.0, 0
    for number in range(count):
        size, left, slate = 1 + (number % 3 > 0), [0, 1, 2], list[Logged]()
        for _ in range(size):
            was, other = ([policy[a] / sum(policy[b] for b in left) for a in left] for policy in (old, new))
            (place,) = random.choices(range(len(left)), was)
            reward = float(random.random() < rates[left[place]])
            slate.append(Logged(reward, was[place], other[place]))
            del left[place]
        log.append(slate)
        first = sum(p * r for p, r in zip(new, rates, strict=True))
        second = sum(new[a] * new[b] / (1 - new[a]) * rates[b] for a in range(3) for b in range(3) if b != a)
        truth, places = truth + first + second * (size - 1), places + size
    return log, truth / places


def test_places_that_follow_one_another_are_weighed_together_and_intervals_go_by_slate() -> None:
    log, truth = drawn_slates(5, 8000)
    for estimate in (ips(log), snips(log)):
        assert estimate.low < truth < estimate.high
        assert estimate.value == pytest.approx(truth, abs=0.05)
    held = [(ips(few), value) for few, value in (drawn_slates(seed, 400) for seed in range(60))]
    assert sum(one.low <= value <= one.high for one, value in held) >= 50


def test_what_the_log_cannot_tell_of_is_a_share_of_all_that_would_be_shown() -> None:
    """A third of the first places, and half of what follows the others."""
    slate = [Logged(0, 1, 2 / 3, unsupported=1 / 3), Logged(0, 1, 0.5, unsupported=0.5)]
    assert unsupported([slate]) == pytest.approx((1 / 3 + 1 / 3 + 2 / 3 / 2) / 2)
    assert unsupported([[Logged(0, 0.5, 1)], []]) == 0
