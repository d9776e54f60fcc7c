"""What the journey expects at each step, and the one clear line it ends with when something else came."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.02


class JourneyBroke(Exception):
    """`step` is what was being done, `expected` what should have come, `came` what did."""

    def __init__(self, step: str, expected: str, came: object) -> None:
        super().__init__(f"{step}: expected {expected}, but {came}")
        self.step = step
        self.expected = expected
        self.came = str(came)


def expect(holds: object, step: str, expected: str, came: object) -> None:
    """Raises JourneyBroke unless `holds`."""
    if not holds:
        raise JourneyBroke(step, expected, came)


def answered(response: httpx.Response, step: str, *statuses: int) -> Any:
    """The JSON of an answer with one of `statuses` (200 and 201 when none is given). Raises JourneyBroke."""
    wanted = statuses or (200, 201)
    expected = "HTTP " + " or ".join(map(str, wanted))
    where = f"{response.request.method} {response.request.url.path}"
    expect(
        response.status_code in wanted,
        step,
        expected,
        f"{where} gave {response.status_code}: {_brief(response)}",
    )
    return (
        response.json() if response.content and "json" in response.headers.get("content-type", "") else None
    )


async def eventually(
    probe: Callable[[], Awaitable[T]],
    step: str,
    expected: str,
    *,
    until: Callable[[T], object] = bool,
    within: float = PATIENCE_SECONDS,
) -> T:
    """Ask `probe` until `until` holds. Raises JourneyBroke with the last answer after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = await probe()
        if until(answer):
            return answer
        if time.monotonic() > deadline:
            raise JourneyBroke(
                step, f"{expected} within {within:.0f} s", f"the last look showed {answer!r}"[:600]
            )
        await asyncio.sleep(POLL_SECONDS)


def _brief(response: httpx.Response) -> str:
    return " ".join(response.text.split())[:300]
