"""Problem details: one status per kind of error, in the language that was asked for."""

import json
import string

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request

from shared import errors
from shared.http.problems import HTTP_SLUGS, STATUS, language, problem, status_of
from shared.http.texts import FIELDS_JA, TITLES, field_text


def subclasses(kind: type[errors.Refused]) -> set[type[errors.Refused]]:
    direct = {sub for sub in kind.__subclasses__() if sub.__module__ == "shared.errors"}
    return direct.union(*(subclasses(sub) for sub in direct))


def an(kind: type[errors.Refused]) -> errors.Refused:
    return errors.Invalid("field", "wrong") if kind is errors.Invalid else kind("why")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 422), (errors.Unauthenticated, 401), (errors.Forbidden, 403), (errors.NotFound, 404),
        (errors.Conflict, 409), (errors.StaleVersion, 412), (errors.IdempotencyConflict, 409), (errors.TooMany, 429),
        (errors.Unavailable, 503),
    ],
)  # fmt: skip
def test_every_kind_of_refusal_has_its_status(kind: type[errors.Refused], status: int) -> None:
    assert status_of(an(kind)) == status


def test_every_error_of_the_tree_has_a_status_and_a_title_in_both_languages() -> None:
    for kind in subclasses(errors.Refused):
        assert any(issubclass(kind, known) for known, _ in STATUS), kind
        assert TITLES[kind.slug].keys() == {"ja", "en"}
    for slug in HTTP_SLUGS.values():
        assert slug in TITLES


def test_a_special_case_stands_before_the_general_one() -> None:
    kinds = [kind for kind, _ in STATUS]
    for position, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[position + 1 :]), kind


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "ja"), ("ja", "ja"), ("ja-JP,en;q=0.5", "ja"), ("en", "en"), ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("EN-gb", "en"), (" en", "en"), ("fr,en", "ja"), ("*", "ja"), ("\x00,,;;", "ja"),
    ],
)  # fmt: skip
def test_english_is_spoken_when_it_is_asked_for_first(accept: str, expected: str) -> None:
    assert language(accept) == expected


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_texts_are_in_the_language_that_they_say(lang: str) -> None:
    for slug, titles in TITLES.items():
        plain = all(letter in string.printable for letter in titles[lang])
        assert plain == (lang == "en"), slug


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2, max_length=3, pattern="^[a-z]+$")
    count: int = Field(ge=1, le=5)
    kind: str = Field(default="a")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"count": 1}, "必須の項目です"),
        ({"name": "a", "count": 1}, "2 文字以上にしてください"),
        ({"name": "abcd", "count": 1}, "3 文字以内にしてください"),
        ({"name": "AB", "count": 1}, "形式が正しくありません"),
        ({"name": "ab", "count": 0}, "1 以上にしてください"),
        ({"name": "ab", "count": 9}, "5 以下にしてください"),
        ({"name": "ab", "count": "x"}, "整数にしてください"),
        ({"name": "ab", "count": 1, "more": 1}, "この項目は受け付けていません"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_plain_japanese(body: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(body)
    [wrong] = caught.value.errors()
    assert field_text(wrong["type"], wrong.get("ctx", {}), wrong["msg"], "ja") == text
    assert field_text(wrong["type"], wrong.get("ctx", {}), wrong["msg"], "en") == wrong["msg"]


def test_a_text_that_lacks_its_values_falls_back_to_english() -> None:
    assert field_text("string_too_short", {}, "too short", "ja") == "too short"
    assert field_text("unheard_of", {}, "strange", "ja") == "strange"


def test_field_texts_name_only_values_in_braces() -> None:
    for kind, text in FIELDS_JA.items():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), kind


def a_request(path: str = "/x", accept: str = "ja") -> Request:
    app = Starlette()
    app.state.problem_titles = TITLES
    headers = [(b"accept-language", accept.encode())]
    return Request(
        {"type": "http", "method": "GET", "path": path, "headers": headers, "app": app, "query_string": b""}
    )


def test_a_problem_survives_text_that_is_no_unicode() -> None:
    """JSON can smuggle half a surrogate pair into a field's name; the answer must still be written."""
    answer = problem(
        a_request("/x\ud800"), "invalid", 422, "bad \udfff", [{"field": "a\ud800", "message": "extra"}]
    )
    body = json.loads(bytes(answer.body))
    assert (body["status"], body["errors"][0]["message"]) == (422, "extra")


def test_a_problem_is_written_as_rfc_9457_says() -> None:
    answer = problem(a_request("/intake/v1/residents", "en"), "conflict", 409, "why", extra_member=1)
    assert answer.media_type == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    assert json.loads(bytes(answer.body)) == {
        "type": "https://banso.example/problems/conflict",
        "title": TITLES["conflict"]["en"],
        "status": 409,
        "detail": "why",
        "instance": "/intake/v1/residents",
        "extra_member": 1,
    }
