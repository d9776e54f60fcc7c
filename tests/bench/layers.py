"""What a request costs inside the process, layer by layer: the actual classes, driven without sockets or servers.

Each stack adds one layer to the one before; the difference between two is the layer's cost. Processor time, not wall time, so that
other processes of the machine count little; the stacks take turns, and the median of their rounds is kept.
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

REQUESTS = 300
ROUNDS = 9


@dataclass(frozen=True)
class Layer:
    """`total` and `own` in microseconds of processor time per request."""

    name: str
    total: float
    own: float


def measure() -> list[Layer]:
    """Every layer of one registration, from the outermost to the document that would be written."""
    return asyncio.run(_measure())


async def _measure() -> list[Layer]:
    made = stacks()
    rounds: dict[str, list[float]] = {stack.name: [] for stack in made}
    for stack in made:
        await _drive(stack, 50)
    for _ in range(ROUNDS):
        for stack in made:
            rounds[stack.name].append(await _drive(stack, REQUESTS))
    return differences({name: median(values) for name, values in rounds.items()})


def differences(totals: dict[str, float]) -> list[Layer]:
    """Each layer with what it adds to the one before it."""
    before = [0.0, *totals.values()]
    return [
        Layer(name, total, total - less) for (name, total), less in zip(totals.items(), before, strict=False)
    ]


async def _drive(stack: Stack, count: int) -> float:
    """Microseconds of processor time per request."""
    body = json.dumps(BODY).encode()
    begin = time.process_time()
    for number in range(count):
        status = await _request(stack.app, _scope(stack, number, len(body)), body)
        if status != 201:
            raise RuntimeError(f"the stack '{stack.name}' answered {status}")
    return (time.process_time() - begin) / count * 1e6


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
