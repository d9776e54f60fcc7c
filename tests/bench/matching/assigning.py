"""How long it takes to assign tasks to workers, how good the plan is against a bound that no plan can pass, and what the quick plan alone is worth.

The bound is that of the linear relaxation over all pairs (`services/matching/orders/programme.py`), not of the pairs that the solver was given.
"""

import time
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from services.matching.orders.capability import Ability
from services.matching.orders.greedy import greedy, points
from services.matching.orders.planning import make_plan
from services.matching.orders.problem import Hand, Piece, Problem, field_of
from services.matching.orders.quality import Quality
from services.matching.orders.speed import Speed
from tests.bench.matching.report import Report

WORKERS, TASKS, SECONDS = 200, 500, 5.0
TYPES = ("entry", "proof", "labels", "sorting", "captions", "survey")
SKILLS = ("kana", "sheet", "english")


@dataclass(frozen=True)
class Assigned:
    """`quality`: the plan's points over the bound."""

    workers: int
    tasks: int
    placed: int
    quality: float
    quick_quality: float
    method: str
    ms: float
    quick_ms: float


def a_problem(workers: int, tasks: int, seed: int = 7) -> Problem:
    """Two or three hours on two to four days a week; tasks of half an hour to twelve hours, a few days to three weeks to do them in."""
    random = np.random.default_rng(seed)
    hands = tuple(_hand(random, n) for n in range(workers))
    pieces = tuple(_piece(random, n) for n in range(tasks))
    abilities = {
        (hand.resident_id, kind): Ability(
            Quality(*_beta(random)), Speed(random.normal(0, 0.3), 0.05), int(random.integers(0, 20))
        )
        for hand in hands
        for kind in TYPES
    }
    return Problem(date(2026, 12, 7), pieces, hands, abilities)


def measured(workers: int = WORKERS, tasks: int = TASKS, seed: int = 7, seconds: float = SECONDS) -> Assigned:
    problem = a_problem(workers, tasks, seed)
    began = time.perf_counter()
    field = field_of(problem)
    quick = points(field, greedy(field).pairs)
    quick_ms = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    plan = make_plan(problem, seconds).plan
    ms = (time.perf_counter() - began) * 1000
    return Assigned(
        workers,
        tasks,
        len(plan.placements),
        float(plan.objective / plan.bound),
        float(quick / plan.bound),
        plan.method,
        ms,
        quick_ms,
    )


def growth() -> list[Assigned]:
    """The same share of tasks to workers at other sizes."""
    return [measured(workers, workers * TASKS // WORKERS) for workers in (25, 50, 100, 200, 400)]


def crowded() -> list[Assigned]:
    """The same workers with more and more to do, beyond what there are hours for."""
    return [measured(WORKERS, tasks) for tasks in (250, 500, 750, 1_000)]


def report(_: int) -> Report:
    found = [measured(), *growth(), *crowded()]
    return Report(
        f"assignment of tasks to workers, {SECONDS:.0f} s at most",
        [told(plan) for plan in found],
        [asdict(plan) for plan in found],
    )


def told(found: Assigned) -> str:
    """One line of a report."""
    return (
        f"{found.workers:4} workers x {found.tasks:5} tasks: {found.placed:5} placed, {found.quality:.2%} of the bound "
        f"in {found.ms:6.0f} ms ({found.method});  quick plan {found.quick_quality:.2%} in {found.quick_ms:4.0f} ms"
    )


def _hand(random: np.random.Generator, n: int) -> Hand:
    days = set(random.choice(5, size=int(random.integers(2, 5)), replace=False).tolist())
    minutes = int(random.choice([120, 150, 180]))
    free = tuple(minutes if day % 7 in days else 0 for day in range(28))
    skills = frozenset(skill for skill in SKILLS if random.random() < 0.6)
    return Hand(f"w{n:04d}", free, skills, bool(random.random() < 0.4))


def _piece(random: np.random.Generator, n: int) -> Piece:
    quantity = int(random.integers(10, 120))
    release = 0 if random.random() < 0.7 else int(random.integers(1, 10))
    critical = bool(random.random() < 0.15)
    return Piece(
        task_id=f"t{n:04d}",
        number=0,
        order_id=f"o{n % 60:03d}",
        type=TYPES[int(random.integers(0, len(TYPES)))],
        quantity=quantity,
        unit_minutes=float(random.uniform(2.0, 6.0)),
        release=release,
        due=min(release + int(random.integers(4, 20)), 27),
        looked_at=quantity if random.random() < 0.6 else 5,
        bar=0.8,
        critical=critical,
        skills=frozenset(skill for skill in SKILLS if random.random() < 0.15),
        familiar=frozenset(f"w{int(w):04d}" for w in random.integers(0, 200, size=5)),
    )


def _beta(random: np.random.Generator) -> tuple[float, float]:
    units = float(random.integers(5, 200))
    rate = float(random.beta(30, 3))
    return 1 + rate * units, 1 + (1 - rate) * units
