"""Token, list, pages, release: the rules of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.hellowork.reading import Unreadable
from services.matching.hellowork.session import is_open, lists_of, opens_at, token_of, until_release, was_last
from shared.clock import TOKYO

NOON = datetime(2026, 12, 1, 12, tzinfo=TOKYO)
REPLY = b"<?xml version='1.0' encoding='UTF-8'?><root><token> sample-token-1 </token></root>"


def test_a_token_is_good_for_the_rest_of_its_day() -> None:
    token = token_of(REPLY, NOON)
    assert token.text == "sample-token-1"
    assert token.good(NOON + timedelta(hours=11, minutes=59))
    assert not token.good(NOON + timedelta(hours=12))
    assert until_release(NOON) == timedelta(hours=12)


@pytest.mark.parametrize(
    "body", [b"", b"<root/>", b"<root><token/></root>", b"<root><token>sample-token-1</token><token>sample-token-2</token></root>",
             b"<root><token>a b</token></root>", b"<!DOCTYPE root><root><token>sample-token-1</token></root>"],
)  # fmt: skip
def test_a_reply_without_one_token_is_unreadable_and_is_not_repeated(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        token_of(body, NOON)
    assert "sample-token" not in str(caught.value)


def test_lists_come_once_each_and_in_their_order() -> None:
    body = b"<root><kyujin><data><data_id>M2</data_id></data><data><data_id>M1</data_id></data><data><data_id>M2</data_id></data></kyujin></root>"
    assert lists_of(body) == ("M2", "M1")
    assert lists_of(b"<root><kyujin/></root>") == ()


@pytest.mark.parametrize("said", ["../auth", "a/b", "a b", "x" * 41])
def test_an_id_that_would_lead_elsewhere_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        lists_of(f"<root><data_id>{said}</data_id></root>".encode())


@given(st.binary(max_size=200))
def test_no_reply_does_worse_than_unreadable(body: bytes) -> None:
    for read in (lists_of, lambda b: token_of(b, NOON)):
        try:
            read(body)
        except Unreadable:
            pass


@pytest.mark.parametrize(("hour", "expected"), [(0, False), (5, False), (6, True), (23, True)])
def test_the_service_sleeps_from_midnight_to_six(hour: int, expected: bool) -> None:
    now = NOON.replace(hour=hour, minute=59)
    assert is_open(now) == expected
    assert is_open(opens_at(now))
    assert opens_at(now) == (now if expected else NOON.replace(hour=6))


def test_a_page_that_is_not_full_is_the_last() -> None:
    assert was_last(999)
    assert not was_last(1000)
