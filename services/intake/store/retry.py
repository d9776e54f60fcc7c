"""Trying a change again when somebody else was faster."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.errors import Conflict, StaleVersion
from shared.mongo import Duplicate

T = TypeVar("T")
TRIES = 6


async def settled(attempt: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
    """Run `attempt` (load, rule, write) until nobody interferes. Raises Conflict after six tries.

    `once` for a caller who has said which version they mean: StaleVersion is theirs to hear.
    """
    if once:
        return await attempt()
    for _ in range(TRIES):
        try:
            return await attempt()
        except (StaleVersion, Duplicate):
            continue
    raise Conflict("too many changes at the same moment")
