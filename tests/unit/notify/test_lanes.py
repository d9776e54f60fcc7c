"""Bounded concurrency in lanes."""

import asyncio

from services.notify.lanes import Lanes


class Work:
    """Jobs that end when they are told to."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.most = 0
        self.gates: dict[str, asyncio.Event] = {}

    async def __call__(self, job: str) -> None:
        self.running.append(job)
        self.most = max(self.most, len(self.running))
        await self.gates.setdefault(job, asyncio.Event()).wait()
        self.running.remove(job)
        if job.startswith("broken"):
            raise RuntimeError(job)

    def end(self, job: str) -> None:
        self.gates.setdefault(job, asyncio.Event()).set()


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_lane_that_hangs_holds_up_no_other() -> None:
    work = Work()
    lanes: Lanes[str] = Lanes(work, total=10, per_lane=2)
    for number in range(5):
        lanes.offer("dead", f"dead{number}", f"dead{number}")
    lanes.offer("alive", "alive", "alive")
    await turn()
    assert work.running == ["dead0", "dead1", "alive"]
    for number in range(5):
        work.end(f"dead{number}")
    work.end("alive")
    await lanes.drain()
    assert lanes.in_hand == 0


async def test_lanes_take_turns_when_all_places_are_taken() -> None:
    work = Work()
    lanes: Lanes[str] = Lanes(work, total=2, per_lane=2)
    for lane in ("a", "a", "a", "b"):
        name = f"{lane}{lanes.in_hand}"
        lanes.offer(lane, name, name)
    await turn()
    assert work.running == ["a0", "a1"]
    work.end("a0")
    await turn()
    work.end("a1")
    await turn()
    assert sorted(work.running) == ["a2", "b3"]
    work.end("a2")
    work.end("b3")
    await lanes.drain()
    assert work.most == 2


async def test_what_is_in_hand_is_not_taken_twice() -> None:
    work = Work()
    lanes: Lanes[str] = Lanes(work, total=2, per_lane=2)
    assert lanes.offer("a", "k", "job")
    assert not lanes.offer("a", "k", "job")
    work.end("job")
    await lanes.drain()
    assert lanes.offer("a", "k", "job")
    await lanes.drain()


async def test_a_job_that_breaks_makes_room_for_the_next() -> None:
    work = Work()
    lanes: Lanes[str] = Lanes(work, total=1, per_lane=1)
    lanes.offer("a", "broken", "broken")
    lanes.offer("a", "next", "next")
    work.end("broken")
    work.end("next")
    await lanes.drain()
    assert lanes.in_hand == 0
