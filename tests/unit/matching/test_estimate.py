"""Judging a policy by the slates of another, against its true value."""

from dataclasses import replace
from random import Random

import pytest

from services.matching.engine.blend import Circumstances
from services.matching.engine.off_policy import Logged, ips
from services.matching.estimate import Shown, logged_of, shown_places
from services.matching.policy import Policy
from services.matching.slate import propose
from services.matching.values import Profile
from tests.unit.matching.builders import NOW, a_seeker, an_offer

OFFERS = [an_offer(f"ofr_{n}", values={"balance": n / 4}) for n in range(4)]
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
    estimate = ips(log_of(2000, 10_000, 6000))
    truth = sum(RATES.values()) / 4
    assert estimate.low < truth < estimate.high
    assert estimate.value == pytest.approx(truth, abs=0.06)


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
