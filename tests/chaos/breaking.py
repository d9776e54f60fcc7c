"""Carrying the plan out on a running stack, and leaving it whole."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from deploy.local.stack import Stack
from tests.chaos.disturbance import SERVERS, Disturbance, disturbances


@dataclass
class Breaker:
    """Breaks `stack` by the plan of `seed` until told to stop. `done` counts (kind, process)."""

    stack: Stack
    seed: int
    done: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def run(self, stop: asyncio.Event) -> None:
        for disturbance in disturbances(self.seed):
            if await _stopped_within(stop, disturbance.gap):
                return
            await asyncio.to_thread(self._begin, disturbance)
            await _stopped_within(stop, disturbance.lasting)
            await asyncio.to_thread(self._end, disturbance)

    def _begin(self, disturbance: Disturbance) -> None:
        for target in disturbance.targets:
            self.done[disturbance.kind, target] += 1
            if disturbance.kind == "kill":
                self.stack.kill(target)
            elif disturbance.kind == "pause":
                self.stack.pause(target)
            else:
                self.stack.processes[target].ask_to_stop()

    def _end(self, disturbance: Disturbance) -> None:
        """Start or resume; servers first, because services wait for them."""
        for target in sorted(disturbance.targets, key=lambda name: name not in SERVERS):
            if disturbance.kind == "pause":
                self.stack.resume(target)
                continue
            if disturbance.kind == "terminate":
                self.stack.stop(target)
            self.stack.start(target, wait=target in SERVERS)
        if disturbance.recovers:
            for target in disturbance.targets:
                self.stack.wait_ready(target)

    async def mend(self) -> None:
        """Everything runs and is ready."""
        for name in self.stack.processes:
            self.stack.resume(name)
            await asyncio.to_thread(self.stack.start, name)


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
