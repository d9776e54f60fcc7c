"""The plan without a solver: what is due first first, each piece to whom it is worth most among those who can still do it in time."""

from collections.abc import Sequence

import numpy as np

from services.matching.orders.problem import MORE_HOURS, Field
from services.matching.orders.schedule import Job, fits

Pairs = dict[int, int]
"""Piece -> hand."""
AN_HOUR = 100.0
"""What an hour of somebody's time is worth, in points, while there is as much work as there are hours."""


class Loads:
    """What each worker has been given so far."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.allowed = field.allowed
        self.jobs: list[list[Job]] = [[] for _ in field.problem.hands]
        self.given = np.zeros(len(field.problem.hands))
        self.free = [hand.free for hand in field.problem.hands]
        self.total = np.array([sum(free) for free in self.free], dtype=np.float64)
        self.more = np.array([hand.wishes_more for hand in field.problem.hands], dtype=bool)
        demand = sum(piece.hours for piece in field.problem.pieces) * 60
        self.scarce = AN_HOUR * min(demand / max(float(self.total.sum()), 1.0), 1.0)
        self.stretched = 0
        self.pairs: Pairs = {}

    def job(self, piece: int, hand: int) -> Job:
        asked = self.field.problem.pieces[piece]
        return Job(piece, asked.release, asked.due, int(self.field.minutes[piece, hand]))

    def give(self, piece: int, hand: int) -> bool:
        """False when it does not fit beside what they have, or would be one stretch too many."""
        stretch = bool(self.field.stretch[piece, hand])
        if stretch and self.stretched >= self.field.problem.stretch_quota:
            return False
        job = self.job(piece, hand)
        if self.given[hand] + job.minutes > self.total[hand]:
            return False
        if not fits([*self.jobs[hand], job], self.free[hand]):
            return False
        self.jobs[hand].append(job)
        self.given[hand] += job.minutes
        self.stretched += stretch
        self.pairs[piece] = hand
        return True

    def worth(self, piece: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Points of giving it to each worker now, less what their time is worth; minus infinity where a rule is against it."""
        minutes = self.field.minutes[piece]
        share = self.given / np.maximum(self.total, 1.0)
        third = np.minimum((share * len(MORE_HOURS)).astype(np.int64), len(MORE_HOURS) - 1)
        more = np.where(self.more, np.array(MORE_HOURS)[third], 0.0) * minutes / 60
        possible = self.allowed[piece] & (self.given + minutes <= self.total)
        worth = self.field.value[piece] + more - self.scarce * minutes / 60
        found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.where(possible, worth, -np.inf)
        return found


def greedy(field: Field, fixed: Pairs | None = None) -> Loads:
    """`fixed` pairs are given first, pinned pieces before all others."""
    loads = Loads(field)
    for piece, hand in sorted((fixed or {}).items()):
        loads.give(piece, hand)
    fill(loads, in_order(field))
    return loads


def fill(loads: Loads, order: Sequence[int]) -> None:
    """Give whatever can still be given."""
    for piece in order:
        if piece in loads.pairs:
            continue
        worth = loads.worth(piece)
        for hand in np.argsort(-worth, kind="stable"):
            if worth[hand] == -np.inf or loads.give(piece, int(hand)):
                break


def in_order(field: Field) -> list[int]:
    """Pinned ones first, then by due day, then by what an hour of it is worth."""
    pieces = field.problem.pieces
    return sorted(
        range(len(pieces)),
        key=lambda n: (
            pieces[n].pinned is None,
            pieces[n].due,
            -pieces[n].critical,
            -pieces[n].hours,
            pieces[n].task_id,
            pieces[n].number,
        ),
    )


def points(field: Field, pairs: Pairs) -> float:
    """What a plan is worth: its pairs, and hours for those who wish for more."""
    total = sum(float(field.value[piece, hand]) for piece, hand in pairs.items())
    given: dict[int, float] = {}
    for piece, hand in pairs.items():
        given[hand] = given.get(hand, 0.0) + float(field.minutes[piece, hand])
    hands = field.problem.hands
    return total + sum(more_hours(sum(hands[h].free), m) for h, m in given.items() if hands[h].wishes_more)


def more_hours(total: int, given: float) -> float:
    """Points for `given` minutes of the `total` that somebody has who wishes for more: each third is worth less than the one before."""
    third = total / len(MORE_HOURS)
    worth = 0.0
    for n, slope in enumerate(MORE_HOURS):
        worth += slope * min(max(given - n * third, 0.0), third) / 60
    return worth
