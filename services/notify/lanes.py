"""Bounded concurrency in lanes: a tenant or an endpoint that is slow, dead or very busy holds up nobody else."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")


class Lanes(Generic[T]):
    """At most `total` jobs run at once, at most `per_lane` of one lane; lanes take turns. A key that is in hand is not taken twice."""

    def __init__(self, work: Callable[[T], Awaitable[None]], *, total: int, per_lane: int) -> None:
        self._work = work
        self._total = total
        self._per_lane = per_lane
        self._waiting: OrderedDict[str, deque[tuple[str, T]]] = OrderedDict()
        self._running: dict[str, int] = {}
        self._keys: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_hand(self) -> int:
        """Jobs that wait or run."""
        return len(self._keys)

    def offer(self, lane: str, key: str, job: T) -> bool:
        """Take a job; False when one of that key is in hand already."""
        if key in self._keys:
            return False
        self._keys.add(key)
        self._waiting.setdefault(lane, deque()).append((key, job))
        self._start()
        return True

    def _start(self) -> None:
        """Start what may run, one job of each lane in turn."""
        started = True
        while started and len(self._tasks) < self._total:
            started = False
            for lane in list(self._waiting):
                if len(self._tasks) >= self._total:
                    return
                if self._running.get(lane, 0) < self._per_lane:
                    self._start_one(lane)
                    started = True

    def _start_one(self, lane: str) -> None:
        queue = self._waiting[lane]
        key, job = queue.popleft()
        if queue:
            self._waiting.move_to_end(lane)
        else:
            del self._waiting[lane]
        self._running[lane] = self._running.get(lane, 0) + 1
        task: asyncio.Task[None] = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(lane, key, done))

    async def _run(self, job: T) -> None:
        await self._work(job)

    def _ended(self, lane: str, key: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._keys.discard(key)
        self._running[lane] -= 1
        if not self._running[lane]:
            del self._running[lane]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job_failed", error=type(error).__name__, exc_info=error)
        self._start()

    async def drain(self) -> None:
        """Wait until nothing is in hand; when that is cut short, so are the jobs (they stay due in the database)."""
        try:
            while self._tasks:
                await asyncio.wait(set(self._tasks))
        except asyncio.CancelledError:
            self._waiting.clear()
            for task in self._tasks:
                task.cancel()
            raise
