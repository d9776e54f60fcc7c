"""Templates: filling placeholders, a municipality's own words, the built-in catalogue."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.catalogue import CATALOGUE, LANGUAGES, MAY_USE
from services.notify.template import (
    KEPT_VERSIONS,
    UnknownPlaceholder,
    UnknownTemplate,
    choose,
    reword,
)
from services.notify.texts import MissingPersonalisation, Text, compose, fill, placeholders
from shared.errors import Invalid

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_a_placeholder_is_replaced_by_its_value() -> None:
    assert fill("((name))さん、((day))に", {"name": "見本", "day": "水曜"}) == "見本さん、水曜に"


def test_what_a_value_contains_is_not_read_as_a_placeholder() -> None:
    assert fill("((a))", {"a": "((b))", "b": "secret"}) == "((b))"


@pytest.mark.parametrize(
    ("flag", "shown"), [("yes", True), ("true", True), ("no", False), ("", False), ("いいえ", False)]
)
def test_a_flag_shows_its_text_or_not(flag: str, shown: bool) -> None:
    assert fill("a((urgent??（急ぎ）))b", {"urgent": flag}) == ("a（急ぎ）b" if shown else "ab")


def test_a_flags_text_may_hold_placeholders_and_parentheses() -> None:
    text = "((link?? (see ((link)))))."
    assert fill(text, {"link": "https://a.example/(x)"}) == " (see https://a.example/(x))."
    assert fill(text, {"link": ""}) == "."


def test_parentheses_around_a_placeholder_stay() -> None:
    assert fill("(((hours)))", {"hours": "9-17"}) == "(9-17)"


def test_everything_that_is_missing_is_named() -> None:
    with pytest.raises(MissingPersonalisation) as caught:
        fill("((a)) ((flag??((b)))) ((c))", {"a": "1"})
    assert caught.value.names == ("flag", "b", "c")
    assert caught.value.field == "personalisation.flag"


def test_a_subject_is_one_line() -> None:
    filled = compose(Text("((a))", "x"), {"a": "one\r\nBcc: two"})
    assert filled.subject == "one Bcc: two"


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=30), min_size=1))
def test_every_value_given_appears_as_it_is(values: dict[str, str]) -> None:
    template = "|".join(f"(({name}))" for name in values)
    assert fill(template, values) == "|".join(values.values())
    assert placeholders(template) == tuple(values)


def test_own_words_have_versions_and_go_before_the_built_in_ones() -> None:
    own = reword(None, "kyoto", "appointment.confirmed", "ja", Text("s", "一"), "key:k", NOW)
    own = reword(own, "kyoto", "appointment.confirmed", "ja", Text("s", "二"), "key:k", NOW)
    assert [w.version for w in own.wordings] == [1, 2]
    assert choose("appointment.confirmed", "ja", own).text.body == "二"
    assert choose("appointment.confirmed", "ja", own, 1).text.body == "一"
    assert choose("appointment.confirmed", "ja", own, 0).text == CATALOGUE["ja"]["appointment.confirmed"].text


def test_own_words_of_a_built_in_template_keep_its_buttons() -> None:
    own = reword(None, "kyoto", "line.greeting", "ja", Text("s", "b"), "key:k", NOW)
    assert [a.postback for a in choose("line.greeting", "ja", own).actions] == ["consult"]


def test_own_words_may_not_need_what_nothing_fills() -> None:
    with pytest.raises(UnknownPlaceholder) as caught:
        reword(None, "kyoto", "appointment.confirmed", "ja", Text("s", "((name))様"), "key:k", NOW)
    assert caught.value.field == "body"
    reword(None, "kyoto", "desk.news", "ja", Text("s", "((name))様"), "key:k", NOW)


def test_a_template_needs_a_name_of_the_right_form() -> None:
    with pytest.raises(Invalid):
        reword(None, "kyoto", "No Name", "ja", Text("s", "b"), "key:k", NOW)


def test_only_so_many_versions_are_kept() -> None:
    own = None
    for number in range(KEPT_VERSIONS + 3):
        own = reword(own, "kyoto", "desk.news", "ja", Text("s", str(number)), "key:k", NOW)
    assert own is not None
    assert (len(own.wordings), own.version) == (KEPT_VERSIONS, KEPT_VERSIONS + 3)


def test_a_template_that_nobody_has_is_unknown() -> None:
    with pytest.raises(UnknownTemplate):
        choose("desk.news", "ja", None)


def test_every_built_in_template_is_there_in_every_language_with_the_same_placeholders_and_buttons() -> None:
    for language in LANGUAGES:
        assert set(CATALOGUE[language]) == set(MAY_USE)
    for name, template in CATALOGUE["ja"].items():
        other = CATALOGUE["en"][name]
        assert set(placeholders(template.text.body)) == set(placeholders(other.text.body)), name
        assert [a.postback for a in template.actions] == [a.postback for a in other.actions], name
        assert set(template.defaults) == set(other.defaults), name
        assert all(len(action.label) <= 20 for action in (*template.actions, *other.actions)), name
