"""The shift plan as a mixed-integer linear programme, solved by HiGHS (through scipy).

Workers who may use the same stations are one class: a band takes workers of a class, and a flow of whole people leads from the class to the
stations. So the stations multiply no worker's variables, and what is left is close to a transport problem, whose linear relaxation is
nearly whole by itself.

    x[w, t]      worker w works in band t (0 or 1)
    y[w, d]      worker w works on day d at all; only where two bands fit into a day, otherwise the sum of its x
    f[c, t, s]   people of class c at station s in band t
    u[s, t]      people that station s lacks in band t
    m[w, k]      worker w lacks a k-th wished day (0..1, the dearer the higher k: the solver fills them in order by itself)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from services.booking.centre.shift_plan import (
    AGAINST,
    LATER,
    UNMET,
    Assignment,
    Problem,
    available,
    preferred,
    wished,
)
from services.booking.centre.stretch import Stretch, monday_of
from services.booking.centre.worker import Worker

INF = np.inf
Stations = frozenset[str]


@dataclass
class Columns:
    """Variables as they are added: cost, upper bound (the lower one is 0), whether whole."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def add(self, cost: float, upper: float, *, whole: bool) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.cost) - 1


@dataclass
class Rows:
    """Constraints as they are added: low <= sum of coefficient * variable <= high."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        for column, value in terms:
            self.row.append(len(self.low))
            self.column.append(column)
            self.value.append(value)
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True)
class Solved:
    """`bound` is what no plan can fall below, on the same scale as `cost`; the numbers are of this programme alone."""

    assignments: tuple[Assignment, ...]
    cost: float
    bound: float
    optimal: bool


class Programme:
    """The programme of `mondays` of a problem. `lacked` are wished days that workers lack from weeks before."""

    def __init__(
        self,
        problem: Problem,
        mondays: Sequence[date],
        placed: Sequence[Assignment] = (),
        lacked: Mapping[str, int] | None = None,
    ) -> None:
        self.problem = problem
        self.mondays = set(mondays)
        self.columns, self.rows = Columns(), Rows()
        self.lacked = lacked or {}
        self.needs = [n for n in problem.needs if monday_of(n.stretch.service_date) in self.mondays]
        self.bands = sorted({need.stretch for need in self.needs})
        self.held: dict[str, list[Stretch]] = defaultdict(list)
        taken = [(h.resident_id, h.stretch) for h in problem.held]
        taken += [(a.resident_id, a.stretch) for a in placed]
        for resident_id, stretch in taken:
            self.held[resident_id].append(stretch)
        self.stations_at: dict[Stretch, list[str]] = defaultdict(list)
        for need in self.needs:
            self.stations_at[need.stretch].append(need.station_id)
        self.x: dict[tuple[str, Stretch], int] = {}
        self.f: dict[tuple[Stations, Stretch, str], int] = {}
        self._classes: dict[Stations, list[Worker]] = defaultdict(list)
        for worker in problem.workers:
            usable = frozenset(s.id for s in problem.centre.stations if worker.eligible(s))
            if usable:
                self._classes[usable].append(worker)
        for usable, workers in self._classes.items():
            for worker in workers:
                self._worker(worker, usable)
        self._flows()

    def _worker(self, worker: Worker, usable: Stations) -> None:
        held = self.held.get(worker.resident_id, [])
        days: dict[date, list[Stretch]] = defaultdict(list)
        for band in self.bands:
            if usable.isdisjoint(self.stations_at[band]) or not available(worker, band):
                continue
            if any(band.overlaps(other) for other in held):
                continue
            days[band.service_date].append(band)
            cost = 0 if preferred(worker, band) else AGAINST
            self.x[worker.resident_id, band] = self.columns.add(cost, 1, whole=True)
        worked: dict[date, list[tuple[int, float]]] = defaultdict(list)
        for day, bands in days.items():
            on_day = sum(s.minutes for s in held if s.service_date == day)
            terms = self._day(worker, bands, on_day)
            if not on_day:
                worked[monday_of(day)] += terms
        self._apart(worker, [band for bands in days.values() for band in bands])
        self._wishes(worker, worked, held)

    def _day(self, worker: Worker, bands: Sequence[Stretch], on_day: int) -> list[tuple[int, float]]:
        """The limits of one day; returns the terms whose sum is 1 when the worker works on it."""
        x = [self.x[worker.resident_id, band] for band in bands]
        room = worker.max_minutes - on_day
        alone = not any(a.minutes + b.minutes <= room for a, b in combinations(bands, 2))
        if alone:
            for column, band in zip(x, bands, strict=True):
                if not worker.min_minutes <= band.minutes + on_day <= worker.max_minutes:
                    self.columns.upper[column] = 0
            if len(x) > 1:
                self.rows.add([(column, 1) for column in x], 0, 1)
            return [(column, 1) for column in x]
        y = self.columns.add(0, 1, whole=True)
        for column in x:  # one by one: together they would leave the relaxation room for half a day
            self.rows.add([(column, 1.0), (y, -1.0)], -INF, 0)
        self.rows.add([(c, float(band.minutes)) for c, band in zip(x, bands, strict=True)], 0, room)
        least = worker.min_minutes - on_day
        if all(band.minutes >= least for band in bands):
            self.rows.add([*((column, 1.0) for column in x), (y, -1.0)], 0, INF)
        else:
            minutes = [(c, float(band.minutes)) for c, band in zip(x, bands, strict=True)]
            self.rows.add([*minutes, (y, -float(max(least, 0)))], 0, INF)
        return [(y, 1)]

    def _apart(self, worker: Worker, bands: Sequence[Stretch]) -> None:
        """Bands that share a moment: of one day, or one past midnight and one of the next morning."""
        ordered = sorted(bands)
        for n, band in enumerate(ordered):
            for other in ordered[n + 1 :]:
                if (other.service_date - band.service_date).days > 1:
                    break
                if band.overlaps(other):
                    pair = [(self.x[worker.resident_id, b], 1.0) for b in (band, other)]
                    self.rows.add(pair, 0, 1)

    def _wishes(
        self, worker: Worker, worked: Mapping[date, list[tuple[int, float]]], held: Sequence[Stretch]
    ) -> None:
        wish, missing = wished(worker), 0
        terms: list[tuple[int, float]] = []
        for monday in self.mondays:
            there = {s.service_date for s in held if monday_of(s.service_date) == monday}
            left = max(wish - len(there), 0)
            if worked.get(monday):
                self.rows.add(worked[monday], 0, left)
                terms += worked[monday]
            missing += left
        before = self.lacked.get(worker.resident_id, 0)
        lacks = [self.columns.add(LATER * (before + k), 1, whole=False) for k in range(1, missing + 1)]
        if missing:
            self.rows.add([*terms, *((m, 1.0) for m in lacks)], missing, INF)

    def _flows(self) -> None:
        into: dict[tuple[str, Stretch], list[tuple[int, float]]] = defaultdict(list)
        for usable, workers in self._classes.items():
            for band in self.bands:
                x = [self.x[key] for w in workers if (key := (w.resident_id, band)) in self.x]
                stations = [s for s in self.stations_at[band] if s in usable]
                if not x:
                    continue
                flows = []
                for station in stations:
                    column = self.columns.add(0, len(x), whole=True)
                    self.f[usable, band, station] = column
                    into[station, band].append((column, 1.0))
                    flows.append((column, -1.0))
                self.rows.add([*((column, 1.0) for column in x), *flows], 0, 0)
        for need in self.needs:
            terms = into[need.station_id, need.stretch]
            if terms:
                self.rows.add(terms, 0, need.seats)
            lacking = self.columns.add(UNMET, need.minimum, whole=False)
            self.rows.add([*terms, (lacking, 1.0)], need.minimum, INF)

    def solve(self, seconds: float, *, relaxed: bool = False) -> Solved | None:
        """Within `seconds`; None when no plan was found in them. `relaxed` gives the bound of the linear relaxation alone."""
        width = len(self.columns.cost)
        if not width:
            return Solved((), 0.0, 0.0, True)
        cost = np.array(self.columns.cost, dtype=np.float64)
        rows = csr_matrix(
            (self.rows.value, (self.rows.row, self.rows.column)), shape=(len(self.rows.low), width)
        )
        found = milp(
            cost,
            integrality=np.zeros(width) if relaxed else np.array(self.columns.whole),
            bounds=Bounds(np.zeros(width), np.array(self.columns.upper, dtype=np.float64)),
            constraints=LinearConstraint(rows, np.array(self.rows.low), np.array(self.rows.high)),
            options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 1e-6},
        )
        if found.x is None:
            return None
        bound = found.fun if relaxed or found.mip_dual_bound is None else found.mip_dual_bound
        assignments = () if relaxed else self._read(found.x)
        return Solved(assignments, float(found.fun), float(bound), found.status == 0)

    def _read(self, values: NDArray[np.float64]) -> tuple[Assignment, ...]:
        """People to stations: whoever is in a band takes the stations of its class in turn, those first that they worked at last."""
        made: list[Assignment] = []
        last: dict[str, str] = {}
        for band in self.bands:
            for usable, workers in self._classes.items():
                there = [w.resident_id for w in workers if self._is_there(values, w, band)]
                places = {
                    station: round(values[self.f[key]])
                    for station in self.stations_at[band]
                    if (key := (usable, band, station)) in self.f
                }
                for resident_id, station in _seated(there, places, last):
                    last[resident_id] = station
                    made.append(Assignment(resident_id, station, band))
        return tuple(made)

    def _is_there(self, values: NDArray[np.float64], worker: Worker, band: Stretch) -> bool:
        column = self.x.get((worker.resident_id, band))
        return column is not None and values[column] > 0.5


def _seated(
    people: Sequence[str], places: Mapping[str, int], last: Mapping[str, str]
) -> list[tuple[str, str]]:
    left = dict(places)
    seated = []
    for resident_id in sorted(people, key=lambda r: r not in last):
        before = last.get(resident_id)
        station = before if before and left.get(before) else next(s for s, n in left.items() if n)
        left[station] -= 1
        seated.append((resident_id, station))
    return seated
