"""What a resident has said for the guide to support programmes. わからない and 言いたくない are answers, and every answer can be taken back.

An answer remembers what it was about: when a later rule set asks for another kind of amount under the same name, the old answer says
nothing any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from services.matching.support.rules import (
    AmountFact,
    AnyFact,
    ChoiceFact,
    CountFact,
    Rules,
    YesNoFact,
    kind_of,
)
from shared.errors import Invalid

Said = Literal["known", "not_known", "not_said"]
Value = bool | int | str


@dataclass(frozen=True)
class Answer:
    """`about` is the signature of the fact at that time; `value` is None unless it is known."""

    said: Said
    about: str
    value: Value | None = None


Answers = Mapping[str, Answer]
NOTHING: Answers = MappingProxyType({})


def signature(fact: AnyFact) -> str:
    """Equal as long as an answer means the same."""
    kind = kind_of(fact)
    if kind is not None:
        return f"{fact.ask} {kind.model_dump_json()}"
    return fact.ask


def put(
    answers: Answers,
    rules: Rules,
    values: Mapping[str, Any],
    *,
    not_known: Iterable[str] = (),
    not_said: Iterable[str] = (),
    take_back: Iterable[str] = (),
) -> Answers:
    """The answers with these added. Raises Invalid for what the rule set does not ask or the fact does not admit."""
    changed = dict(answers)
    for fact_id, value in values.items():
        fact = _fact(rules, fact_id, f"answers.{fact_id}")
        changed[fact_id] = Answer("known", signature(fact), _admitted(fact, value))
    for place, fact_id in enumerate(not_known):
        changed[fact_id] = Answer("not_known", signature(_fact(rules, fact_id, f"not_known.{place}")))
    for place, fact_id in enumerate(not_said):
        changed[fact_id] = Answer("not_said", signature(_fact(rules, fact_id, f"not_said.{place}")))
    for fact_id in take_back:
        changed.pop(fact_id, None)
    # what no present rule needs is not kept any longer
    return {fact_id: answer for fact_id, answer in changed.items() if _stands(rules, fact_id, answer)}


def known(answers: Answers, rules: Rules) -> dict[str, Value]:
    """What the rules may go by."""
    return {
        fact_id: answer.value
        for fact_id, answer in answers.items()
        if answer.value is not None and _stands(rules, fact_id, answer)
    }


def passed(answers: Answers, rules: Rules) -> frozenset[str]:
    """What the person does not know or does not want to say: it is not asked again."""
    return frozenset(
        fact_id
        for fact_id, answer in answers.items()
        if answer.value is None and _stands(rules, fact_id, answer)
    )


def admits(fact: AnyFact, value: Any) -> bool:
    """Whether `value` can be an answer."""
    match fact:
        case YesNoFact():
            return isinstance(value, bool)
        case ChoiceFact(options=options):
            return value in [option.id for option in options]
        case AmountFact() | CountFact():
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and fact.lowest <= value <= fact.highest


def _fact(rules: Rules, fact_id: str, path: str) -> AnyFact:
    fact = rules.by_id.get(fact_id)
    if fact is None:
        raise Invalid(path, "nothing asks for this")
    return fact


def _admitted(fact: AnyFact, value: Any) -> Value:
    if not admits(fact, value):
        raise Invalid(f"answers.{fact.id}", _expected(fact))
    admitted: Value = value
    return admitted


def _expected(fact: AnyFact) -> str:
    if isinstance(fact, ChoiceFact):
        return f"one of {', '.join(option.id for option in fact.options)}"
    if isinstance(fact, YesNoFact):
        return "true or false"
    return f"a whole number from {fact.lowest} to {fact.highest}"


def _stands(rules: Rules, fact_id: str, answer: Answer) -> bool:
    fact = rules.by_id.get(fact_id)
    if fact is None or answer.about != signature(fact):
        return False
    return answer.value is None or admits(fact, answer.value)
