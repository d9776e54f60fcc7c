"""Who could do what, and how much it would be worth: the problem that a plan answers, in arrays.

A piece is a batch of a task. Points are per hour of work as the task's estimate counts it, so that no piece is passed over for being small or large.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from services.matching.orders.capability import Ability
from services.matching.orders.quality import LOWER

DAYS = 28
IN_TIME, CRITICAL, SOON = 100.0, 50.0, 40.0
QUALITY, CONTINUITY, GROWTH = 40.0, 12.0, 150.0
MORE_HOURS = (24.0, 12.0, 4.0)
"""An hour for somebody who wishes for more: in the first, second and last third of the hours that they have."""
SOON_DAYS = 7.0
LEAST_GROWTH = 0.01
"""How much the lower bound of somebody's quality should be expected to rise for work to be something to grow by."""
BEST_WORKERS, BEST_IDLE, BEST_PIECES = 5, 3, 3
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """`release` and `due` are days of the plan, the first and the last that may be worked on it. `looked_at`: units that will be checked.
    `barred` are not asked, `familiar` have worked on the task or its order. `bar` is the type's."""

    task_id: str
    number: int
    order_id: str
    type: str
    quantity: int
    unit_minutes: float
    release: int
    due: int
    looked_at: int
    bar: float
    critical: bool = False
    skills: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    familiar: frozenset[str] = frozenset()
    pinned: str | None = None

    @property
    def hours(self) -> float:
        """By the task's estimate."""
        return self.quantity * self.unit_minutes / 60

    @property
    def may_stretch(self) -> bool:
        """Not for the client's critical work, and only where every unit is looked at."""
        return not self.critical and self.looked_at >= self.quantity


@dataclass(frozen=True)
class Hand:
    """A worker with the minutes that are left on each day of the plan."""

    resident_id: str
    free: tuple[int, ...]
    skills: frozenset[str] = frozenset()
    wishes_more: bool = False


@dataclass(frozen=True)
class Problem:
    """`stretch_share` of the pieces may go to people who are still growing into them. `abilities` by (worker, type)."""

    first: date
    pieces: tuple[Piece, ...]
    hands: tuple[Hand, ...]
    abilities: Mapping[tuple[str, str], Ability]
    stretch_share: float = 0.1

    @property
    def stretch_quota(self) -> int:
        """Pieces, at least one while the share is not nothing."""
        return math.ceil(self.stretch_share * len(self.pieces))


@dataclass(frozen=True)
class Field:
    """The problem in arrays of shape (pieces, hands): whole planned `minutes`, `value` in points, and the rules that allow a pair.

    `skilled`, `asked` (not barred, the pinned one only where somebody is pinned), `good` (lower bound at the bar, or pinned), `growing` (else,
    but something to grow by), `roomy` (it would fit if they did nothing else).
    """

    problem: Problem
    minutes: NDArray[np.int64]
    value: Floats
    lower: Floats
    growth: Floats
    skilled: Bools
    asked: Bools
    good: Bools
    growing: Bools
    roomy: Bools
    terms: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def allowed(self) -> Bools:
        """Everything that holds for a pair alone."""
        found: Bools = self.skilled & self.asked & (self.good | self.growing) & self.roomy
        return found

    @property
    def stretch(self) -> Bools:
        """Pairs that count against the quota."""
        found: Bools = self.growing & ~self.good
        return found


