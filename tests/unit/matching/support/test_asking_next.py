"""The next question is the one whose answer settles most, always the same one, and asking comes to an end."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.support.asking import next_question, representatives
from services.matching.support.evaluating import judge
from services.matching.support.rules import AmountFact, CountFact
from tests.unit.matching.support.made import (
    DOMAINS,
    INCOME,
    TODAY,
    a_condition,
    a_programme,
    expressions,
    plain_rules,
    rules_for,
    situations,
)

several = st.lists(expressions, min_size=1, max_size=3).map(lambda whens: rules_for(*whens))


@given(several, situations, st.sampled_from(["income", "gift", "people"]))
@settings(max_examples=200, deadline=None)
def test_between_two_answers_of_one_class_no_programme_can_tell(rules: Any, known: Any, name: str) -> None:
    known = {fact: value for fact, value in known.items() if fact != name}
    fact = rules.by_id[name]
    assert isinstance(fact, AmountFact | CountFact)
    starts = representatives(fact, list(rules.programmes), known, TODAY)
    assert starts[0] == fact.lowest
    current: Any = None
    for value in DOMAINS[name]:
        said = [result.truth for result in judge(rules, {**known, name: value}, TODAY)]
        if value in starts:
            current = said
        assert said == current


@given(several, situations)
@settings(max_examples=150, deadline=None)
def test_what_a_question_is_expected_to_settle_is_the_mean_over_its_classes(rules: Any, known: Any) -> None:
    asked = next_question(rules, known, frozenset(), TODAY)
    if asked is None:
        return
    before = [result.truth for result in judge(rules, known, TODAY)]
    classes = representatives(
        asked.fact,
        [r.programme for r in judge(rules, known, TODAY) if asked.fact.id in r.open_facts],
        known,
        TODAY,
    )
    settled = [
        sum(
            was is None and now.truth is not None
            for was, now in zip(before, judge(rules, {**known, asked.fact.id: answer}, TODAY), strict=True)
        )
        for answer in classes
    ]
    assert asked.settles == Fraction(sum(settled), len(classes))


@given(several, st.data())
@settings(max_examples=100, deadline=None)
def test_asking_ends_with_nothing_left_to_say(rules: Any, data: st.DataObject) -> None:
    known: dict[str, Any] = {}
    passed: set[str] = set()
    for _ in range(len(DOMAINS) + 1):
        asked = next_question(rules, known, frozenset(passed), TODAY)
        if asked is None:
            break
        assert asked.fact.id not in known
        assert asked.fact.id not in passed
        answer = data.draw(st.none() | st.sampled_from(DOMAINS[asked.fact.id]))
        if answer is None:
            passed.add(asked.fact.id)
        else:
            known[asked.fact.id] = answer
    else:
        raise AssertionError("asked more than there is to ask")
    if not passed:
        tables = {"people"}
        left = [result for result in judge(rules, known, TODAY) if result.truth is None]
        assert all(not set(result.open_facts) - tables for result in left)


@given(several, situations)
@settings(max_examples=50, deadline=None)
def test_the_same_situation_leads_to_the_same_question(rules: Any, known: Any) -> None:
    backwards = dict(reversed(list(known.items())))
    assert next_question(rules, known, frozenset(), TODAY) == next_question(
        rules, backwards, frozenset(), TODAY
    )


def test_the_question_that_settles_more_is_asked_first() -> None:
    rules = rules_for({"fact": "alone"}, {"fact": "lost_job"}, {"not": {"fact": "lost_job"}})
    asked = next_question(rules, {}, frozenset(), TODAY)
    assert asked is not None
    assert (asked.fact.id, asked.settles) == ("lost_job", Fraction(2))
    asked = next_question(rules, {"lost_job": True}, frozenset(), TODAY)
    assert asked is not None
    assert asked.fact.id == "alone"


def test_of_equal_questions_the_one_declared_first_is_asked() -> None:
    asked = next_question(rules_for({"fact": "alone"}, {"fact": "lost_job"}), {}, frozenset(), TODAY)
    assert asked is not None
    assert asked.fact.id == "lost_job"


def test_what_only_together_settles_something_is_still_asked() -> None:
    limit = {"table": "people", "rows": [{"up_to": 1, "value": 1}], "beyond": 3, "as": INCOME}
    rules = rules_for({"compare": {"fact": "income"}, "is": "at_most", "to": limit})
    asked = next_question(rules, {}, frozenset(), TODAY)
    assert asked is not None
    assert (asked.fact.id, asked.settles) == ("income", Fraction(0))
    following = next_question(rules, {"income": 2}, frozenset(), TODAY)
    assert following is not None
    assert (following.fact.id, following.settles) == ("people", Fraction(1))


def test_what_was_passed_over_is_not_asked_again() -> None:
    rules = rules_for({"any": [{"fact": "lost_job"}, {"fact": "alone"}]})
    assert next_question(rules, {}, frozenset({"lost_job", "alone"}), TODAY) is None


def test_nothing_is_asked_for_a_condition_whose_time_is_over() -> None:
    over = a_condition({"fact": "alone"}, valid_until="2026-11-30")
    rules = rules_for({"fact": "alone"}).model_validate(plain_rules(a_programme(over)))
    assert next_question(rules, {}, frozenset(), TODAY) is None
