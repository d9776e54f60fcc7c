"""What finding free times costs inside a process, without a server: 31 days, 60 minutes, of 50, 500 and 5,000 counsellors."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.booking.axis import grid, unpack
from services.booking.counsellor import Asked
from services.booking.matrix import Matrix
from services.booking.picture import Part, Picture
from services.booking.tally import Tally
from tests.bench.booking.plain import InDatetimes, InIntegers
from tests.bench.booking.sample import DAYS, LENGTH, MINUTES, STEP, picture_of, staff
from tests.bench.figures import median

SIZES = (50, 500, 5_000)
LOOPED = 25
"""Counsellors that the loops over datetimes are measured with; their time is scaled up to the others in the table."""


@dataclass
class Computed:
    """Milliseconds, medians. `loops` is scaled from `LOOPED` counsellors, `kept` is a count after one booking."""

    counsellors: int
    build: float
    union: float
    counts: float
    kept: float
    integers: float
    loops: float
    starts: int = 0


def measure(count: int, first_day: date) -> Computed:
    made = staff(count, first_day)
    begun = time.perf_counter()
    picture = picture_of(made)
    build = (time.perf_counter() - begun) * 1000
    rounds = max(5, 20_000 // count)
    integers, loops = InIntegers.of(made), InDatetimes.of(made, LOOPED)
    days = range(DAYS)
    union = picture.matrix.union(None, days, LENGTH)
    _agree(picture.matrix, integers, loops)
    tally = picture.tally(Asked("online"), LENGTH, 0)
    tally.counts()
    return Computed(
        counsellors=count,
        build=build,
        union=timed(lambda: picture.matrix.union(None, days, LENGTH), rounds),
        counts=timed(lambda: Tally(picture.matrix, None, LENGTH).counts(), max(5, rounds // 4)),
        kept=timed(lambda: tally.counts(), 200, before=_booking(picture, made.people[0].id)),
        integers=timed(integers.starts, 5),
        loops=timed(loops.starts, 3) * count / LOOPED,
        starts=int(unpack(union & grid(STEP, MINUTES)).sum()),
    )


def timed(work: Callable[[], object], rounds: int, *, before: Callable[[], None] | None = None) -> float:
    """Median milliseconds of one call. `before` is not counted."""
    took = []
    work()
    gc.disable()
    try:
        for _ in range(rounds):
            if before:
                before()
            begun = time.perf_counter()
            work()
            took.append((time.perf_counter() - begun) * 1000)
    finally:
        gc.enable()
    return median(took)


def _booking(picture: Picture, who: str) -> Callable[[], None]:
    """Something else of somebody's time changes each time."""
    chance, numbers = random.Random(1), iter(range(1, 1_000_000))

    def change() -> None:
        first = picture.axis.bases[0] + chance.randrange(DAYS * 288)
        picture.tell("apt_change", next(numbers), [Part("counsellor", who, first, first + LENGTH)])

    return change


def _agree(matrix: Matrix, integers: InIntegers, loops: InDatetimes) -> None:
    """All ways find the same. Raises AssertionError."""
    mask = unpack(grid(STEP, MINUTES))
    bits = unpack(matrix.union(None, range(DAYS), LENGTH)) * mask
    plain = np.array([[day >> n & 1 for n in range(384)] for day in integers.starts()], np.uint8) * mask
    assert np.array_equal(bits, plain), "matrix and integers differ"
    first = unpack(matrix.union(np.arange(len(loops.hours)), range(DAYS), LENGTH)) * mask
    found = {(matrix.axis.day(int(d)), int(w) * 5) for d, w in zip(*np.nonzero(first), strict=True)}
    assert found == loops.starts(), "matrix and loops differ"
