"""Judging a policy by the slates of another, against its true value."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from random import Random
from statistics import mean, stdev

import pytest

from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.explore import WHOLE
from services.matching.engine.off_policy import Estimate, Log, Logged, doubly_robust, ips, snips, unsupported
from services.matching.estimate import Shown, logged_of, shown_places
from services.matching.policy import Policy
from services.matching.slate import Slate, propose
from services.matching.values import Profile
from tests.unit.matching.builders import NOW, a_seeker, an_offer

OFFERS = columns_of([an_offer(f"ofr_{n}", values={"balance": n / 4}) for n in range(4)])
SEEKER = a_seeker(profile=Profile({"balance": 1.0}))
RATES = {"ofr_0": 0.9, "ofr_1": 0.5, "ofr_2": 0.3, "ofr_3": 0.1}


def log_of(epsilon: int, new: int, slates: int) -> list[list[Logged]]:
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
    assert all(one.new == one.logged and not one.unsupported for (one,) in log)


def test_a_policy_that_never_shows_what_was_drawn_gives_it_no_weight() -> None:
    log = log_of(5000, 0, 50)
    assert {one.new for (one,) in log} == {0.0, 1.0}


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


def spread(estimator: Callable[[Log], Estimate], logs: Sequence[Log]) -> float:
    return stdev(estimator(log).value for log in logs)


def simulated_log(seed: int) -> list[list[Logged]]:
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


BEST_FIRST = ("ofr_3", "ofr_2", "ofr_1", "ofr_0")


def chance(order: Sequence[str], epsilon: int) -> list[float]:
    """Of each place of a slate in this order, given those before it."""
    left, found = list(BEST_FIRST), []
    for offer in order:
        found.append(epsilon / WHOLE / len(left) + (offer == left[0]) * (1 - epsilon / WHOLE))
        left.remove(offer)
    return found


def slate_of(order: Sequence[str], epsilon: int) -> Slate:
    """As it would be if the lots had fallen so."""
    given = Circumstances(Policy(exploration=epsilon), OFFERS.norms)
    slate, _ = propose("slt_1", SEEKER, OFFERS, 4, NOW, given, "hash")
    known = {proposal.offer.id: proposal for proposal in slate.proposals}
    places = zip(order, chance(order, epsilon), strict=True)
    return replace(slate, proposals=tuple(replace(known[offer], propensity=p) for offer, p in places))


@pytest.mark.parametrize(
    ("logged", "new"), [(5000, 0), (10_000, 0), (2000, 10_000), (500, 1000), (0, 10_000), (0, 0)]
)
def test_of_all_slates_that_can_be_shown_the_estimates_are_those_of_the_other_policy(
    logged: int, new: int
) -> None:
    """Every order of three of four offers, as often as it is shown: no luck, and nothing left out but what the log cannot tell of."""
    truth = found = robust = lacking = known = 0.0
    for order in itertools.permutations(BEST_FIRST, 3):
        was, then = prod(chance(order, logged)), prod(chance(order, new))
        truth += then * sum(RATES[offer] for offer in order) / 3
        for place, offer in enumerate(order):
            reached = prod(chance(order[: place + 1], logged)) > 0
            known += then * reached * RATES[offer] / 3
            lacking += then * (not reached) / 3
        if was:
            places = shown_places(
                slate_of(order, logged), OFFERS, None, (), lambda p: replace(p, exploration=new)
            )
            rewards = [RATES[offer] for offer in order]
            slate = [
                # the estimate holds although the reward model is wrong
                Logged(
                    r,
                    p.logged,
                    p.new,
                    guess(p.features),
                    sum(c * guess(f) for c, f in p.choices),
                    p.unsupported,
                )
                for p, r in zip(places, rewards, strict=True)
            ]
            found += was * ips([slate]).value
            robust += was * doubly_robust([slate]).value
            lacking -= was * unsupported([slate])
    assert found == pytest.approx(known)
    assert lacking == pytest.approx(0)
    if logged:
        assert found == pytest.approx(truth)
        assert robust == pytest.approx(truth)


def guess(features: Mapping[str, float]) -> float:
    """By what the score says of the offer: wrong, for people ask most for what it thinks least of."""
    return 0.4 + features.get("values", 0.0) / 2


def test_what_only_the_other_policy_shows_is_no_part_of_the_estimate_and_said() -> None:
    log = log_of(0, 10_000, 20)
    assert unsupported(log) == pytest.approx(0.75)
    assert ips(log).value <= 0.25
