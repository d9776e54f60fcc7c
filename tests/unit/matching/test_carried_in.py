"""How an offer of a list begins: as it stood where the list comes from, and open only where it was open."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.matching.exchange import OFFERS, changed_offer, offer_of_row, offer_row
from services.matching.exchange_csv import read_csv, write_csv
from services.matching.offer import Offer
from services.matching.offer_life import ENDED, REASONS, carried_in
from services.matching.registration import STANDINGS, Registration, Standing
from shared.clock import TOKYO
from shared.events.matching.catalogue import OfferPublished
from tests.unit.matching.builders import NOW, whole_offers
from tests.unit.matching.test_exchange import COMPANY, ROW, sheet

TODAY = NOW.astimezone(TOKYO).date()


@given(whole_offers, st.sampled_from(STANDINGS))
def test_in_an_empty_place_an_offer_stands_as_it_stood_and_only_published_ones_open(
    offer: Offer, standing: Standing
) -> None:
    company = replace(COMPANY, registration=Registration(standing))
    (row,) = read_csv(write_csv([offer_row(offer, "K1")], OFFERS), OFFERS).rows
    draft = offer_of_row(row.values, offer.id, company, NOW)
    begun = carried_in(draft, company, row.values["state"], row.values["closed_on"], TODAY, NOW)
    if begun is None:
        assert offer.state in ("published", "paused")
        assert offer.expires_on is not None and offer.expires_on < TODAY
        return
    made, events = begun
    hidden = offer.state in ("published", "paused") and standing != "approved"
    assert made.state == ("draft" if hidden else offer.state)
    opened = any(isinstance(event, OfferPublished) for event in events)
    assert opened == (made.state in ("published", "paused"))
    assert (made.closing_reason, made.closed_at is None) == (REASONS.get(made.state), made.state not in ENDED)
    if made.state in ENDED and offer.closed_at:
        assert made.closed_at is not None
        assert made.closed_at.astimezone(TOKYO).date() == offer.closed_at.astimezone(TOKYO).date()
    stays = replace(made, state=offer.state, closed_at=offer.closed_at)
    assert offer_row(stays, "K1") == {**offer_row(offer, "K1"), "source_id": made.source_id}


def test_a_list_that_says_nothing_of_states_opens_its_offers_as_before() -> None:
    (row,) = read_csv(sheet(ROW), OFFERS).rows
    begun = carried_in(offer_of_row(row.values, "ofr_1", COMPANY, NOW), COMPANY, None, None, TODAY, NOW)
    assert begun is not None
    assert begun[0].state == "published"


def test_how_an_offer_that_is_held_stands_is_not_a_lists_affair() -> None:
    offer = offer_of_row(read_csv(sheet(ROW), OFFERS).rows[0].values, "ofr_1", COMPANY, NOW)
    (row,) = read_csv(sheet({**ROW, "state": "closed", "closed_on": "2026-11-01"}), OFFERS).rows
    assert changed_offer(offer, row.values) is None
    (row,) = read_csv(sheet({**ROW, "industry_code": "Ｅ09", "workplace_id": "wpl_1"}), OFFERS).rows
    assert changed_offer(offer, row.values) == replace(offer, industry_code="E09", workplace_id="wpl_1")
