"""Times taken side by side: processor time of this one thread, in turns, so that a busy machine says little about either.

Arithmetic is held to one thread (`OPENBLAS_NUM_THREADS=1`, set by the Makefile): threads that wait for one another measure the neighbours.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Medians in milliseconds, and the median of the ratios of each turn."""

    measured_ms: float
    floor_ms: float
    ratio: float


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1000


def beside(work: Callable[[], object], floor: Callable[[], object], turns: int) -> Ratio:
    """`work` and `floor` in turns; each is run once before that."""
    work(), floor()
    pairs = [(milliseconds(work), milliseconds(floor)) for _ in range(turns)]
    return Ratio(
        statistics.median(w for w, _ in pairs),
        statistics.median(f for _, f in pairs),
        statistics.median(w / f for w, f in pairs),
    )


def best_of(work: Callable[[], object], turns: int) -> float:
    """The fastest of `turns`, in milliseconds: what the work costs when nobody disturbs it."""
    return min(milliseconds(work) for _ in range(turns))
