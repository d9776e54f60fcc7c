"""`python -m deploy.local.demo`: walk the sample journey through the running stack and tell it. Exit code 1 when it breaks."""

import asyncio
import os
import sys

import httpx

from deploy.local.demo.expecting import JourneyBroke
from deploy.local.demo.journey import tell_all
from deploy.local.demo.story import Story
from deploy.local.demo.terminal import Terminal
from deploy.local.demo.world import open_world
from deploy.local.plan import Plan
from deploy.local.stack import Stack


async def walk(plan: Plan, terminal: Terminal) -> None:
    """One run against the stack of `plan`."""
    async with open_world(plan) as world:
        await tell_all(world, Story(terminal))


def main() -> int:
    """Tell the journey; one clear line on stderr when it breaks."""
    terminal = Terminal()
    try:
        asyncio.run(walk(Stack.running(Plan.from_environment(os.environ)).plan, terminal))
    except JourneyBroke as broke:
        print(f"\nmake demo: stopped at 「{broke.step}」", file=sys.stderr)
        print(f"  expected  {broke.expected}", file=sys.stderr)
        print(f"  came      {broke.came}", file=sys.stderr)
        return 1
    except (httpx.TransportError, OSError) as error:
        print(
            f"\nmake demo: the stack does not answer ({type(error).__name__}: {error}); is it up? make status",
            file=sys.stderr,
        )
        return 1
    terminal.line()
    terminal.line(
        terminal.paint("おわり。どの一歩も、本当に動いているBansoから読んだものです。", "bold")
        + terminal.paint("  (all of it real data)", "dim")
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
