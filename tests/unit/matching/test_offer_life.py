"""The life of an offer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.company import Company
from services.matching.hours import Window
from services.matching.occupations import Occupation
from services.matching.offer import NoLongerOpen, Offer, draft_of, revise, write
from services.matching.offer_life import (
    ENDED,
    OPEN,
    NotInThisState,
    NotLetIn,
    Result,
    as_shown,
    end,
    expire,
    open_draft,
    pause,
    reopen,
    resume,
    take_place,
)  # fmt: skip
from services.matching.registration import Registration, Standing
from shared.errors import Conflict, Invalid
from shared.events.matching.catalogue import OfferChanged, OfferClosed, OfferPublished
from tests.unit.matching.builders import NOW, an_offer

TODAY = date(2026, 12, 2)
COMPANY = Company("com_1", "見本", "991007", None, NOW)
CHANGED = OfferChanged(offer_id="ofr_1", company_id="com_1")
STEPS: dict[str, Callable[[Offer], Result]] = {
    "open": lambda o: open_draft(o, COMPANY, TODAY),
    "pause": pause,
    "resume": lambda o: resume(o, TODAY),
    "fill": lambda o: end(o, "filled", NOW),
    "close": lambda o: end(o, "closed", NOW),
    "expire": lambda o: end(o, "expired", NOW),
    "reopen": lambda o: reopen(o, COMPANY, TODAY, places=1),
    "take": lambda o: take_place(o, NOW),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=15), st.none() | st.integers(1, 3))
def test_every_opening_and_every_end_of_what_was_open_is_told_once(
    steps: list[str], places: int | None
) -> None:
    offer, told = an_offer(state="draft", open_places=places), 0
    for step in steps:
        before = offer
        try:
            offer, events = STEPS[step](before)
        except Conflict:
            continue
        assert before.state != "closed"
        told += sum(isinstance(e, OfferPublished) for e in events) - sum(
            isinstance(e, OfferClosed) for e in events
        )
        assert told == (offer.state in OPEN)
        assert (offer.state in ENDED) == (offer.closed_at is not None) == (offer.closing_reason is not None)


def test_a_closed_offer_stays_closed() -> None:
    closed, _ = end(an_offer(), "closed", NOW)
    for step in STEPS.values():
        with pytest.raises(Conflict):
            step(closed)


def test_an_offer_is_open_through_its_last_day() -> None:
    assert expire(an_offer(expires_on=TODAY), TODAY, NOW) is None
    assert expire(an_offer(expires_on=None), TODAY, NOW) is None
    over = expire(an_offer(expires_on=TODAY - timedelta(days=1)), TODAY, NOW)
    assert over is not None
    assert (over[0].state, over[0].closing_reason) == ("expired", "expired")
    assert expire(over[0], TODAY, NOW) is None


@pytest.mark.parametrize("state", ["draft", "paused", "expired", "filled"])
def test_nothing_opens_after_its_last_day(state: str) -> None:
    offer = an_offer(state=state, expires_on=TODAY - timedelta(days=1))
    step = {"draft": lambda: open_draft(offer, COMPANY, TODAY), "paused": lambda: resume(offer, TODAY)}
    with pytest.raises(Invalid):
        step.get(state, lambda: reopen(offer, COMPANY, TODAY))()


def test_the_last_place_fills_an_offer_and_a_new_one_opens_it_again() -> None:
    offer, events = take_place(an_offer(open_places=2), NOW)
    assert (offer.state, offer.open_places, events) == ("published", 1, [CHANGED])
    offer, events = take_place(offer, NOW)
    assert (offer.state, offer.open_places, len(events)) == ("filled", 0, 1)
    with pytest.raises(NoLongerOpen):
        take_place(offer, NOW)
    again, _ = reopen(offer, COMPANY, TODAY, places=1)
    assert (again.state, again.open_places, again.closed_at) == ("published", 1, None)


def test_a_draft_can_be_thrown_away_and_nobody_hears_of_it() -> None:
    closed, events = end(an_offer(state="draft"), "closed", NOW)
    assert (closed.state, events) == ("closed", [CHANGED])
    with pytest.raises(NotInThisState):
        end(an_offer(state="draft"), "expired", NOW)


@pytest.mark.parametrize("standing", ["waiting", "declined", "paused"])
def test_only_a_company_that_was_let_in_opens_offers_and_while_it_rests_so_do_they(
    standing: Standing,
) -> None:
    resting = replace(COMPANY, registration=Registration(standing))
    with pytest.raises(NotLetIn):
        open_draft(an_offer(state="draft"), resting, TODAY)
    with pytest.raises(NotLetIn):
        reopen(an_offer(state="filled"), resting, TODAY, places=1)
    assert as_shown(an_offer(), resting.may_publish).state == "paused"
    assert as_shown(an_offer(), COMPANY.may_publish).state == "published"
    assert as_shown(an_offer(state="closed"), False).state == "closed"


def test_a_night_that_goes_on_stays_one_when_its_offer_gets_another_title() -> None:
    night = (Window((4,), 1020, 1800, goes_on=True), Window((5,), 360, 540))
    told = (Window((4,), 1020, 1800), night[1])  # as forms and requests tell it
    offer = an_offer(hours=night, unsaid=("days",))
    draft = replace(draft_of(offer), title="夜の仕事", hours=told)
    titled, _ = revise(offer, draft, COMPANY, None, TODAY)
    assert (titled.title, titled.hours, titled.unsaid) == ("夜の仕事", night, ("days",))
    longer = (told[0], Window((5,), 360, 600))
    assert revise(offer, replace(draft, hours=longer), COMPANY, None, TODAY)[0].hours == longer


def test_an_offer_is_said_anew_with_the_companys_answers_over_its_occupations_profile() -> None:
    cook = Occupation("072-01", "調理", {"growth": 0.2, "safety": 0.6}, {})
    draft = replace(draft_of(an_offer()), values={"growth": 0.8}, occupation_code="072-01")
    offer, events = write("ofr_1", COMPANY, draft, cook, NOW)
    assert (offer.state, events) == ("draft", [CHANGED])
    assert offer.values == {"growth": pytest.approx(0.3), "safety": 0.6}
    assert draft_of(offer) == draft
    shown, _ = open_draft(offer, COMPANY, TODAY)
    same, events = revise(shown, draft, COMPANY, cook, TODAY)
    assert (same, events) == (shown, [])
    longer, events = revise(shown, replace(draft, title="長い仕事"), COMPANY, None, TODAY)
    assert (longer.title, longer.values, longer.state, events) == (
        "長い仕事", {"growth": 0.8}, "published", [CHANGED]
    )  # fmt: skip
    with pytest.raises(Invalid):
        revise(shown, replace(draft, expires_on=TODAY - timedelta(days=1)), COMPANY, cook, TODAY)
    with pytest.raises(NoLongerOpen):
        revise(end(shown, "filled", NOW)[0], draft, COMPANY, cook, TODAY)
