"""Reading LINE's webhooks."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator

from services.intake.line import raw_events, read_event, resident_of, signature_fits


def sign(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@given(st.text(max_size=200), st.sampled_from(["right", "other", "none", "nonsense"]))
def test_we_accept_the_signatures_that_the_official_sdk_accepts_and_no_other(body: str, kind: str) -> None:
    raw = body.encode("utf-8", "ignore")
    signature = {
        "right": sign("channel", raw),
        "other": sign("another", raw),
        "none": "",
        "nonsense": "bm9uc2Vuc2U=",
    }[kind]
    ours = signature_fits("channel", raw, signature)
    assert ours == SignatureValidator("channel").validate(raw.decode(), signature)
    assert ours == (kind == "right")


def event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "webhookEventId": "e1",
        "timestamp": 1_700_000_000_123,
        "source": {"type": "user", "userId": "U1"},
        "message": {"type": "text", "id": "m1", "text": "こんにちは"},
        **fields,
    }


def test_a_text_is_read_with_its_time_to_the_millisecond() -> None:
    read = read_event(event())
    assert (read.kind, read.text, read.message_id) == ("text", "こんにちは", "m1")
    assert read.at.isoformat() == "2023-11-14T22:13:20.123000+00:00"


@pytest.mark.parametrize(
    ("fields", "wants"),
    [
        ({"message": {"type": "text", "text": " 相談する\n"}}, True),
        ({"type": "postback", "postback": {"data": "consult"}}, True),
        ({"type": "postback", "postback": {"data": "相談する"}}, False),
        ({"message": {"type": "text", "text": "相談するのが怖い"}}, False),
    ],
)
def test_a_tap_or_its_very_words_ask_for_the_chat_page(fields: dict[str, Any], wants: bool) -> None:
    assert read_event(event(**fields)).wants_to_consult is wants


def test_a_resident_is_the_same_in_one_municipality_and_another_in_the_next() -> None:
    assert resident_of("a", "key", "U1") == resident_of("a", "key", "U1")
    assert len({resident_of(t, k, u) for t in "ab" for k in ("k1", "k2") for u in ("U1", "U2")}) == 8


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["type", "source", "message", "postback", "unsend", "timestamp", "replyToken"]),
        json_values,
    )
)
def test_any_event_can_be_read(fields: dict[str, Any]) -> None:
    read_event({"webhookEventId": "e1", **fields}).text.encode()


@given(st.binary(max_size=60))
def test_any_body_has_events_or_none(body: bytes) -> None:
    assert isinstance(raw_events(body), list)


def test_half_a_character_becomes_a_whole_one() -> None:
    assert read_event(event(message={"type": "text", "text": "\ud83d"})).text.encode()
