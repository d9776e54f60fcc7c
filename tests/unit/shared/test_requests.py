"""What a request is made of: idempotency commands, cursors, the form's origin."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from shared.errors import Forbidden, IdempotencyConflict, Invalid
from shared.http.paging import decode_cursor, encode_cursor
from shared.http.request import address_of, make_command, refuse_foreign_page
from shared.idempotency import Command
from shared.ids import derived_id, new_ulid

KINDS = st.sampled_from([(str,), (int, str), (str, str), (float,), ()])
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
STORABLE = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
BSON_INT = st.integers(-(2**63), 2**63 - 1)


def a_request(method: str = "POST", path: str = "/intake/v1/residents", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": raw,
            "client": ("9.9.9.9", 1),
        }
    )


def command(
    key: str | None = "k", tenant: str = "kyoto", who: str = "key:a", body: bytes = b"{}", **of: Any
) -> Command:
    return make_command(a_request(**of), tenant, who, key, body)


def test_the_same_request_is_the_same_command() -> None:
    assert command() == command()
    assert command().new_id("res") == command().new_id("res")


@pytest.mark.parametrize(
    "other",
    [
        {"key": "k2"}, {"tenant": "kameoka"}, {"who": "key:b"}, {"method": "PUT"}, {"path": "/intake/v1/residents/x"},
        {"tenant": "kyotok", "who": "ey:a"},
    ],
)  # fmt: skip
def test_another_key_tenant_caller_or_operation_is_another_command(other: dict[str, Any]) -> None:
    assert command(**other).key != command().key
    assert command(**other).new_id("res") != command().new_id("res")


def test_without_a_key_every_request_is_one_of_its_own() -> None:
    assert command(key=None).key != command(key=None).key


@pytest.mark.parametrize("key", ["", " ", "\t"])
def test_an_empty_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        command(key=key)


def test_a_document_remembers_the_request_and_refuses_another_body() -> None:
    first = command(body=b'{"a":1}')
    document = {"commands": [command(key="other").as_document(), first.as_document()]}
    assert first.seen_in(document)
    assert not command(key="new").seen_in(document)
    assert not first.seen_in({})
    with pytest.raises(IdempotencyConflict):
        command(body=b'{"a":2}').seen_in(document)


@given(st.lists(TEXT), st.lists(TEXT))
def test_derived_ids_are_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (derived_id("res", *one) == derived_id("res", *other)) == (one == other)
    assert derived_id("res", *one) != derived_id("con", *one)


def test_ulids_are_distinct_and_26_characters_long() -> None:
    made = {new_ulid() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(ulid) for ulid in made} == {26}


@given(st.lists(STORABLE | BSON_INT | st.floats(-1e15, 1e15), max_size=4))
def test_a_cursor_gives_its_values_back(values: list[Any]) -> None:
    cursor = encode_cursor(*values)
    assert decode_cursor(cursor, tuple(type(value) for value in values)) == values
    assert cursor.replace("-", "").replace("_", "").isalnum() or not cursor


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()), KINDS)
def test_a_cursor_of_garbage_is_invalid_and_nothing_else(garbage: str, kinds: tuple[type, ...]) -> None:
    try:
        values = decode_cursor(garbage, kinds)
    except Invalid as error:
        assert error.field == "cursor"
    else:
        assert [type(value) for value in values] == list(kinds)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)


@given(JSON, KINDS)
def test_a_cursor_of_other_values_is_invalid_and_nothing_else(content: Any, kinds: tuple[type, ...]) -> None:
    try:
        values = decode_cursor(cursor_of(json.dumps(content)), kinds)
    except Invalid:
        return
    assert values == content


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("[" * 50_000, (str,)),
        ('["\\ud800"]', (str,)),
        (f"[{2**63}]", (int,)),
        (f"[{-(2**63) - 1}]", (int,)),
        ("[NaN]", (float,)),
        ("[Infinity]", (float,)),
        ("[true]", (int,)),
        ('["a\\u0000b"]', (int,)),
    ],
)
def test_a_cursor_of_values_that_no_document_holds_is_invalid(text: str, kinds: tuple[type, ...]) -> None:
    with pytest.raises(Invalid):
        decode_cursor(cursor_of(text), kinds)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"origin": "http://kyoto.localhost:8080", "host": "kyoto.localhost:8080"}, True),
        ({"origin": "http://kameoka.localhost:8080", "host": "kyoto.localhost:8080"}, False),
        ({"origin": "null", "host": "kyoto.localhost:8080"}, False),
        (
            {"sec_fetch_site": "cross-site", "origin": "http://kyoto.localhost", "host": "kyoto.localhost"},
            False,
        ),
        ({"host": "kyoto.localhost"}, True),
    ],
)
def test_a_form_counts_only_from_our_own_page(headers: dict[str, str], allowed: bool) -> None:
    refuse_foreign_page(a_request("GET", **headers))
    if allowed:
        refuse_foreign_page(a_request("POST", **headers))
    else:
        with pytest.raises(Forbidden):
            refuse_foreign_page(a_request("POST", **headers))


def test_the_callers_address_is_the_one_that_the_gateway_saw() -> None:
    assert address_of(a_request(x_forwarded_for="6.6.6.6, 1.2.3.4")) == "1.2.3.4"
    assert address_of(a_request()) == "9.9.9.9"
