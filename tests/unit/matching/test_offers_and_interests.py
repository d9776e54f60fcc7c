"""Life of an offer, and what residents say to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.interest import express, latest, withdraw
from services.matching.offer import NoLongerOpen
from services.matching.offer_life import end
from services.matching.questionnaire import Questionnaire
from services.matching.seeker import seeker_of
from shared.events.matching.catalogue import OfferClosed
from shared.events.matching.proposals import InterestExpressed, InterestWithdrawn
from tests.harness import a_tenant
from tests.unit.matching.builders import NEIGHBOUR, NOW, an_offer


def test_an_offer_closes_once() -> None:
    closed, events = end(an_offer(), "filled", NOW)
    assert (closed.state, closed.closed_at, closed.closing_reason) == ("filled", NOW, "filled")
    assert events == [OfferClosed(offer_id="ofr_1", company_id="com_1", reason="filled")]
    with pytest.raises(NoLongerOpen):
        end(closed, "expired", NOW)


def test_interest_in_a_closed_offer_is_refused_but_putting_it_aside_is_not() -> None:
    closed, _ = end(an_offer(), "filled", NOW)
    with pytest.raises(NoLongerOpen):
        express("int_1", "res_1", closed, "save", NOW)
    express("int_1", "res_1", closed, "not_interested", NOW)


def test_interest_is_published_and_so_is_taking_it_back_once() -> None:
    interest, events = express("int_1", "res_1", an_offer(), "ask", NOW)
    assert events == [InterestExpressed(resident_id="res_1", offer_id="ofr_1", kind="ask")]
    withdrawn, events = withdraw(interest)
    assert events == [InterestWithdrawn(resident_id="res_1", offer_id="ofr_1", kind="ask")]
    assert withdraw(withdrawn) == (withdrawn, [])


def test_putting_an_offer_aside_is_told_to_nobody() -> None:
    aside, events = express("int_1", "res_1", an_offer(), "not_interested", NOW)
    assert events == []
    assert withdraw(aside)[1] == []


def test_the_last_word_counts() -> None:
    aside, _ = express("int_1", "res_1", an_offer(), "not_interested", NOW)
    saved, _ = express("int_2", "res_1", an_offer(), "save", NOW + timedelta(minutes=1))
    assert latest([saved, aside])["ofr_1"].kind == "save"
    assert latest([withdraw(saved)[0], aside])["ofr_1"].kind == "not_interested"


def test_a_seeker_lives_where_intake_says_and_otherwise_in_the_tenants_own_municipality() -> None:
    tenant = a_tenant("sample-a", neighbouring_areas=[NEIGHBOUR])
    own = tenant.spec.municipality_code
    questionnaire = Questionnaire("qst_1", "res_1")
    assert seeker_of(tenant, questionnaire, [], None).home == own
    assert seeker_of(tenant, questionnaire, [], NEIGHBOUR).home == NEIGHBOUR
    assert seeker_of(tenant, questionnaire, [], "131016").home == own
    assert seeker_of(tenant, questionnaire, [], None).reach == {own, NEIGHBOUR}


def test_what_was_put_aside_and_taken_back_is_proposed_again() -> None:
    tenant = a_tenant("sample-a")
    aside, _ = express("int_1", "res_1", an_offer(tags=("夜",)), "not_interested", NOW)
    saved = replace(aside, id="int_2", offer_id="ofr_2", kind="save")
    seeker = seeker_of(tenant, Questionnaire("qst_1", "res_1"), [aside, saved], None)
    assert seeker.dismissed == {"ofr_1"}
    assert seeker.liked == {"ofr_2": ("夜",)}
    undone = seeker_of(tenant, Questionnaire("qst_1", "res_1"), [withdraw(aside)[0]], None)
    assert undone.dismissed == frozenset()
