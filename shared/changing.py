"""Trying a change again when somebody else was faster."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.errors import Conflict, StaleVersion
from shared.mongo import Duplicate

T = TypeVar("T")
TRIES = 6


async def settled(attempt: Callable[[], Awaitable[T]], *, expected: int | None = None) -> T:
    """Run `attempt` (load, rule, write) until nobody interferes. Raises Conflict after six tries.

    A caller who has said which version they `expected` hears StaleVersion from the second try: the first may have lost to the same
    request, sent twice, and then its effect is already there.
    """
    for left in reversed(range(TRIES if expected is None else 2)):
        try:
            return await attempt()
        except (StaleVersion, Duplicate):
            if expected is not None and not left:
                raise
    raise Conflict("too many changes at the same moment")
