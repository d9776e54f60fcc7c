"""Which programmes go by what is known: yes, no, or not to be said yet, with the conditions that decide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.matching.support.expression import (
    All,
    Amount,
    AnyOf,
    AnyTruth,
    AnyValue,
    AtLeast,
    Chosen,
    Compare,
    Comparison,
    Count,
    FactTruth,
    FactValue,
    Not,
    Sum,
    Table,
    Times,
    facts_of,
)
from services.matching.support.rules import Condition, Programme, Rules, Standing
from services.matching.support.truth import Truth, all_of, any_of, at_least, negated

Known = Mapping[str, bool | int | str]
"""What is known, by the fact's id: a truth, a whole number, or the id of an option."""


@dataclass(frozen=True)
class Judged:
    """One condition. A condition that is not in force says nothing, whatever is known. `open_facts` could still say something."""

    condition: Condition
    truth: Truth
    standing: Standing
    open_facts: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """`truth` is yes only when every condition is, and every one of them is in force."""

    programme: Programme
    truth: Truth
    conditions: tuple[Judged, ...]

    @property
    def deciding(self) -> tuple[Judged, ...]:
        """The conditions because of which it is what it is."""
        return tuple(judged for judged in self.conditions if judged.truth is self.truth)

    @property
    def open_facts(self) -> tuple[str, ...]:
        """What could still be answered, each once; nothing once it is decided."""
        if self.truth is not None:
            return ()
        return tuple(dict.fromkeys(fact for judged in self.conditions for fact in judged.open_facts))


def judge(rules: Rules, known: Known, today: date) -> tuple[Result, ...]:
    """Every programme, in the rule set's order, as of `today` (Asia/Tokyo)."""
    return tuple(judge_programme(programme, known, today) for programme in rules.programmes)


def judge_programme(programme: Programme, known: Known, today: date) -> Result:
    judged = tuple(_judge(condition, known, today) for condition in programme.conditions)
    return Result(programme, all_of([one.truth for one in judged]), judged)


def _judge(condition: Condition, known: Known, today: date) -> Judged:
    standing = condition.standing(today)
    if standing != "in_force":
        return Judged(condition, None, standing, ())
    open_facts = tuple(dict.fromkeys(open_in(condition.when, known)))
    return Judged(condition, truth_of(condition.when, known), standing, open_facts)


def truth_of(part: AnyTruth, known: Known) -> Truth:
    """What can be said for certain."""
    match part:
        case FactTruth(fact=fact):
            said = known.get(fact)
            return said if isinstance(said, bool) else None
        case Chosen(choice=fact, one_of=options):
            return known[fact] in options if fact in known else None
        case Compare(compare=left, relation=relation, to=right):
            return compared(value_of(left, known), relation, value_of(right, known))
        case All(parts=parts):
            return all_of([truth_of(each, known) for each in parts])
        case AnyOf(parts=parts):
            return any_of([truth_of(each, known) for each in parts])
        case Not(part=inner):
            return negated(truth_of(inner, known))
        case AtLeast(count=count, parts=parts):
            return at_least(count, [truth_of(each, known) for each in parts])


def value_of(part: AnyValue, known: Known) -> int | None:
    """A whole number; None when it is not known."""
    match part:
        case FactValue(fact=fact):
            said = known.get(fact)
            return said if isinstance(said, int) else None
        case Amount(amount=number) | Count(count=number):
            return number
        case Times(times=times, value=inner):
            value = value_of(inner, known)
            return None if value is None else times * value
        case Sum(parts=parts):
            values = [value_of(each, known) for each in parts]
            return None if None in values else sum(v for v in values if v is not None)
        case Table(by=by):
            key = known.get(by)
            return looked_up(part, key) if isinstance(key, int) else None


def looked_up(table: Table, key: int) -> int | None:
    """The value of the first row that reaches as far as `key`."""
    return next((row.value for row in table.rows if key <= row.up_to), table.beyond)


_HOLDS: Final[Mapping[Comparison, frozenset[int]]] = {
    "below": frozenset({-1}),
    "at_most": frozenset({-1, 0}),
    "equal": frozenset({0}),
    "at_least": frozenset({0, 1}),
    "above": frozenset({1}),
}


def compared(left: int | None, relation: Comparison, right: int | None) -> Truth:
    """以下 (at_most) holds at the limit itself, 未満 (below) does not."""
    if left is None or right is None:
        return None
    return (left > right) - (left < right) in _HOLDS[relation]


def open_in(part: AnyTruth, known: Known) -> Iterator[str]:
    """Facts that are not known and in a part that is not decided."""
    if truth_of(part, known) is not None:
        return
    match part:
        case All(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for each in parts:
                yield from open_in(each, known)
        case Not(part=inner):
            yield from open_in(inner, known)
        case FactTruth() | Chosen() | Compare():
            yield from (fact for fact in facts_of(part) if fact not in known)
