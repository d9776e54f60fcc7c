"""Making a plan within a time limit: the quick plan always, the solver's when it is better; and how far from the best possible it is, at most."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from services.matching.orders.greedy import Loads, Pairs, fill, greedy, in_order, points
from services.matching.orders.problem import Field, Problem, candidates, field_of
from services.matching.orders.programme import SURE, Ints, Programme, Relaxed
from services.matching.orders.schedule import Days, schedule

PRICED_PER_PIECE, KEPT_PER_PIECE, ROUNDS = 6, 5, 4
TIGHT = 0.002
"""When the bound is so near to the relaxation over the chosen pairs, there is nothing more to look for."""
RELAX_SHARE, FIRST_SHARE, LAST_SHARE = 0.55, 0.7, 0.93
"""Of the time, until when the relaxation and its bound are looked for, and the first whole pairs; what remains is for improving them."""
WHOLE = 4_000
"""More pairs than so many that the relaxation leaves open are not looked at all at once."""
AT_ONCE, LEAST_AT_ONCE = 60, 8
"""Workers at a time: those who have about so many pieces, and no fewer than so many."""
TURN, LONGEST_TURN = 0.12, 0.4
"""Seconds: longer than that, and it is fewer workers at the next turn; and when a turn is broken off."""
IDLE = 0.7
"""Who has so little of their time taken by the quick plan is idle."""
ENOUGH = 0.005
"""Nearer to the bound than this is not worth anybody's waiting."""


@dataclass(frozen=True)
class Placement:
    """A piece given to a worker: by index, with planned minutes by day of the plan."""

    piece: int
    hand: int
    minutes: int
    days: Days
    stretch: bool


@dataclass(frozen=True)
class Plan:
    """`bound`: no plan is worth more; infinite when time was too short for one. `greedy` is what the quick plan was worth."""

    placements: tuple[Placement, ...]
    objective: float
    bound: float
    greedy: float
    method: Literal["greedy", "solver"]
    seconds: float = 0.0

    @property
    def gap(self) -> float | None:
        """Of the bound, what the plan might be short of it at most; None when there is no bound."""
        if not np.isfinite(self.bound):
            return None
        return max(1 - self.objective / self.bound, 0.0) if self.bound > 0 else 0.0


@dataclass(frozen=True)
class Made:
    plan: Plan
    field: Field


def make_plan(problem: Problem, seconds: float) -> Made:
    """A plan in about `seconds`. Deterministic as long as the time limit is not met."""
    began = time.perf_counter()
    field = field_of(problem)
    quick = greedy(field)
    best, method, bound = quick, "greedy", float("inf")
    if field.allowed.any():
        fixed = {p: h for p, h in quick.pairs.items() if problem.pieces[p].pinned is not None}
        found, bound = _solve(field, quick, fixed, began, seconds)
        if found and points(field, found.pairs) > points(field, quick.pairs):
            best, method = found, "solver"
    else:
        bound = 0.0
    plan = Plan(
        _placements(best),
        points(field, best.pairs),
        bound,
        points(field, quick.pairs),
        "solver" if method == "solver" else "greedy",
    )
    return Made(replace(plan, seconds=round(time.perf_counter() - began, 3)), field)


def _solve(
    field: Field, quick: Loads, fixed: Pairs, began: float, seconds: float
) -> tuple[Loads | None, float]:
    """The solver's plan, if it found one in time, and the bound."""

    def left(share: float = 1.0) -> float:
        return began + share * seconds - time.perf_counter()

    pairs = candidates(field, quick.given < IDLE * quick.total)
    programme = Programme(field, _with_fixed(pairs, fixed, field), fixed)
    relaxed = programme.relaxed(left(LAST_SHARE))
    bound = relaxed.bound if relaxed else float("inf")
    for _ in range(ROUNDS):
        if relaxed is None or bound < relaxed.objective * (1 + TIGHT) or left(RELAX_SHARE) < 0.05 * seconds:
            break
        missing = _missing(programme, relaxed)
        if not len(missing):
            break
        grown = Programme(field, np.concatenate((programme.pairs, missing)), fixed)
        again = grown.relaxed(left(RELAX_SHARE))
        if again is None:
            break
        programme, relaxed, bound = grown, again, min(bound, again.bound)
    if relaxed is None:
        return None, bound
    programme, relaxed = _narrowed(programme, relaxed)
    sure = np.where(relaxed.x >= SURE, 1.0, 0.0)
    chosen = None
    if len(sure) - sure.sum() <= WHOLE and (seconds_left := left(FIRST_SHARE)) > 0.1:
        chosen = programme.solved(seconds_left, sure)
    if chosen is None:  # what the relaxation was sure of, and the quick way with the rest
        chosen = {int(piece): int(hand) for piece, hand in programme.pairs[sure > 0]}
    return _improved(programme, _loads(field, chosen), bound, lambda: left(LAST_SHARE)), bound


