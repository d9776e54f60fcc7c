"""What a process keeps in memory of each home (a municipality or a pool), current from a stream: read once, then told of every event.

It is good for as long as the stream is followed without a gap. Whoever asks otherwise reads what they need for the occasion: the answers are the same,
only slower.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog

from shared.errors import Unavailable
from shared.following import Following

log = structlog.get_logger()
T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that a caller waits for what is being read, before reading what it needs by itself."""


@dataclass
class Kept(Generic[T]):
    """`loaded` is done once `thing` holds everything; `changes` are what is being read anew right now."""

    thing: T
    loaded: asyncio.Future[None]
    changes: set[asyncio.Future[None]] = field(default_factory=set)


class Memory(Generic[T]):
    """`name` says in the log what could not be read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[str, Kept[T]] = {}
        self.following: Following | None = None

    @property
    def current(self) -> bool:
        return self.following is not None and self.following.current

    @property
    def age(self) -> float:
        """Seconds since everything that was published was heard; only while it is `current`."""
        return self.following.age if self.following else float("inf")

    def keep(self, home: str, thing: T, reading: Coroutine[Any, Any, None]) -> Kept[T]:
        """Begin to keep `thing`, which `reading` fills. What is heard meanwhile is newer than what is read, and must stay."""
        kept = self.kept[home] = Kept(thing, asyncio.ensure_future(reading))
        kept.loaded.add_done_callback(lambda done: self._drop_failed(home, kept, done))
        return kept

    def change(self, home: str, kept: Kept[T], work: Coroutine[Any, Any, None]) -> None:
        """Read something anew: whoever asks waits for it."""
        task = asyncio.ensure_future(work)
        kept.changes.add(task)
        task.add_done_callback(kept.changes.discard)
        task.add_done_callback(lambda done: self._drop_failed(home, kept, done))

    async def settled(self, home: str, kept: Kept[T]) -> bool:
        """Whether it may be read from, until the next await: once it is read, and what has changed is read anew. While things change faster than
        they are read, nobody waits for the end of that."""
        await asyncio.wait([kept.loaded], timeout=PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while kept.changes and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(kept.changes, timeout=left)
        return self.holds(home, kept)

    def holds(self, home: str, kept: Kept[T]) -> bool:
        return self.current and self.kept.get(home) is kept and kept.loaded.done()

    def drop(self, home: str) -> None:
        """It is read anew when it is next asked for."""
        kept = self.kept.pop(home)
        for task in (kept.loaded, *kept.changes):
            task.cancel()

    def lost(self) -> None:
        """Events were missed."""
        for home in list(self.kept):
            self.drop(home)

    async def follow(
        self, following: Following, look: Callable[[], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        """Be current until `stop`; `look` is called every second, to begin to read before somebody asks."""
        self.following = following
        try:
            await following.run_beside(look, stop)
        finally:
            self.following = None
            self.lost()

    def _drop_failed(self, home: str, kept: Kept[T], done: asyncio.Future[None]) -> None:
        if done.cancelled() or (error := done.exception()) is None:
            return
        level = log.warning if isinstance(error, Unavailable) else log.error
        level(f"{self.name}_not_read", home=home, error=type(error).__name__)
        if self.kept.get(home) is kept:
            self.drop(home)
