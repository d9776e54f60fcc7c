"""What is said never depends on what is unknown."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.matching.support.evaluating import judge, truth_of
from services.matching.support.expression import AnyTruth, Expression
from services.matching.support.truth import Truth, all_of, any_of, at_least, negated
from tests.unit.matching.support.made import (
    TODAY,
    a_condition,
    a_programme,
    completions,
    expressions,
    plain_rules,
    rules_for,
    situations,
)

READ: TypeAdapter[AnyTruth] = TypeAdapter(Expression)
TRUTHS: tuple[Truth, ...] = (True, False, None)
truths = st.sampled_from(TRUTHS)


def test_the_connectives_are_those_of_kleenes_strong_logic() -> None:
    """Each against its meaning: what holds however the unknown ones turn out."""

    def meant(connective: Any, parts: tuple[Truth, ...]) -> Truth:
        outcomes = {
            connective(list(filled))
            for filled in itertools.product(*((p,) if p is not None else (True, False) for p in parts))
        }
        return outcomes.pop() if len(outcomes) == 1 else None

    for parts in itertools.chain.from_iterable(itertools.product(TRUTHS, repeat=n) for n in (1, 2, 3)):
        assert all_of(parts) is meant(all, parts)
        assert any_of(parts) is meant(any, parts)
        for count in range(1, len(parts) + 1):
            assert at_least(count, parts) is meant(lambda given, k=count: sum(given) >= k, parts)
    assert [negated(t) for t in TRUTHS] == [False, True, None]


@given(st.lists(truths, min_size=1, max_size=5))
def test_de_morgan_holds(parts: list[Truth]) -> None:
    assert negated(all_of(parts)) is any_of([negated(p) for p in parts])
    assert negated(any_of(parts)) is all_of([negated(p) for p in parts])


@given(expressions, situations)
@settings(max_examples=150, deadline=None)
def test_a_yes_or_no_from_partial_answers_holds_for_every_completion(when: Any, known: Any) -> None:
    expression = READ.validate_python(when)
    said = truth_of(expression, known)
    if said is not None:
        assert all(truth_of(expression, full) is said for full in completions(known))


@given(expressions, situations, situations)
@settings(max_examples=300, deadline=None)
def test_more_answers_never_turn_a_yes_to_a_no_nor_take_it_back(when: Any, known: Any, more: Any) -> None:
    expression = READ.validate_python(when)
    before, after = truth_of(expression, known), truth_of(expression, {**more, **known})
    assert before is None or after is before


@given(expressions, situations)
def test_a_negation_says_the_opposite_and_is_unknown_with_it(when: Any, known: Any) -> None:
    expression, opposite = READ.validate_python(when), READ.validate_python({"not": when})
    assert truth_of(opposite, known) is negated(truth_of(expression, known))


def test_nothing_known_is_never_a_yes_for_what_needs_to_be_known() -> None:
    for result in judge(rules_for({"fact": "lost_job"}, {"not": {"fact": "lost_job"}}), {}, TODAY):
        assert result.truth is None


def test_a_limit_of_or_less_holds_at_the_limit_and_less_than_does_not() -> None:
    at_limit = {"income": 3}
    for how, holds in {
        "at_most": True,
        "below": False,
        "at_least": True,
        "above": False,
        "equal": True,
    }.items():
        when = {
            "compare": {"fact": "income"},
            "is": how,
            "to": {"amount": 3, "what": "gross_income", "of": "household", "per": "month"},
        }
        assert truth_of(READ.validate_python(when), at_limit) is holds


def test_a_condition_out_of_its_time_says_nothing_and_the_programme_is_no_yes() -> None:
    lost = a_condition({"fact": "lost_job"})
    over = a_condition({"fact": "alone"}, valid_until="2026-11-30")
    not_yet = a_condition({"fact": "alone"}, valid_from="2026-12-02")
    for late in (over, not_yet):
        rules = rules_for({"fact": "lost_job"}).model_validate(plain_rules(a_programme(lost, late)))
        result = judge(rules, {"lost_job": True, "alone": True}, TODAY)[0]
        assert result.truth is None
        assert [one.standing for one in result.deciding] != ["in_force"]
        assert result.open_facts == ()
        assert judge(rules, {"lost_job": False}, TODAY)[0].truth is False


def test_the_last_day_of_validity_still_counts() -> None:
    last = a_condition({"fact": "lost_job"}, valid_until=TODAY.isoformat())
    rules = rules_for({"fact": "lost_job"}).model_validate(plain_rules(a_programme(last)))
    assert judge(rules, {"lost_job": True}, TODAY)[0].truth is True


def test_the_deciding_conditions_are_those_that_made_it_so() -> None:
    rules = rules_for({"fact": "lost_job"}).model_validate(
        plain_rules(a_programme(a_condition({"fact": "lost_job"}), a_condition({"fact": "alone"})))
    )
    result = judge(rules, {"lost_job": True, "alone": False}, TODAY)[0]
    assert [one.condition.id for one in result.deciding] == ["c1"]
    result = judge(rules, {"lost_job": True}, TODAY)[0]
    assert ([one.condition.id for one in result.deciding], result.open_facts) == (["c1"], ("alone",))