def _narrowed(programme: Programme, relaxed: Relaxed) -> tuple[Programme, Relaxed]:
    """Without the pairs that the prices speak against: the best few of each piece stay, and those that the relaxation uses."""
    pairs = programme.pairs
    gain = relaxed.gain[pairs[:, 0], pairs[:, 1]]
    order = np.lexsort((-gain, pairs[:, 0]))
    first = np.flatnonzero(np.r_[True, np.diff(pairs[order, 0]) != 0])
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
    kept = relaxed.x > 1e-9
    kept[order[rank < KEPT_PER_PIECE]] = True
    kept |= programme.lowest > 0
    return Programme(programme.field, pairs[kept], programme.fixed), replace(relaxed, x=relaxed.x[kept])


def _improved(programme: Programme, loads: Loads, bound: float, left: Callable[[], float]) -> Loads:
    """A few of the workers at a time give up what they have, and the solver distributes it anew, as long as there is time.

    Source: large neighbourhood search, P. Shaw, CP 1998, 417-431.
    """
    field, pairs = programme.field, loads.pairs
    if points(field, pairs) >= bound * (1 - ENOUGH) or left() < TURN:
        return loads
    programme, worth = programme.beside(pairs), points(field, pairs)
    everybody, pieces = len(field.problem.hands), max(len(field.problem.pieces), 1)
    some = min(max(everybody * AT_ONCE // pieces, LEAST_AT_ONCE), everybody)
    random = np.random.default_rng(everybody)
    order: list[int] = []
    while worth < bound * (1 - ENOUGH) and (seconds := left()) > TURN:
        if len(order) < some:
            order = random.permutation(everybody).tolist()
        hands, order = np.array(order[:some], dtype=np.int64), order[some:]
        began = time.perf_counter()
        found = programme.again(min(seconds, LONGEST_TURN), pairs, hands)
        took = time.perf_counter() - began
        value = points(field, found) if found else 0.0
        if found and value >= worth:  # another plan of the same worth opens another way
            idle, pairs, worth = value == worth, found, value
        else:
            idle = True
        if some == everybody and idle:
            break
        if took > TURN:
            some = min(max(some // 2, LEAST_AT_ONCE), everybody)
        elif took < TURN / 4:
            some = min(some + max(some // 8, 1), everybody)
    return _loads(field, pairs)


def _with_fixed(pairs: Ints, fixed: Pairs, field: Field) -> Ints:
    """A pinned piece has one pair or, where it could not be kept, none."""
    free = np.array([field.problem.pieces[p].pinned is None for p in pairs[:, 0]], dtype=bool)
    pinned = np.array(sorted(fixed.items()), dtype=np.int64).reshape(-1, 2)
    return np.concatenate((pairs[free].reshape(-1, 2), pinned))


def _missing(programme: Programme, found: Relaxed) -> Ints:
    """Pairs that were not chosen and would be worth more at the prices than the best chosen one of their piece: the best few of each."""
    chosen = np.zeros(found.gain.shape, dtype=bool)
    chosen[programme.pairs[:, 0], programme.pairs[:, 1]] = True
    least = np.maximum(np.where(chosen, found.gain, 0.0).max(axis=1, keepdims=True), 0.0)
    worth = np.where(chosen, -np.inf, found.gain - least)
    worth[list(programme.fixed)] = -np.inf
    for n, piece in enumerate(programme.field.problem.pieces):
        if piece.pinned is not None:
            worth[n] = -np.inf
    best = np.argsort(-worth, axis=1)[:, :PRICED_PER_PIECE]
    rows = np.repeat(np.arange(len(worth)), best.shape[1])
    pairs = np.column_stack((rows, best.ravel()))
    return pairs[worth[pairs[:, 0], pairs[:, 1]] > 1e-6]


def _loads(field: Field, pairs: Pairs) -> Loads:
    """The pairs, each looked at once more, and what still fits beside them."""
    loads = Loads(field)
    for piece in in_order(field):
        if piece in pairs:
            loads.give(piece, pairs[piece])
    fill(loads, in_order(field))
    return loads


def _placements(loads: Loads) -> tuple[Placement, ...]:
    found = []
    for hand, jobs in enumerate(loads.jobs):
        days = schedule(jobs, loads.free[hand]) or {}
        for job in jobs:
            stretch = bool(loads.field.stretch[job.key, hand])
            found.append(Placement(job.key, hand, job.minutes, days[job.key], stretch))
    return tuple(sorted(found, key=lambda placement: placement.piece))
