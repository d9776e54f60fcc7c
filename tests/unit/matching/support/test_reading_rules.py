"""What can be uploaded: every fault is named by its path, kinds never meet, and what is kept is what was read."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.routes.support_views import fault_texts
from services.matching.support.checking import faults_of
from services.matching.support.places import lines_of
from services.matching.support.reading import TOLD, Faulty, message_of, read_rules, restored, write_rules
from services.matching.support.rules import Rules
from tests.unit.matching.support.made import (
    FACTS,
    INCOME,
    OTHER,
    a_condition,
    a_programme,
    amount,
    amounts,
    expressions,
    plain_rules,
)

WHEN = "programmes.0.conditions.0.when"
LOST = {"fact": "lost_job"}
SAMPLE = Path(__file__).parents[4] / "deploy/local/sample/support-rules.yaml"


def faults(given_rules: Any) -> dict[str, str]:
    """Path -> code."""
    with pytest.raises(Faulty) as caught:
        read_rules(json.dumps(given_rules).encode())
    for fault in caught.value.faults:
        assert message_of(fault, "ja")
        assert message_of(fault, "en")
    return {fault.path: fault.code for fault in caught.value.faults}


def wrong(when: Any, facts: list[dict[str, Any]] | None = None) -> dict[str, str]:
    """The faults of one expression, with facts that other conditions need left aside."""
    found = faults(plain_rules(a_programme(a_condition(when)), facts=facts))
    return {path: code for path, code in found.items() if code != "not_needed"}


@given(expressions)
@settings(max_examples=150, deadline=None)
def test_what_is_well_formed_is_accepted_and_kept_as_it_is(when: Any) -> None:
    rules = Rules.model_validate(plain_rules(a_programme(a_condition(when))))
    assert {fault.code for fault in faults_of(rules)} <= {"not_needed"}
    assert restored(write_rules(rules)) == rules


def test_yaml_says_the_same_as_json() -> None:
    plain = plain_rules(a_programme(a_condition(LOST)), facts=FACTS[:1])
    text = yaml.safe_dump(plain, allow_unicode=True).encode()
    assert read_rules(text) == read_rules(json.dumps(plain).encode())


@given(
    amounts,
    st.sampled_from(
        [OTHER, {**INCOME, "per": "year"}, {**INCOME, "of": "person"}, {**INCOME, "what": "rent"}]
    ),
)
@settings(max_examples=60, deadline=None)
def test_amounts_of_different_kinds_can_be_neither_compared_nor_added(
    value: Any, kind: dict[str, str]
) -> None:
    foreign = {"amount": 1, **kind}
    compared = {"compare": value, "is": "at_most", "to": foreign}
    assert wrong(compared) == {f"{WHEN}.to": "mixed_kinds"}
    added = {"compare": {"sum": [value, foreign]}, "is": "at_most", "to": amount(1)}
    assert wrong(added) == {f"{WHEN}.compare.sum.1": "mixed_kinds"}


def test_people_and_years_are_no_money() -> None:
    people = {"compare": {"fact": "people"}, "is": "at_most", "to": amount(3)}
    assert wrong(people) == {f"{WHEN}.to": "mixed_kinds"}
    ages = {"sum": [{"count": 1, "unit": "years_old"}, {"count": 2, "unit": "years_old"}]}
    assert wrong({"compare": ages, "is": "at_most", "to": ages}) == {
        f"{WHEN}.compare.sum": "never_added",
        f"{WHEN}.to.sum": "never_added",
    }


def test_what_one_holds_comes_neither_by_the_month_nor_by_the_year() -> None:
    held = {"amount": 1, "what": "assets", "of": "household", "per": "month"}
    assert wrong({"compare": held, "is": "at_most", "to": held}) == {
        f"{WHEN}.compare.per": "held_or_flowing",
        f"{WHEN}.to.per": "held_or_flowing",
    }
    fact = {
        "id": "x",
        "ask": "amount",
        "question": "いくらですか",
        "what": "rent",
        "of": "household",
        "per": "at_one_time",
    }
    assert (
        faults(plain_rules(a_programme(a_condition(LOST)), facts=[FACTS[0], fact]))["facts.1.per"]
        == "held_or_flowing"
    )


@pytest.mark.parametrize(
    ("when", "path", "code"),
    [
        ({"fact": "nothing"}, ".fact", "unknown_fact"),
        ({"fact": "income"}, ".fact", "other_use"),
        ({"all": [LOST, {"fact": "home"}]}, ".all.1.fact", "other_use"),
        ({"not": {"choice": "home", "one_of": ["castle"]}}, ".not.one_of.0", "unknown_option"),
        ({"choice": "lost_job", "one_of": ["yes"]}, ".choice", "other_use"),
        ({"at_least": 3, "of": [LOST, LOST]}, ".at_least", "more_than_there_are"),
        ({"any": [{"fakt": "lost_job"}]}, ".any.0", "form"),
        ({"all": []}, ".all", "too_short"),
        ({"compare": {"fact": "income"}, "is": "less", "to": amount(1)}, ".is", "literal_error"),
        ({"compare": {"fact": "income"}, "is": "below", "to": {"amount": -1, **INCOME}}, ".to.amount", "greater_than_equal"),
        ({"compare": {"fact": "income"}, "is": "below", "to": {"amount": 1.5, **INCOME}}, ".to.amount", "int_type"),
        ({"compare": {"fact": "income"}, "is": "below", "to": {"amount": 1}}, ".to.what", "missing"),
        ({"compare": {"fact": "income"}, "is": "below", "to": {"table": "people", "as": INCOME, "rows": [
            {"up_to": 2, "value": 1}, {"up_to": 2, "value": 3}]}}, ".to.rows.1.up_to", "not_rising"),
        ({"compare": {"fact": "income"}, "is": "below", "to": {"table": "income", "as": INCOME, "rows": [
            {"up_to": 2, "value": 1}]}}, ".to.table", "other_use"),
    ],
)  # fmt: skip
def test_a_fault_in_an_expression_is_named_by_its_path(when: Any, path: str, code: str) -> None:
    assert wrong(when)[WHEN + path] == code


def test_a_fault_is_told_with_its_line_in_yaml_and_json_alike() -> None:
    rules = plain_rules(a_programme(a_condition({"fact": "nothing"})), facts=FACTS[:1])
    for text in (
        yaml.safe_dump(rules, allow_unicode=True, sort_keys=False),
        json.dumps(rules, indent=2, ensure_ascii=False),
    ):
        with pytest.raises(Faulty) as caught:
            read_rules(text.encode())
        (fault,) = (one for one in caught.value.faults if one.code == "unknown_fact")
        assert "nothing" in text.splitlines()[fault.line - 1]


@pytest.mark.parametrize(
    ("path", "line"), [("a", 1), ("b.1", 4), ("b.1.c", 5), ("b.7.c", 2), ("nowhere", 0), ("", 0)]
)
def test_a_path_is_followed_as_far_as_it_goes(path: str, line: int) -> None:
    assert lines_of("a: 1\nb:\n- x\n- d: 2\n  c: 3\n", [path]) == [line]


def test_every_fault_is_told_at_once() -> None:
    condition = a_condition(
        LOST, valid_until="2026-03-01", source={"title": "見本", "url": "https://x.example"}
    )
    found = faults(plain_rules({**a_programme(condition), "nmae": "x"}))
    assert found["programmes.0.conditions.0.source.checked_on"] == "missing"
    assert found["programmes.0.nmae"] == "extra_forbidden"
    twice = plain_rules(
        a_programme(a_condition(LOST, valid_until="2026-03-01")),
        a_programme(a_condition(LOST)),
        facts=[FACTS[0], FACTS[0]],
    )
    assert faults(twice) == {
        "facts.1.id": "twice",
        "programmes.1.id": "twice",
        "programmes.0.conditions.0.valid_until": "ends_before",
    }


def test_of_very_many_faults_the_first_are_told_with_how_many_more_and_the_text_is_read_once_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    compose = yaml.compose

    def counted(text: str, **how: Any) -> Any:
        read.append(text)
        return compose(text, **how)

    monkeypatch.setattr(yaml, "compose", counted)
    body = json.dumps(plain_rules(a_programme(a_condition({"all": []})), facts=[{"id": "x"}] * 70), indent=1)
    with pytest.raises(Faulty) as caught:
        read_rules(body.encode())
    faulty = caught.value
    assert (len(faulty.faults), faulty.more > 0, len(read)) == (TOLD, True, 1)
    assert all(fault.line for fault in faulty.faults)
    assert fault_texts(faulty, "ja")[TOLD:] == [("", f"ほかに{faulty.more}か所あります")]


def test_more_limits_than_can_be_tried_against_each_other_are_refused() -> None:
    def of(count: int) -> bytes:
        parts = [{"compare": {"fact": "income"}, "is": "below", "to": amount(n)} for n in range(count)]
        whens = [{"any": parts[n : n + 20]} for n in range(0, count, 20)]
        conditions = [a_condition(when) for when in whens]
        programmes = [a_programme(*conditions[n : n + 10], id=f"p{n}") for n in range(0, len(conditions), 10)]
        return json.dumps(plain_rules(*programmes, facts=[FACTS[3]])).encode()

    assert len(read_rules(of(600)).programmes) == 3
    with pytest.raises(Faulty) as refused:
        read_rules(of(620))
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("programmes", "too_many_limits")]
    assert "600" in message_of(refused.value.faults[0], "ja")


def test_nothing_is_asked_that_no_condition_needs() -> None:
    found = faults(plain_rules(a_programme(a_condition(LOST)), facts=FACTS[:2]))
    assert found == {"facts.1.id": "not_needed"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe", "not_text"),
        (b"name: [", "not_yaml"),
        (b"name: 2026-02-30", "not_yaml"),
        (b"a: &x [1]\nb: *x", "alias"),
        (b"[" * 200 + b"]" * 200, "too_deep"),
        (b"name: a\nname: b", "key_twice"),
        (b"x" * 300_000, "too_large"),
        (b"!!python/object:os.system {}", "not_yaml"),
        (b"{[a]: 1}", "not_yaml"),
        (b"[1]", "model_type"),
        (b"", "nothing"),
        (b" \n", "nothing"),
        (b"\xff", "not_text"),
    ],
)
def test_a_text_that_is_no_rule_set_is_refused_kindly(text: bytes, code: str) -> None:
    with pytest.raises(Faulty) as caught:
        read_rules(text)
    assert caught.value.faults[0].code == code


def test_the_sample_rules_can_be_used_and_say_of_everything_that_it_is_made_up() -> None:
    rules = read_rules(SAMPLE.read_bytes())
    assert rules.sample
    assert all("見本" in programme.name for programme in rules.programmes)
    sources = [c.source for programme in rules.programmes for c in programme.conditions]
    assert all("見本" in s.title and s.url.startswith("https://sample-a.example/") for s in sources)
