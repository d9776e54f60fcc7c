"""`python -m deploy.local.demo`: walk the sample journey through the running stack and tell it. Exit code 1 when it breaks."""

import asyncio
import os
import sys

import httpx
from nats.errors import Error as NatsError

from deploy.local.demo.expecting import JourneyBroke
from deploy.local.demo.journey import tell_all
from deploy.local.demo.story import Story
from deploy.local.demo.terminal import Terminal
from deploy.local.demo.world import open_world
from deploy.local.plan import Plan
from deploy.local.stack import Stack


async def walk(plan: Plan, terminal: Terminal) -> None:
    """One run against the stack of `plan`. Raises JourneyBroke, also for answers of another shape than the API promises."""
    async with open_world(plan) as world:
        try:
            await tell_all(world, Story(terminal))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            last = world.exchanges[-1].name if world.exchanges else "the start"
            came = f"{type(error).__name__}: {error}"
            raise JourneyBroke(f"after {last}", "an answer as the API promises it", came) from error


def stopped(*lines: str) -> int:
    """Say on stderr where it stopped; the exit code."""
    print("\n" + "\n".join(lines), file=sys.stderr)
    return 1


def main() -> int:
    """Tell the journey; a few clear lines on stderr when it breaks."""
    terminal, stack = Terminal(), Stack.running(Plan.from_environment(os.environ))
    missing = [name for name, process in stack.processes.items() if process.pid() is None]
    if missing:
        return stopped(f"make demo: not running: {', '.join(missing)}; run `make up` first")
    try:
        asyncio.run(walk(stack.plan, terminal))
    except JourneyBroke as broke:
        return stopped(
            f"make demo: stopped at 「{broke.step}」",
            f"  expected  {broke.expected}",
            f"  came      {broke.came}",
        )
    except (httpx.TransportError, NatsError, OSError) as error:
        return stopped(
            f"make demo: the stack does not answer ({type(error).__name__}: {error}); see make status"
        )
    except KeyboardInterrupt:
        return stopped("make demo: interrupted")
    terminal.line()
    terminal.line(
        terminal.paint("おわり。どの一歩も、本当に動いているBansoから読んだものです。", "bold")
        + terminal.paint("  (all of it real data)", "dim")
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
