"""The problem as a mixed-integer linear programme, for HiGHS (through scipy), with a bound that holds for all pairs and not only the chosen ones.

    x[p, w]     piece p goes to worker w (0 or 1), for the chosen pairs
    u[w, k]     minutes of the k-th third of the hours of a worker who wishes for more (continuous; the solver fills the best third first)

    maximise    sum value x + sum slope u
    each piece  sum over w of x[p, w] <= 1
    each worker and each interval of days [r, d]: minutes of the pieces that lie within it <= minutes of these days (`schedule` says why that is enough)
    each worker who wishes for more: sum u <= minutes given;  and stretch pairs <= quota

The bound: with the prices (duals) of the linear relaxation put on the workers' minutes and on the quota, every piece takes the worker who is best for
it at these prices, out of all allowed pairs. No plan is worth more (Lagrangian relaxation: Geoffrion, Mathematical Programming Study 2 (1974), 82-114).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from services.matching.orders.greedy import Pairs
from services.matching.orders.problem import MORE_HOURS, Field, Floats

INF = np.inf
SURE = 0.999
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A row: the worker's minutes from day `release` to day `due`. `columns` are pairs within it."""

    hand: int
    release: int
    due: int
    minutes: float
    columns: Ints


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation over the chosen pairs: values of the pairs, and the bound over all pairs. `gain` of shape (pieces, hands) is what a
    pair is worth at the prices, minus infinity where it is not allowed."""

    x: Floats
    objective: float
    bound: float
    gain: Floats


class Programme:
    """Over `pairs`, rows (piece, hand) of shape (n, 2). `fixed` pairs are among them and have to be."""

    def __init__(self, field: Field, pairs: Ints, fixed: Pairs) -> None:
        self.field = field
        self.pairs = pairs
        self.fixed = fixed
        self.width = len(pairs)
        pieces = field.problem.pieces
        self.release = np.array([p.release for p in pieces], dtype=np.int64)
        self.due = np.array([p.due for p in pieces], dtype=np.int64)
        self.cost = field.value[pairs[:, 0], pairs[:, 1]]
        self.minutes = field.minutes[pairs[:, 0], pairs[:, 1]].astype(np.float64)
        self.stretch = np.flatnonzero(field.stretch[pairs[:, 0], pairs[:, 1]])
        self.wishing = [n for n, hand in enumerate(field.problem.hands) if hand.wishes_more]
        self.thirds = np.array([sum(field.problem.hands[n].free) / len(MORE_HOURS) for n in self.wishing])
        self.lowest = np.array([float(fixed.get(p) == w) for p, w in pairs.tolist()])
        self.intervals = [row for n in range(len(field.problem.hands)) for row in self._intervals(n)]
        self._rows()

    def _intervals(self, hand: int) -> list[Interval]:
        own = np.flatnonzero(self.pairs[:, 1] == hand)
        if not len(own):
            return []
        of = self.pairs[own, 0]
        release, due, minutes = self.release[of], self.due[of], self.minutes[own]
        until = np.concatenate(([0], np.cumsum(self.field.problem.hands[hand].free)))
        found = []
        for first in np.unique(release):
            for last in np.unique(due[release >= first]):
                within = (release >= first) & (due <= last)
                # a wider interval around the same pieces says nothing more
                if not within.any() or release[within].min() > first or due[within].max() < last:
                    continue
                room = float(until[last + 1] - until[first])
                if minutes[within].sum() > room:
                    found.append(Interval(hand, int(first), int(last), room, own[within]))
        return found

    def _rows(self) -> None:
        """One piece, one worker; then intervals; then thirds; then the quota."""
        pieces = len(self.field.problem.pieces)
        row, column, value = [self.pairs[:, 0]], [np.arange(self.width)], [np.ones(self.width)]
        high = [np.ones(pieces)]
        at = pieces
        for interval in self.intervals:
            row.append(np.full(len(interval.columns), at))
            column.append(interval.columns)
            value.append(self.minutes[interval.columns])
            high.append(np.array([interval.minutes]))
            at += 1
        for n, hand in enumerate(self.wishing):
            own = np.flatnonzero(self.pairs[:, 1] == hand)
            thirds = self.width + n * len(MORE_HOURS) + np.arange(len(MORE_HOURS))
            row.append(np.full(len(own) + len(thirds), at))
            column.append(np.concatenate((own, thirds)))
            value.append(np.concatenate((-self.minutes[own], np.ones(len(thirds)))))
            high.append(np.zeros(1))
            at += 1
        row.append(np.full(len(self.stretch), at))
        column.append(self.stretch)
        value.append(np.ones(len(self.stretch)))
        high.append(np.array([float(self.field.problem.stretch_quota)]))
        columns = self.width + len(self.wishing) * len(MORE_HOURS)
        entries = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
        self.matrix = csr_matrix(entries, shape=(at + 1, columns))
        self.by_column = self.matrix.tocsc()
        self.high = np.concatenate(high)
        slopes = np.tile(np.array(MORE_HOURS) / 60, len(self.wishing))
        self.objective = -np.concatenate((self.cost, slopes))
        self.upper = np.concatenate((np.ones(self.width), np.repeat(self.thirds, len(MORE_HOURS))))

    def relaxed(self, seconds: float) -> Relaxed | None:
        """The relaxation and the bound; None when there was not time enough."""
        lower = np.concatenate((self.lowest, np.zeros(len(self.upper) - self.width)))
        # the pieces' own rows keep x at most 1: an upper bound beside them would take a part of their price
        upper = np.where(np.arange(len(self.upper)) < self.width, INF, self.upper)
        found = linprog(
            self.objective,
            A_ub=self.matrix,
            b_ub=self.high,
            bounds=np.column_stack((lower, upper)),
            method="highs-ipm",
            options={"time_limit": max(seconds, 0.05)},
        )
        if found.status != 0 or found.x is None:
            return None
        prices = -np.asarray(found.ineqlin.marginals, dtype=np.float64)
        gain, bound = self._bound(np.maximum(prices, 0.0))
        return Relaxed(found.x[: self.width], -float(found.fun), bound, gain)

    def _bound(self, prices: Floats) -> tuple[Floats, float]:
        pieces, hands = len(self.field.problem.pieces), len(self.field.problem.hands)
        days = max(len(hand.free) for hand in self.field.problem.hands)
        of_intervals = prices[pieces : pieces + len(self.intervals)]
        price = np.zeros((hands, days, days))
        total = 0.0
        for interval, one in zip(self.intervals, of_intervals, strict=True):
            if one > 0:
                price[interval.hand, interval.release :, : interval.due + 1] += one
                total += one * interval.minutes
        a_minute = price[:, self.release.clip(0, days - 1), self.due.clip(0, days - 1)].T
        of_more = prices[pieces + len(self.intervals) : -1]
        for n, hand in enumerate(self.wishing):
            a_minute[:, hand] -= of_more[n]
            slopes = np.array(MORE_HOURS) / 60
            total += float(np.maximum(slopes - of_more[n], 0.0).sum() * self.thirds[n])
        gain = self.field.value - a_minute * self.field.minutes - prices[-1] * self.field.stretch
        gain = np.where(self.field.allowed, gain, -INF)
        total += prices[-1] * self.field.problem.stretch_quota
        for piece in range(pieces):
            forced = self.fixed.get(piece)
            total += float(gain[piece, forced] if forced is not None else max(gain[piece].max(), 0.0))
        return gain, total

    def solved(self, seconds: float, kept: Floats) -> Pairs | None:
        """Whole pairs within `seconds`; those with 1 in `kept` are in it. None when none were found."""
        lower = np.concatenate((np.maximum(self.lowest, kept), np.zeros(len(self.upper) - self.width)))
        columns = np.arange(len(self.upper))
        return self._whole(seconds, columns, columns[: self.width], lower, self.matrix, self.high)

    def beside(self, pairs: Pairs) -> "Programme":
        """The same with these pairs among the others."""
        more = np.array(sorted(pairs.items()), dtype=np.int64).reshape(-1, 2)
        return Programme(self.field, np.unique(np.concatenate((self.pairs, more)), axis=0), self.fixed)

    def again(self, seconds: float, pairs: Pairs, hands: Ints) -> Pairs | None:
        """`pairs` (all of them among ours) with the share of `hands`, and what nobody has, distributed anew within `seconds`."""
        inside = np.zeros(len(self.field.problem.hands), dtype=bool)
        inside[hands] = True
        kept = {piece: hand for piece, hand in pairs.items() if not inside[hand]}
        taken = np.zeros(len(self.field.problem.pieces), dtype=bool)
        taken[list(kept)] = True
        own = np.flatnonzero(inside[self.pairs[:, 1]] & ~taken[self.pairs[:, 0]])
        of_more = np.repeat(inside[np.array(self.wishing, dtype=np.int64)], len(MORE_HOURS))
        columns = np.concatenate((own, self.width + np.flatnonzero(of_more)))
        matrix = self.by_column[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(matrix.indptr))
        high = self.high.copy()
        high[-1] -= sum(bool(self.field.stretch[piece, hand]) for piece, hand in kept.items())
        lower = np.concatenate((self.lowest[own], np.zeros(len(columns) - len(own))))
        found = self._whole(seconds, columns, own, lower, matrix[rows], high[rows])
        return None if found is None else {**kept, **found}

    def _whole(
        self, seconds: float, columns: Ints, own: Ints, lower: Floats, matrix: csr_matrix, high: Floats
    ) -> Pairs | None:
        """Over these columns, the first of which are the pairs `own`."""
        found = milp(
            self.objective[columns],
            integrality=np.concatenate((np.ones(len(own)), np.zeros(len(columns) - len(own)))),
            bounds=Bounds(lower, self.upper[columns]),
            constraints=LinearConstraint(matrix, -INF, high),
            options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 1e-4},
        )
        if found.x is None:
            return None
        return {int(piece): int(hand) for piece, hand in self.pairs[own[found.x[: len(own)] > 0.5]]}
