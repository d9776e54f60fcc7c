"""What pydantic cannot see: facts that exist, kinds that may meet, nothing asked that no condition needs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from services.matching.support.expression import (
    All,
    Amount,
    AnyOf,
    AnyTruth,
    AnyValue,
    AtLeast,
    Chosen,
    Compare,
    Count,
    FactTruth,
    FactValue,
    Not,
    Sum,
    Table,
    Times,
    compares_of,
    facts_of,
)
from services.matching.support.kinds import AmountKind, AnyKind, CountKind
from services.matching.support.rules import (
    AmountFact,
    AnyFact,
    ChoiceFact,
    Condition,
    CountFact,
    Rules,
    YesNoFact,
    kind_of,
)

MOST_LIMITS = 600
"""Comparisons, and rows of tables in them: what is asked next is found by trying every one of them against all the others."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """`path` leads to what is wrong, e.g. `programmes.0.conditions.2.when.to`; `code` and `facts` make the message. `line` of the text, from
    1; 0 where the message names it, or there is none."""

    path: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    line: int = 0


def faults_of(rules: Rules) -> list[Fault]:
    """Everything that is wrong with a rule set whose form is right; empty when it may be used."""
    found = [*_twice(rules), *_facts(rules), *_too_many(rules)]
    for number, programme in enumerate(rules.programmes):
        for place, condition in enumerate(programme.conditions):
            path: Path = ("programmes", number, "conditions", place)
            found += _dates(condition, path)
            found += _truth(condition.when, (*path, "when"), rules.by_id)
    return found


def _fault(path: Path, code: str, **facts: Any) -> Fault:
    return Fault(".".join(map(str, path)), code, facts)


def _twice(rules: Rules) -> Iterator[Fault]:
    named: list[tuple[Path, Sequence[str]]] = [
        (("facts",), [fact.id for fact in rules.facts]),
        (("programmes",), [programme.id for programme in rules.programmes]),
    ]
    for number, programme in enumerate(rules.programmes):
        named.append((("programmes", number, "conditions"), [c.id for c in programme.conditions]))
    for number, fact in enumerate(rules.facts):
        if isinstance(fact, ChoiceFact):
            named.append((("facts", number, "options"), [option.id for option in fact.options]))
    for path, ids in named:
        for one, count in Counter(ids).items():
            if count > 1:
                last = len(ids) - 1 - list(reversed(ids)).index(one)
                yield _fault((*path, last, "id"), "twice", id=one)


def _facts(rules: Rules) -> Iterator[Fault]:
    conditions = [c for programme in rules.programmes for c in programme.conditions]
    needed = {fact for condition in conditions for fact in facts_of(condition.when)}
    for number, fact in enumerate(rules.facts):
        if fact.id not in needed:
            yield _fault(("facts", number, "id"), "not_needed", id=fact.id)
        if isinstance(fact, AmountFact | CountFact) and fact.lowest >= fact.highest:
            yield _fault(("facts", number, "highest"), "no_range")
        kind = _made(fact)
        if isinstance(kind, str):
            yield _fault(("facts", number, "per"), kind)


def _too_many(rules: Rules) -> Iterator[Fault]:
    conditions = [condition for programme in rules.programmes for condition in programme.conditions]
    compared = [one for condition in conditions for one in compares_of(condition.when)]
    limits = sum(1 + _rows(one.compare) + _rows(one.to) for one in compared)
    if limits > MOST_LIMITS:
        yield _fault(("programmes",), "too_many_limits", count=limits, most=MOST_LIMITS)


def _rows(part: AnyValue) -> int:
    match part:
        case Table(rows=rows):
            return len(rows)
        case Sum(parts=parts):
            return sum(map(_rows, parts))
        case Times(value=inner):
            return _rows(inner)
    return 0


def _made(fact: AnyFact) -> AnyKind | str | None:
    try:
        return kind_of(fact)
    except ValueError:
        return "held_or_flowing"


def _dates(condition: Condition, path: Path) -> Iterator[Fault]:
    if condition.valid_until < condition.valid_from:
        yield _fault((*path, "valid_until"), "ends_before")


def _truth(part: AnyTruth, path: Path, facts: dict[str, AnyFact]) -> Iterator[Fault]:
    match part:
        case FactTruth(fact=fact):
            yield from _is_a(fact, YesNoFact, (*path, "fact"), facts)
        case Chosen(choice=fact, one_of=options):
            yield from _chosen(fact, options, path, facts)
        case Compare():
            yield from _compare(part, path, facts)
        case Not(part=inner):
            yield from _truth(inner, (*path, "not"), facts)
        case All(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            name = type(part).model_fields["parts"].alias or ""
            if isinstance(part, AtLeast) and part.count > len(parts):
                yield _fault((*path, "at_least"), "more_than_there_are", count=len(parts))
            for number, each in enumerate(parts):
                yield from _truth(each, (*path, name, number), facts)


def _is_a(
    fact: str, wanted: type[Any] | tuple[type[Any], ...], path: Path, facts: dict[str, AnyFact]
) -> Iterator[Fault]:
    known = facts.get(fact)
    if known is None:
        yield _fault(path, "unknown_fact", id=fact)
    elif not isinstance(known, wanted):
        yield _fault(path, "other_use", id=fact, ask=known.ask)


def _chosen(fact: str, options: Sequence[str], path: Path, facts: dict[str, AnyFact]) -> Iterator[Fault]:
    yield from _is_a(fact, ChoiceFact, (*path, "choice"), facts)
    known = facts.get(fact)
    if isinstance(known, ChoiceFact):
        offered = {option.id for option in known.options}
        for number, option in enumerate(options):
            if option not in offered:
                yield _fault((*path, "one_of", number), "unknown_option", id=option)


def _compare(part: Compare, path: Path, facts: dict[str, AnyFact]) -> Iterator[Fault]:
    found: list[Fault] = []
    left = _value(part.compare, (*path, "compare"), facts, found)
    right = _value(part.to, (*path, "to"), facts, found)
    yield from found
    if left is not None and right is not None and left != right:
        yield _fault((*path, "to"), "mixed_kinds", one=left.text, other=right.text)


def _value(part: AnyValue, path: Path, facts: dict[str, AnyFact], found: list[Fault]) -> AnyKind | None:
    """The kind of a value; None when something about it is wrong, which is then in `found`."""
    match part:
        case FactValue(fact=fact):
            return _kind_of_fact(fact, (*path, "fact"), facts, found)
        case Amount(what=what, of=of, per=per):
            try:
                return AmountKind(what=what, of=of, per=per)
            except ValueError:
                found.append(_fault((*path, "per"), "held_or_flowing"))
        case Count(unit=unit):
            return CountKind(unit=unit)
        case Times(value=inner):
            kind = _value(inner, (*path, "value"), facts, found)
            return _added(kind, (*path, "times"), found)
        case Sum():
            return _sum(part, path, facts, found)
        case Table(by=by, rows=rows, kind=kind):
            found += _is_a(by, CountFact, (*path, "table"), facts)
            ends = [row.up_to for row in rows]
            found += [
                _fault((*path, "rows", n + 1, "up_to"), "not_rising")
                for n, (one, following) in enumerate(pairwise(ends))
                if following <= one
            ]
            return kind
    return None


def _kind_of_fact(fact: str, path: Path, facts: dict[str, AnyFact], found: list[Fault]) -> AnyKind | None:
    wrong = list(_is_a(fact, (AmountFact, CountFact), path, facts))
    found += wrong
    kind = None if wrong else _made(facts[fact])
    return None if isinstance(kind, str) else kind


def _sum(part: Sum, path: Path, facts: dict[str, AnyFact], found: list[Fault]) -> AnyKind | None:
    kinds = [_value(each, (*path, "sum", n), facts, found) for n, each in enumerate(part.parts)]
    known = [(n, kind) for n, kind in enumerate(kinds) if kind is not None]
    if len(known) < len(kinds):
        return None
    first = known[0][1]
    for number, kind in known[1:]:
        if kind != first:
            found.append(_fault((*path, "sum", number), "mixed_kinds", one=first.text, other=kind.text))
            return None
    return _added(first, (*path, "sum"), found)


def _added(kind: AnyKind | None, path: Path, found: list[Fault]) -> AnyKind | None:
    if kind is not None and not kind.can_be_added:
        found.append(_fault(path, "never_added", one=kind.text))
        return None
    return kind
