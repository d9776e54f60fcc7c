"""The whole life of bookings, step by step at random: whatever happens in whatever order, the service and a plain model agree.

A failure prints its steps and a line to put above the test, `@reproduce_failure(…)`. BANSO_LIFE_EXAMPLES asks for more lives;
BANSO_LIFE_SHRINK=1 looks for the shortest way to fail, which takes minutes.
"""

import asyncio
import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.harness import Harness
from tests.integration.booking.desk import open_desk
from tests.integration.booking.life.declaring import Declaring
from tests.integration.booking.life.world import World

NEVER = 3600.0
EXAMPLES = int(os.environ.get("BANSO_LIFE_EXAMPLES", "20"))
STEPS = 40
PHASES = [Phase.explicit, Phase.reuse, Phase.generate] + (
    [Phase.shrink] if os.environ.get("BANSO_LIFE_SHRINK") else []
)


class Life(Declaring):
    """Every rule; see the classes that it is made of."""


async def test_the_service_and_a_plain_model_agree_on_every_step(harness: Harness) -> None:
    desk = await open_desk(harness, expiry_every=NEVER)
    Life.world = World(asyncio.get_running_loop(), harness, desk.started)
    lives = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Life, settings=lives)
    assert await desk.findings() == []
