"""What a request costs inside the process, layer by layer: the actual classes, driven without sockets or servers.

Each stack adds one layer to the one before; the difference between two is the layer's cost. Processor time, not wall time, so that
other processes of the machine count little; the stacks take turns, and the median of their rounds is kept. In a loop of its own
every layer's code stays in the processor's caches; between the database driver, the broker's client and other processes it does not. So
each stack is measured both ways: `hot` in a loop, `cold` with the caches swept before each request. The truth lies nearer to `cold`.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

from tests.bench.figures import median
from tests.bench.sample import BODY
from tests.bench.stacks import Stack, stacks

HOT, COLD = 300, 60
ROUNDS = 9
SWEEP = bytearray(8 * 1024 * 1024)  # more than the caches next to a core hold


@dataclass(frozen=True)
class Layer:
    """Microseconds of processor time per request: `hot` and `cold` are what the layer adds."""

    name: str
    hot: float
    cold: float


def measure() -> list[Layer]:
    """Every layer of one registration, from the outermost to the document that would be written."""
    return asyncio.run(_measure())


async def _measure() -> list[Layer]:
    made = stacks()
    hot: dict[str, list[float]] = {stack.name: [] for stack in made}
    cold: dict[str, list[float]] = {stack.name: [] for stack in made}
    for stack in made:
        await _drive(stack, 50, sweep=False)
    for _ in range(ROUNDS):
        for stack in made:
            hot[stack.name].append(await _drive(stack, HOT, sweep=False))
            cold[stack.name].append(await _drive(stack, COLD, sweep=True))
    return differences({name: (median(hot[name]), median(cold[name])) for name in hot})


def differences(totals: dict[str, tuple[float, float]]) -> list[Layer]:
    """Each layer with what it adds to the one before it; `totals` are (hot, cold) of each stack."""
    before = [(0.0, 0.0), *totals.values()]
    return [
        Layer(name, hot - less_hot, cold - less_cold)
        for (name, (hot, cold)), (less_hot, less_cold) in zip(totals.items(), before, strict=False)
    ]


async def _drive(stack: Stack, count: int, *, sweep: bool) -> float:
    """Microseconds of processor time per request."""
    body = json.dumps(BODY).encode()
    used = 0.0
    for number in range(count):
        if sweep:
            SWEEP.count(1)
        begin = time.process_time()
        status = await _request(stack.app, _scope(stack, number, len(body)), body)
        used += time.process_time() - begin
        if status != 201:
            raise RuntimeError(f"the stack '{stack.name}' answered {status}")
    return used / count * 1e6


def _scope(stack: Stack, number: int, length: int) -> dict[str, Any]:
    headers: Sequence[tuple[bytes, bytes]] = [
        (b"host", b"127.0.0.1:8101"),
        (b"content-type", b"application/json"),
        (b"idempotency-key", f"sample-{number}".encode()),
        (b"authorization", f"Bearer {stack.key}".encode()),
        (b"content-length", str(length).encode()),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/intake/v1/residents",
        "raw_path": b"/intake/v1/residents",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8101),
        "state": {},
    }


async def _request(app: ASGIApp, scope: dict[str, Any], body: bytes) -> int:
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, send)
    return status
