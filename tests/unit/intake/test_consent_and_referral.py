"""Consent covers agencies x purpose x time; a referral moves draft -> sent -> acknowledged | declined and never back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.consent import LASTS, Consent, grant, withdraw
from services.intake.referral import (
    ConsentMissing,
    Referral,
    ReferralClosed,
    acknowledge,
    decline,
    send,
    visible_fields,
)
from shared.errors import Invalid
from tests.harness import a_tenant

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONSENT = Consent("cns_1", "res_1", "support", ("agency-1",), ("note", "language"), NOW, NOW + LASTS)
DRAFT = Referral("ref_1", "res_1", "agency-1", "cns_1", "note", NOW)


def test_consent_names_agencies_that_the_municipality_has() -> None:
    tenant = a_tenant("sample-a")
    made, (event,) = grant("cns_1", "res_1", tenant, "support", ["sample-agency"] * 2, ["note", "note"], NOW)
    assert (made.agencies, made.scope, made.expires_at) == (("sample-agency",), ("note",), NOW + LASTS)
    assert event.model_dump()["basis"] == "consent"
    with pytest.raises(Invalid) as refused:
        grant("cns_1", "res_1", tenant, "support", ["sample-agency", "nobody"], ["note"], NOW)
    assert refused.value.field == "agencies.1"


def test_a_consent_taken_back_is_taken_back_once() -> None:
    taken_back, events = withdraw(CONSENT, NOW)
    assert (taken_back.live_at(NOW), len(events)) == (False, 1)
    assert withdraw(taken_back, NOW + timedelta(days=1)) == (taken_back, [])


@pytest.mark.parametrize(
    "consent",
    [
        replace(CONSENT, withdrawn_at=NOW),
        replace(CONSENT, expires_at=NOW),
        replace(CONSENT, agencies=("agency-2",)),
        replace(CONSENT, purpose="follow_up"),
        replace(CONSENT, resident_id="res_2"),
    ],
)
def test_nothing_is_sent_without_a_consent_that_covers_it(consent: Consent) -> None:
    with pytest.raises(ConsentMissing):
        send(DRAFT, consent, NOW)


def test_a_sent_referral_shows_what_was_consented_to_while_it_is() -> None:
    sent, (event,) = send(DRAFT, CONSENT, NOW)
    assert (sent.state, event.model_dump()["consent_id"]) == ("sent", "cns_1")
    assert visible_fields(sent, CONSENT, NOW) == {"note", "language"}
    assert visible_fields(sent, CONSENT, NOW + LASTS) == frozenset()
    assert visible_fields(sent, replace(CONSENT, withdrawn_at=NOW), NOW) == frozenset()


def test_a_referral_is_answered_once_and_only_after_it_was_sent() -> None:
    sent, _ = send(DRAFT, CONSENT, NOW)
    acknowledged, _ = acknowledge(sent, NOW)
    declined, _ = decline(sent, "capacity", NOW)
    assert (acknowledged.state, declined.state, declined.reason) == ("acknowledged", "declined", "capacity")
    for referral in (DRAFT, acknowledged, declined):
        with pytest.raises(ReferralClosed):
            acknowledge(referral, NOW)
        with pytest.raises(ReferralClosed):
            decline(referral, "other", NOW)
    for referral in (sent, acknowledged, declined):
        with pytest.raises(ReferralClosed):
            send(referral, CONSENT, NOW)
