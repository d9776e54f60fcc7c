"""All offers at once give, to the point, what the plain rules give one by one; and the plain rules have the last word."""

import dataclasses
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.blend import Blend
from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.engine.sieve import Sifted
from services.matching.norms import norms_of
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import Wishes
from services.matching.ranking import lot, lots, ranked, ranked_one_by_one
from services.matching.seeker import Seeker
from services.matching.shelf import Shelf
from services.matching.slate import propose
from tests.unit.matching.builders import NOW, a_seeker, an_offer
from tests.unit.matching.engine.crowd import circumstances_of, offers_of, seeker_of
from tests.unit.matching.test_whole_score import (
    MODEL,
    TODAY,
    circumstances,
    policies,
    rich_offers,
    rich_seekers,
    states,
)


@pytest.mark.parametrize("seed", range(40))
def test_the_ranking_of_all_at_once_is_that_of_the_plain_rules(seed: int) -> None:
    random = Random(seed)
    offers = offers_of(random, 120)
    given = circumstances_of(random, offers, MODEL)
    blend, columns = Blend(seeker_of(random, 120), given, TODAY), columns_of(offers)
    plain = ranked_one_by_one("slt_1", blend, columns.offers, 120, 120)
    assert ranked("slt_1", blend, columns, 120, 120) == plain


@settings(max_examples=40, deadline=None)
@given(rich_seekers(), rich_offers(), policies, states, st.integers(0, 15))
def test_the_two_rankings_agree_at_the_edges_too(
    seeker: Seeker, offers: list[Offer], policy: Policy, companies: dict[str, Seen], best_of: int
) -> None:
    columns = columns_of(offers)
    blend = Blend(seeker, circumstances(offers, policy, companies), TODAY)
    plain = ranked_one_by_one("slt_1", blend, columns.offers, best_of, 5)
    assert ranked("slt_1", blend, columns, best_of, 5) == plain


@settings(max_examples=40, deadline=None)
@given(rich_offers(), rich_offers(), st.randoms(use_true_random=False))
def test_columns_that_were_changed_are_those_that_are_made_anew(
    before: list[Offer], after: list[Offer], random: Random
) -> None:
    """Ids are few, so that offers change, come and go."""
    shelf = Shelf([*before, *(an_offer(f"other_{n}") for n in range(30))])
    _ = shelf.columns.snapshot()
    for offer in after:
        state = random.choice((offer.state, "draft"))
        shelf.put(dataclasses.replace(offer, version=2, state=state))
    anew, changed = columns_of(list(shelf.offers)), shelf.columns
    assert changed.snapshot() == anew.snapshot()
    assert changed.norms == anew.norms == norms_of(shelf.offers)
    seeker = a_seeker(wishes=Wishes(skills=("夜",), wage_floor=1000), liked={"ofr_3": ("夜", "在宅")})
    blend = Blend(seeker, circumstances(list(shelf.offers), Policy(reciprocal=True, exposure=9), {}), TODAY)
    assert ranked("slt_1", blend, changed, 50, 50) == ranked("slt_1", blend, anew, 50, 50)


def test_a_mistake_in_what_is_done_at_once_proposes_nothing_that_the_plain_rules_forbid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = [an_offer("ofr_1", state="closed"), an_offer("ofr_2", hourly_wage_yen=800), an_offer("ofr_3")]
    seeker = a_seeker(wishes=Wishes(wage_floor=1000))
    right, _ = propose("slt_1", seeker, offers, 3, NOW)
    let_through = Sifted((), np.full(3, -1, np.int64))
    monkeypatch.setattr("services.matching.ranking.sift", lambda *_: let_through)
    assert propose("slt_1", seeker, offers, 3, NOW)[0] == right
    monkeypatch.undo()
    monkeypatch.setattr("services.matching.ranking.points", lambda b, c, rows: np.arange(rows.size))
    assert propose("slt_1", seeker, offers, 3, NOW)[0] == right


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=5))
def test_lots_of_all_at_once_are_those_of_each(slate_id: str, offer_ids: list[str]) -> None:
    columns = columns_of([an_offer(offer_id) for offer_id in dict.fromkeys(offer_ids)])
    drawn = lots(slate_id, columns.cells.key).tolist()
    assert drawn == [lot(slate_id, offer.id) for offer in columns.offers]


def test_lots_favour_no_offer() -> None:
    """Of four equal offers each is first in a quarter of many slates, within five standard errors."""
    slate_ids = [f"slt_{n}" for n in range(4000)]
    firsts = [min("abcd", key=lambda offer, s=slate: lot(s, offer)) for slate in slate_ids]  # type: ignore[misc]
    assert all(abs(firsts.count(offer) - 1000) < 5 * (4000 * 3 / 16) ** 0.5 for offer in "abcd")
