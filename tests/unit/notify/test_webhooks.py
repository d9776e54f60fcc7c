"""Webhooks: addresses, endpoints, signatures, the schedule of deliveries."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.notify import delivery as rules
from services.notify import endpoint as endpoints
from services.notify.address import check_url, is_public
from services.notify.delivery import SCHEDULE, Answer, Delivery
from services.notify.endpoint import Endpoint, Secret
from services.notify.posting import retry_after
from services.notify.signing import new_secret, signed_headers
from shared.clock import system_now
from shared.errors import Invalid
from shared.events.envelope import Event
from shared.events.notify import EndpointDisabled, WebhookDelivered, WebhookFailed
from shared.trace import Trace

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
SENT = "banso.intake.referral.sent.v1"
CONFIRMED = "banso.booking.appointment.confirmed.v1"


def an_endpoint(**fields: object) -> Endpoint:
    base = Endpoint("kyoto", "whe_1", "https://a.example/", (SENT,), None, (Secret("one"),), NOW)
    return replace(base, **fields)  # type: ignore[arg-type]


def a_delivery(tries: int = 1) -> Delivery:
    made = Delivery("kyoto", "whd_1", "whe_1", None, "e1", SENT, "res_1", "{}", Trace("c1"), NOW, due_at=NOW)
    return replace(made, tries=tries)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "::ffff:10.0.0.1", "240.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://db.internal/x",
        "https://intranet/", "ftp://partner.example/", "https://", "https://a b.example/", "https://u:p@partner.example/",
        "https://partner.example/#x", "https://パートナー.example/", "https://partner.example:99999/", "https://[1:2/", "",
        "https://10.0.0.8:8443/hook", "https://partner.example/\u0000",
    ],
)  # fmt: skip
def test_urls_that_are_not_public_https_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_url(url, allow_private=False)
    assert caught.value.field == "url"


def test_a_public_https_url_is_taken_and_a_private_one_where_it_is_allowed() -> None:
    for url in ("https://partner.example/hooks?x=1", "https://8.8.8.8:8443/"):
        assert check_url(url, allow_private=False) == url
    assert check_url("http://127.0.0.1:8191/webhooks", allow_private=True)


def test_an_agency_hears_only_of_what_names_it() -> None:
    agencys = an_endpoint(agency_id="agency-1")
    assert agencys.wants(SENT, "agency-1")
    assert not agencys.wants(SENT, "agency-2")
    assert not agencys.wants(SENT, None)
    assert an_endpoint().wants(SENT, "agency-2")
    assert not an_endpoint(enabled=False).wants(SENT, None)
    assert not an_endpoint(deleted=True).wants(SENT, None)


def test_an_agency_cannot_ask_for_what_does_not_concern_it() -> None:
    assert endpoints.check_events((CONFIRMED, CONFIRMED), None) == (CONFIRMED,)
    with pytest.raises(Invalid) as caught:
        endpoints.check_events((SENT, CONFIRMED), "agency-1")
    assert caught.value.field == "events.1"


def test_both_secrets_sign_for_a_day_after_a_rotation() -> None:
    rotated = endpoints.rotate(an_endpoint(), "two", NOW)
    assert [s.sealed for s in endpoints.signing(rotated, NOW + timedelta(hours=23))] == ["two", "one"]
    assert [s.sealed for s in endpoints.signing(rotated, NOW + timedelta(hours=25))] == ["two"]


def test_a_second_rotation_does_not_lengthen_the_life_of_the_first_secret() -> None:
    rotated = endpoints.rotate(an_endpoint(), "two", NOW)
    rotated = endpoints.rotate(rotated, "three", NOW + timedelta(hours=12))
    later = NOW + timedelta(hours=25)
    assert [s.sealed for s in endpoints.signing(rotated, later)] == ["three", "two"]


def test_disabling_tells_once_and_deleting_forgets_the_secrets() -> None:
    off, events = endpoints.disable(an_endpoint(), "gone")
    assert events == [EndpointDisabled(endpoint_id="whe_1", reason="gone")]
    assert endpoints.disable(off, "failing") == (off, [])
    assert endpoints.enable(off).enabled
    gone, _ = endpoints.delete(an_endpoint())
    assert (gone.deleted, gone.secrets) == (True, ())


def test_every_key_signs_and_the_library_verifies_each() -> None:
    keys, now = [new_secret(), new_secret()], system_now()
    headers = signed_headers("e1", now, '{"a":"日"}', keys)
    for key in keys:
        assert Webhook(key).verify('{"a":"日"}', headers) == {"a": "日"}
    assert len(headers["webhook-signature"].split(" ")) == 2


@given(st.integers(1, len(SCHEDULE)), st.floats(0, 0.999))
def test_the_schedule_is_the_standards_with_at_most_a_quarter_more(tries: int, jitter: float) -> None:
    later, events = rules.answered(a_delivery(tries), Answer(500), NOW, jitter)
    assert later.due_at is not None
    assert SCHEDULE[tries - 1] <= later.due_at - NOW < SCHEDULE[tries - 1] * 1.25
    assert (later.state, events) == ("pending", [])


def test_the_schedule_has_eight_attempts() -> None:
    delivery, states = a_delivery(0), []
    for _ in range(8):
        delivery, _ = rules.answered(rules.begin(delivery, NOW), Answer(None, "timeout"), NOW, 0)
        states.append(delivery.state)
    assert states == ["pending"] * 7 + ["failed"]
    assert len(delivery.attempts) == 8


def test_success_and_the_last_failure_are_told() -> None:
    _, events = rules.answered(a_delivery(), Answer(204), NOW, 0)
    assert isinstance(events[0], WebhookDelivered)
    _, events = rules.answered(a_delivery(len(SCHEDULE) + 1), Answer(500), NOW, 0)
    assert isinstance(events[0], WebhookFailed)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 500, 503])
def test_anything_but_success_is_tried_again(status: int) -> None:
    assert rules.answered(a_delivery(), Answer(status), NOW, 0)[0].state == "pending"


def test_gone_ends_at_once() -> None:
    assert rules.answered(a_delivery(), Answer(410), NOW, 0)[0].state == "failed"


def test_retry_after_lengthens_a_wait_within_reason() -> None:
    slow = Answer(429, retry_after=timedelta(minutes=10))
    assert rules.answered(a_delivery(), slow, NOW, 0)[0].due_at == NOW + timedelta(minutes=10)
    forever = Answer(503, retry_after=timedelta(days=300))
    assert rules.answered(a_delivery(), forever, NOW, 0)[0].due_at == NOW + rules.MAX_WAIT


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("120") == timedelta(minutes=2)
    ahead = retry_after((datetime.now(UTC) + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT"))
    assert ahead is not None
    assert timedelta(minutes=59) < ahead <= timedelta(hours=1)
    assert [retry_after(text) for text in ("", "soon", "-5", "9" * 30)] == [None] * 4


def test_a_restarted_delivery_has_the_whole_schedule_before_it() -> None:
    failed, _ = rules.give_up(a_delivery(8), NOW)
    again = rules.restart(failed, NOW)
    assert (again.state, again.tries, again.due_at, again.event_id) == ("pending", 0, NOW, "e1")


def test_the_payload_is_thin() -> None:
    event = Event(
        id="01J00000000000000000000000", source="/intake", type=SENT, subject="ref_1", time=NOW, tenantid="kyoto",
        sequence=1, correlationid="c1", data={"resident_id": "res_1", "referral_id": "ref_1"},
    )  # fmt: skip
    assert json.loads(rules.thin(event)) == {
        "type": SENT,
        "timestamp": "2026-12-01T03:00:00+00:00",
        "data": {"resident_id": "res_1", "referral_id": "ref_1"},
    }
    with pytest.raises(ValueError, match="too large"):
        rules.thin(event.model_copy(update={"data": {"x": "y" * 20_000}}))
