"""The load: a fixed number of registrations, either as fast as answers come back or at a pace.

`python -m tests.bench.load JSON` sends them as HTTP requests from a process of its own; the floor without HTTP drives itself with the
same functions. The result is one line of JSON, see `Outcome`.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import uvloop

from tests.bench.connection import Connection
from tests.bench.watch import Watch

Register = Callable[[], Awaitable[str]]
DEADLINE = 60.0


@dataclass(frozen=True)
class Drive:
    """What to send. `rate` is requests per second; none means a closed loop of `lanes`. The first `warm` are not counted."""

    nats_url: str
    stream: str
    durable: str
    count: int
    lanes: int = 32
    warm: int = 100
    rate: float | None = None
    port: int = 0
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Seconds, milliseconds. `cpu` is what this process itself used while driving."""

    count: int
    answer_seconds: float
    effect_seconds: float
    answer_ms: list[float]
    effect_ms: list[float]
    cpu: float

    @property
    def requests_per_second(self) -> float:
        return self.count / self.answer_seconds

    @property
    def events_per_second(self) -> float:
        return self.count / self.effect_seconds


@dataclass(frozen=True)
class Sent:
    resident_id: str
    at: float
    answered: float


async def drive(registers: Sequence[Register], plan: Drive) -> Outcome:
    """Warm up, then register `plan.count` residents over the given lanes and wait until every effect is there."""
    watch = await Watch.start(plan.nats_url, plan.stream, plan.durable)
    await _closed(registers, plan.warm)
    await watch.wait_for(plan.warm, DEADLINE)
    cpu = _cpu()
    sent = await (_closed(registers, plan.count) if plan.rate is None else _paced(registers, plan))
    await watch.wait_for(plan.warm + plan.count, DEADLINE)
    cpu = _cpu() - cpu
    there = await watch.by_subject()
    await watch.stop()
    first = min(s.at for s in sent)
    return Outcome(
        count=plan.count,
        answer_seconds=max(s.answered for s in sent) - first,
        effect_seconds=max(there[s.resident_id] for s in sent) - first,
        answer_ms=[(s.answered - s.at) * 1000 for s in sent],
        effect_ms=[(there[s.resident_id] - s.at) * 1000 for s in sent],
        cpu=cpu,
    )


async def _closed(registers: Sequence[Register], count: int) -> list[Sent]:
    """Every lane sends its next request when the last one was answered."""
    sent: list[Sent] = []
    numbers = iter(range(count))

    async def lane(register: Register) -> None:
        for _ in numbers:
            at = time.perf_counter()
            resident_id = await register()
            sent.append(Sent(resident_id, at, time.perf_counter()))

    await asyncio.gather(*(lane(register) for register in registers))
    return sent


async def _paced(registers: Sequence[Register], plan: Drive) -> list[Sent]:
    """Requests at even intervals, whatever the answers do; a wait for a free lane counts as latency."""
    assert plan.rate is not None
    sent: list[Sent] = []
    idle: asyncio.Queue[Register] = asyncio.Queue()
    for register in registers:
        idle.put_nowait(register)

    async def one() -> None:
        at = time.perf_counter()
        register = await idle.get()
        resident_id = await register()
        sent.append(Sent(resident_id, at, time.perf_counter()))
        idle.put_nowait(register)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(plan.count):
            await asyncio.sleep(max(0.0, begin + number / plan.rate - time.perf_counter()))
            tasks.create_task(one())
    return sent


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _over_http(plan: Drive) -> Outcome:
    connections = [await Connection.open("127.0.0.1", plan.port) for _ in range(plan.lanes)]
    body = json.dumps(plan.body).encode()
    registers = [_register(connection, plan, body) for connection in connections]
    try:
        return await drive(registers, plan)
    finally:
        for connection in connections:
            connection.close()


def _register(connection: Connection, plan: Drive, body: bytes) -> Register:
    head = "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())

    async def register() -> str:
        status, answer = await connection.post(plan.path, head, body)
        if status != 201:
            raise RuntimeError(f"{plan.path} answered {status}: {answer[:300]!r}")
        resident_id: str = json.loads(answer)["id"]
        return resident_id

    return register


def main() -> None:
    outcome = uvloop.run(_over_http(Drive(**json.loads(sys.argv[1]))))
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
