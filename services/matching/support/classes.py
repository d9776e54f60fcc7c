"""Where a comparison turns as one number changes: the limits between classes of answers.

A value is, in one fact x and with everything else known, a line in pieces: a * x + b on each range of x. A comparison then turns where
the difference of two lines crosses zero, or where a piece ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.matching.support.evaluating import Known, looked_up, value_of
from services.matching.support.expression import AnyValue, Compare, Comparison, FactValue, Sum, Table, Times


@dataclass(frozen=True)
class Piece:
    """a * x + b for low <= x <= high."""

    low: int
    high: int
    a: int
    b: int


def cuts_of(comparison: Compare, fact: str, low: int, high: int, known: Known) -> set[int]:
    """Every x with low <= x < high after which the comparison may say something else than at x."""
    left = _pieces(comparison.compare, fact, low, high, known)
    right = _pieces(comparison.to, fact, low, high, known)
    cuts: set[int] = set()
    for one, other in _overlapping(left, right):
        begins, ends = max(one.low, other.low), min(one.high, other.high)
        turning = _turns(one.a - other.a, one.b - other.b, comparison.relation)
        cuts |= {begins - 1, ends, *(cut for cut in turning if begins <= cut < ends)}
    return {cut for cut in cuts if low <= cut < high}


def _pieces(part: AnyValue, fact: str, low: int, high: int, known: Known) -> list[Piece]:
    """The line of a value; where it is not known there is no piece."""
    match part:
        case FactValue(fact=name) if name == fact:
            return [Piece(low, high, 1, 0)]
        case Table(by=name, rows=rows) if name == fact:
            ends = [row.up_to for row in rows if low <= row.up_to < high]
            begins = [low, *(end + 1 for end in ends)]
            ranges = zip(begins, [*ends, high], strict=True)
            return [
                Piece(first, last, 0, value)
                for first, last in ranges
                if (value := looked_up(part, first)) is not None
            ]
        case Times(times=times, value=inner):
            found = _pieces(inner, fact, low, high, known)
            return [Piece(p.low, p.high, times * p.a, times * p.b) for p in found]
        case Sum(parts=parts):
            total = [Piece(low, high, 0, 0)]
            for each in parts:
                total = _added(total, _pieces(each, fact, low, high, known))
            return total
    value = value_of(part, {name: said for name, said in known.items() if name != fact})
    return [] if value is None else [Piece(low, high, 0, value)]


def _overlapping(left: list[Piece], right: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    for one in left:
        for other in right:
            if max(one.low, other.low) <= min(one.high, other.high):
                yield one, other


def _added(left: list[Piece], right: list[Piece]) -> list[Piece]:
    return [
        Piece(max(one.low, other.low), min(one.high, other.high), one.a + other.a, one.b + other.b)
        for one, other in _overlapping(left, right)
    ]


def _turns(a: int, b: int, relation: Comparison) -> set[int]:
    """After which whole numbers the sign that matters of a * x + b changes."""
    if a == 0:
        return set()
    floor = -b // a
    before = floor - 1 if floor * a + b == 0 else floor  # the last whole number before zero is reached
    if relation == "equal":
        return {before, floor}
    falling = a < 0
    at_zero_as_below = relation in ("at_most", "above")
    return {floor if at_zero_as_below != falling else before}
