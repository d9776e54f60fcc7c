"""What to ask next: the fact whose answer is expected to settle most programmes.

    settles(f) = the mean over the classes c of f of (programmes that are undecided now and decided once f is in c)

A class is a set of answers between which no condition can tell: yes and no, each option, and for a number the ranges between the limits
at which a condition turns, given what else is known. Each class counts the same: nothing is assumed about who asks. The expectation is
worked out by judging every class, with fractions, so that the same situation always leads to the same question. Of facts that settle
as much, the one that more undecided programmes wait for comes first, then the one that is declared first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.matching.support.classes import cuts_of
from services.matching.support.evaluating import Known, Result, judge, judge_programme
from services.matching.support.expression import Compare, compares_of
from services.matching.support.rules import AnyFact, ChoiceFact, Programme, Rules, YesNoFact

Answer = bool | int | str


@dataclass(frozen=True)
class Next:
    """`settles`: how many programmes an answer is expected to settle."""

    fact: AnyFact
    settles: Fraction
    waiting: int


def next_question(rules: Rules, known: Known, passed: frozenset[str], today: date) -> Next | None:
    """None when no answer could settle anything any more. What the person `passed` over is not asked again."""
    undecided = [result for result in judge(rules, known, today) if result.truth is None]
    wanted = {fact for result in undecided for fact in result.open_facts} - passed
    asked = [_weighed(fact, undecided, known, today) for fact in rules.facts if fact.id in wanted]
    # max keeps the first of equals, and facts are in declared order
    return max(asked, key=lambda one: (one.settles, one.waiting), default=None)


def _weighed(fact: AnyFact, undecided: list[Result], known: Known, today: date) -> Next:
    waiting = [result.programme for result in undecided if fact.id in result.open_facts]
    classes = representatives(fact, waiting, known, today)
    settled = sum(
        judge_programme(programme, {**known, fact.id: answer}, today).truth is not None
        for answer in classes
        for programme in waiting
    )
    return Next(fact, Fraction(settled, len(classes)), len(waiting))


def representatives(fact: AnyFact, programmes: list[Programme], known: Known, today: date) -> list[Answer]:
    """One answer of every class of the fact, as the conditions of these programmes that are in force tell them apart."""
    if isinstance(fact, YesNoFact):
        return [True, False]
    if isinstance(fact, ChoiceFact):
        return [option.id for option in fact.options]
    cuts = {
        cut
        for comparison in _compares(programmes, today)
        for cut in cuts_of(comparison, fact.id, fact.lowest, fact.highest, known)
    }
    return [fact.lowest, *(cut + 1 for cut in sorted(cuts))]


def _compares(programmes: list[Programme], today: date) -> Iterator[Compare]:
    for programme in programmes:
        for condition in programme.conditions:
            if condition.standing(today) == "in_force":
                yield from compares_of(condition.when)
