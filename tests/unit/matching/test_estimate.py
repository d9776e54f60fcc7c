"""Judging a policy by the slates of another, against its true value."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from statistics import mean, stdev

import pytest

from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.off_policy import Estimate, Logged, doubly_robust, ips, snips
from services.matching.estimate import Shown, logged_of, shown_places
from services.matching.policy import Policy
from services.matching.slate import propose
from services.matching.values import Profile
from tests.unit.matching.builders import NOW, a_seeker, an_offer

OFFERS = columns_of([an_offer(f"ofr_{n}", values={"balance": n / 4}) for n in range(4)])
SEEKER = a_seeker(profile=Profile({"balance": 1.0}))
RATES = {"ofr_0": 0.9, "ofr_1": 0.5, "ofr_2": 0.3, "ofr_3": 0.1}


def log_of(epsilon: int, new: int, slates: int) -> list[Logged]:
    """People ask most for what the score thinks least of: only exploration can tell."""
    given, random, log = Circumstances(Policy(exploration=epsilon)), Random(4), list[Shown]()
    for number in range(slates):
        slate, _ = propose(f"slate-{number}", SEEKER, OFFERS, 1, NOW, given, "hash")
        (shown,) = slate.proposals
        asked = {shown.offer.id} if random.random() < RATES[shown.offer.id] else set()
        log += shown_places(slate, OFFERS, None, asked, lambda p: replace(p, exploration=new))
    return logged_of(log)


def test_the_value_of_more_exploration_is_recovered_from_a_log_with_less() -> None:
    estimate = ips(log_of(2000, 10_000, 2500))
    truth = sum(RATES.values()) / 4
    assert estimate.low < truth < estimate.high
    assert estimate.value == pytest.approx(truth, abs=0.09)


def test_the_same_policy_weighs_every_place_once() -> None:
    log = log_of(1000, 1000, 50)
    assert all(one.new == one.logged for one in log)


def test_a_policy_that_never_shows_what_was_drawn_gives_it_no_weight() -> None:
    log = log_of(5000, 0, 50)
    assert {one.new for one in log} == {0.0, 1.0}


def test_a_slate_that_kept_no_basis_cannot_be_judged() -> None:
    slate = replace(propose("slt_1", SEEKER, OFFERS, 1, NOW)[0], basis=None)
    with pytest.raises(ValueError, match="basis"):
        shown_places(slate, OFFERS, None, (), lambda p: p)


def test_three_estimators_agree_with_the_truth_and_the_robust_one_varies_least() -> None:
    """Of many logs of the same town: inverse propensities are right in the mean, each interval holds the truth nearly as often as it says,
    and a reward model that was fitted to the log itself narrows it further."""
    truth = 0.9 * RATES["ofr_0"] + 0.1 * sum(RATES.values()) / 4
    logs = [simulated_log(seed) for seed in range(60)]
    for estimator in (ips, snips, doubly_robust):
        found = [estimator(log) for log in logs]
        error = stdev(one.value for one in found) / len(found) ** 0.5
        assert abs(mean(one.value for one in found) - truth) < 4 * error, estimator.__name__
        assert sum(one.low <= truth <= one.high for one in found) >= 50, estimator.__name__
    assert spread(doubly_robust, logs) <= spread(ips, logs)


def spread(estimator: Callable[[Sequence[Logged]], Estimate], logs: list[list[Logged]]) -> float:
    return stdev(estimator(log).value for log in logs)


def simulated_log(seed: int) -> list[Logged]:
    """Six hundred places under a policy that prefers one of four offers a little, judged for one that nearly always takes another."""
    random, places = Random(seed), list[Shown]()
    said = {offer: {"values": number - 1.5} for number, offer in enumerate(RATES)}
    logged = dict(zip(RATES, (0.2, 0.2, 0.2, 0.4), strict=True))
    new = {offer: 0.025 + 0.9 * (offer == "ofr_0") for offer in RATES}
    choices = tuple((new[offer], said[offer]) for offer in RATES)
    for number in range(600):
        (offer,) = random.choices(list(RATES), list(logged.values()))
        reward = float(random.random() < RATES[offer])
        places.append(Shown(f"slate-{number}", reward, logged[offer], new[offer], said[offer], choices))
    return logged_of(places)
