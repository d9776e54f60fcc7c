"""Times taken side by side, in turns, so that a busy machine says little about either.

With one thread of arithmetic (`OPENBLAS_NUM_THREADS=1`, as the Makefile sets it) it is processor time of this thread: neighbours hardly
count. With more threads only the clock on the wall is fair, and only on a quiet machine.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ONE_THREAD = os.environ.get("OPENBLAS_NUM_THREADS") == "1"


@dataclass(frozen=True)
class Ratio:
    """Medians in milliseconds, and the median of the ratios of each turn."""

    measured_ms: float
    floor_ms: float
    ratio: float


def milliseconds(work: Callable[[], object]) -> float:
    """Of one run."""
    clock = time.thread_time if ONE_THREAD else time.perf_counter
    begun = clock()
    work()
    return (clock() - begun) * 1000


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
