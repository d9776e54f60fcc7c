"""What paths and queries look like."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Path

from shared.errors import Conflict, StaleVersion
from shared.ids import id_pattern
from shared.mongo import Duplicate

RESIDENT = id_pattern("res")
MessageId = Annotated[str, Path(pattern=id_pattern("msg"), examples=["msg_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
EndpointId = Annotated[str, Path(pattern=id_pattern("whe"), examples=["whe_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
DeliveryId = Annotated[str, Path(pattern=id_pattern("whd"), examples=["whd_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]

T = TypeVar("T")
TRIES = 6


async def settled(attempt: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
    """Run `attempt` (load, rule, write) until nobody interferes; `once` for a caller who named a version.

    Raises Conflict after six tries.
    """
    for _ in range(TRIES):
        try:
            return await attempt()
        except (StaleVersion, Duplicate):
            if once:
                raise
    raise Conflict("too many changes at the same moment")
