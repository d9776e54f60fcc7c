"""What paths and queries look like."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Path, Query

from shared.errors import Conflict, StaleVersion
from shared.mongo import Duplicate

CODE = "[a-z2-7]{26}$"
RESIDENT = f"^res_{CODE}"
MessageId = Annotated[str, Path(pattern=f"^msg_{CODE}", examples=["msg_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
EndpointId = Annotated[str, Path(pattern=f"^whe_{CODE}", examples=["whe_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
DeliveryId = Annotated[str, Path(pattern=f"^whd_{CODE}", examples=["whd_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]

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
