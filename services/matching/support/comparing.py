"""What another version of the rules would change, on made-up situations that are the same every time.

A situation is drawn fact by fact from the classes that the rules tell apart, now and then left unanswered. Nobody's real answers are used.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.matching.support.answers import admits
from services.matching.support.asking import Answer, representatives
from services.matching.support.evaluating import judge
from services.matching.support.rules import Rules
from services.matching.support.truth import Truth

Situation = Mapping[str, Answer]
UNANSWERED = 8
"""One fact in so many is left unanswered."""


@dataclass(frozen=True)
class Difference:
    """A programme by id. `counted`: how many situations went from what to what, changes only; None where a version lacks it."""

    programme: str
    name: str
    new: bool
    gone: bool
    counted: Mapping[tuple[Truth, Truth], int]
    example: Situation | None

    @property
    def changes(self) -> int:
        return sum(self.counted.values())


def situations(old: Rules | None, new: Rules, count: int, today: date) -> list[Situation]:
    """`count` situations, of what either version asks."""
    both = [rules for rules in (new, old) if rules is not None]
    return [_situation(both, number, today) for number in range(count)]


def differences(
    old: Rules | None, new: Rules, made: Sequence[Situation], today: date
) -> tuple[Difference, ...]:
    """Programme by programme, the new version's first; those that change nothing are left out."""
    before = [_truths(old, situation, today) if old else {} for situation in made]
    after = [_truths(new, situation, today) for situation in made]
    names = {p.id: p.name for rules in (old, new) if rules for p in rules.programmes}
    order = [p.id for rules in (new, old) if rules for p in rules.programmes]
    found = []
    for programme in dict.fromkeys(order):
        is_new = old is None or all(p.id != programme for p in old.programmes)
        gone = all(p.id != programme for p in new.programmes)
        counted: Counter[tuple[Truth, Truth]] = Counter()
        example = None
        for situation, was, now in zip(made, before, after, strict=True):
            if not (is_new or gone) and was[programme] is not now[programme]:
                counted[was[programme], now[programme]] += 1
                example = example or situation
        if is_new or gone or counted:
            found.append(Difference(programme, names[programme], is_new, gone, counted, example))
    return tuple(found)


def _truths(rules: Rules, situation: Situation, today: date) -> dict[str, Truth]:
    fitting = {
        fact: answer
        for fact, answer in situation.items()
        if fact in rules.by_id and admits(rules.by_id[fact], answer)
    }
    return {result.programme.id: result.truth for result in judge(rules, fitting, today)}


def _situation(versions: Sequence[Rules], number: int, today: date) -> Situation:
    made: dict[str, Answer] = {}
    programmes = [programme for rules in versions for programme in rules.programmes]
    for rules in versions:
        for fact in rules.facts:
            if fact.id in made:
                continue
            lot = _lot(number, fact.id)
            classes = representatives(fact, programmes, made, today)
            if lot % UNANSWERED:
                made[fact.id] = classes[lot // UNANSWERED % len(classes)]
    return made


def _lot(number: int, fact: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{number}|{fact}".encode()).digest()[:8], "big")
