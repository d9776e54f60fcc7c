"""What is done to which process, when and for how long: decided by a seed alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["kill", "pause", "terminate"]
SERVICES = ("intake", "matching", "booking", "notify")
SERVERS = ("nats", "mongo")
KINDS: tuple[Kind, ...] = ("kill", "kill", "kill", "pause", "pause", "terminate")
GAP_SECONDS = (0.5, 2.5)
DOWN_SECONDS = (0.1, 2.0)
PAUSED_SECONDS = (0.5, 5.0)
TWO_AT_ONCE = 0.25
NO_RECOVERY = 0.2


@dataclass(frozen=True)
class Disturbance:
    """After `gap` seconds of peace, `targets` are killed (-9), paused (SIGSTOP) or terminated, for `lasting` seconds."""

    gap: float
    kind: Kind
    targets: tuple[str, ...]
    lasting: float
    recovers: bool
    """Whether the targets may become ready again before the next disturbance."""


def disturbances(seed: int) -> Iterator[Disturbance]:
    """An endless plan: every process is hit about equally often, sometimes two at once."""
    chance = random.Random(f"disturbances-{seed}")
    waiting: list[str] = []
    while True:
        count = 2 if chance.random() < TWO_AT_ONCE else 1
        targets: list[str] = []
        while len(targets) < count:
            if not waiting:
                waiting = [*SERVICES, *SERVERS]
                chance.shuffle(waiting)
            target = waiting.pop()
            if target not in targets:
                targets.append(target)
        kind = chance.choice(KINDS)
        lasting = chance.uniform(*(PAUSED_SECONDS if kind == "pause" else DOWN_SECONDS))
        recovers = chance.random() >= NO_RECOVERY
        yield Disturbance(chance.uniform(*GAP_SECONDS), kind, tuple(targets), lasting, recovers)