def field_of(problem: Problem) -> Field:
    """Every rule and every term of every pair."""
    pieces, hands = problem.pieces, problem.hands
    shape = (len(pieces), len(hands))
    ability = _by_type(problem)
    lower, growth, minutes = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for n, piece in enumerate(pieces):
        of_type = ability[piece.type]
        lower[n] = of_type.lower
        minutes[n] = np.ceil(np.maximum(piece.quantity * piece.unit_minutes * of_type.upper, 1.0))
        if piece.may_stretch:  # only where it could count
            growth[n] = of_type.growth(piece.looked_at)
    place = {hand.resident_id: n for n, hand in enumerate(hands)}
    skilled = np.array(
        [[piece.skills <= hand.skills for hand in hands] for piece in pieces], dtype=bool
    ).reshape(shape)
    asked, familiar, pinned = np.ones(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    for n, piece in enumerate(pieces):
        asked[n, _places(place, piece.barred)] = False
        familiar[n, _places(place, piece.familiar)] = True
        if piece.pinned is not None:
            pinned[n, _places(place, [piece.pinned])] = True
            asked[n] &= pinned[n]
    bars = np.array([piece.bar for piece in pieces]).reshape(-1, 1)
    good = (lower >= bars) | pinned
    open_to_growth = np.array([piece.may_stretch for piece in pieces], dtype=bool).reshape(-1, 1)
    growing = open_to_growth & (growth >= LEAST_GROWTH)
    hours = np.array([piece.hours for piece in pieces]).reshape(-1, 1)
    soon = np.array([_soon(piece) for piece in pieces]).reshape(-1, 1)
    terms = {
        "in_time": hours * soon * np.ones(shape),
        "quality": hours * QUALITY * lower,
        "continuity": hours * CONTINUITY * familiar,
        "growth": hours * GROWTH * growth * (growing & ~good),
    }
    value = np.asarray(sum(terms.values()), dtype=np.float64)
    return Field(
        problem, minutes, value, lower, growth, skilled, asked, good, growing, _roomy(problem, minutes), terms
    )


def candidates(found: Field, idle: Bools) -> NDArray[np.int64]:
    """The pairs worth a solver's time, as rows (piece, hand): the best workers of each piece, the best of those who are `idle` (whose time is
    worth the least), and the best pieces of each worker."""
    score = np.where(found.allowed, found.value - 0.2 * found.minutes, -np.inf)
    chosen = np.zeros(score.shape, dtype=bool)
    pieces, hands = score.shape
    if pieces and hands:
        for of, count in ((score, BEST_WORKERS), (np.where(idle, score, -np.inf), BEST_IDLE)):
            best = np.argpartition(-of, min(count, hands) - 1, axis=1)[:, :count]
            np.put_along_axis(chosen, best, True, axis=1)
        best = np.argpartition(-score, min(BEST_PIECES, pieces) - 1, axis=0)[:BEST_PIECES]
        np.put_along_axis(chosen, best, True, axis=0)
    return np.argwhere(chosen & found.allowed)


@dataclass(frozen=True)
class _OfType:
    """Of every worker, for one type of task."""

    alpha: Floats
    beta: Floats
    lower: Floats
    upper: Floats
    """The ratio to the estimate that a plan counts on."""

    def growth(self, checked: int) -> Floats:
        """As `Quality.growth`."""
        mean = self.alpha / (self.alpha + self.beta)
        after: Floats = betaincinv(self.alpha + mean * checked, self.beta + (1 - mean) * checked, LOWER)
        return np.maximum(after - self.lower, 0.0)


def _by_type(problem: Problem) -> dict[str, _OfType]:
    found = {}
    for kind in {piece.type for piece in problem.pieces}:
        own = [problem.abilities[hand.resident_id, kind] for hand in problem.hands]
        alpha = np.array([ability.quality.alpha for ability in own])
        beta = np.array([ability.quality.beta for ability in own])
        upper = np.array([ability.speed.upper for ability in own])
        found[kind] = _OfType(alpha, beta, np.asarray(betaincinv(alpha, beta, LOWER)), upper)
    return found


def _roomy(problem: Problem, minutes: NDArray[np.int64]) -> Bools:
    if not problem.hands:
        return np.zeros(minutes.shape, dtype=bool)
    until = np.cumsum([(0, *hand.free) for hand in problem.hands], axis=1)
    days = until.shape[1] - 1
    room = (
        np.stack(
            [
                until[:, min(piece.due + 1, days)] - until[:, min(piece.release, days)]
                if piece.release <= piece.due
                else np.zeros(len(problem.hands), dtype=until.dtype)
                for piece in problem.pieces
            ]
        )
        if problem.pieces
        else np.zeros(minutes.shape, dtype=np.int64)
    )
    found: Bools = room >= minutes
    return found


def _soon(piece: Piece) -> float:
    return IN_TIME + CRITICAL * piece.critical + SOON * math.exp(-max(piece.due, 0) / SOON_DAYS)


def _places(place: Mapping[str, int], who: Sequence[str] | frozenset[str]) -> list[int]:
    return [place[resident] for resident in who if resident in place]
