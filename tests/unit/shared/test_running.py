"""The end of a process's background tasks."""

import asyncio

from structlog.testing import capture_logs

from shared.runtime import Running


async def test_what_is_in_hand_is_finished() -> None:
    running, done = Running(), []

    async def work(stop: asyncio.Event) -> None:
        await stop.wait()
        done.append("finished")

    running.start(work, "work")
    await running.finish(5)
    assert done == ["finished"]


async def test_what_does_not_end_even_when_cancelled_is_named_and_left_behind() -> None:
    running, released = Running(), asyncio.Event()

    async def deaf(stop: asyncio.Event) -> None:
        try:
            await released.wait()
        except asyncio.CancelledError:
            await released.wait()

    running.start(deaf, "deaf")
    await asyncio.sleep(0)
    with capture_logs() as logs:
        await running.finish(0.01)
    (said,) = [line for line in logs if line["event"] == "background_does_not_end"]
    assert said["name"] == "deaf"
    assert any("deaf" in place for place in said["at"])
    released.set()
    await asyncio.gather(*running.tasks)
