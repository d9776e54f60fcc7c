"""The whole life of bookings, step by step at random: whatever happens in whatever order, the service and a plain model agree.

The same lives every time, so that a change is judged and not the day's luck; BANSO_LIFE_EXAMPLES asks for so many others. A failure prints
its steps and their one `seed`, and a line to put above the test, `@reproduce_failure(…)`. BANSO_LIFE_SHRINK=1 looks for the shortest way to fail,
which takes minutes.
"""

import asyncio
import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.harness import Harness
from tests.integration.booking.desk import open_desk
from tests.integration.booking.life.chance import Chance
from tests.integration.booking.life.declaring import Declaring
from tests.integration.booking.life.model import Town
from tests.integration.booking.life.world import World

OTHERS = os.environ.get("BANSO_LIFE_EXAMPLES")
EXAMPLES = int(OTHERS or "14")
STEPS = 50
PHASES = [Phase.explicit, Phase.reuse, Phase.generate] + (
    [Phase.shrink] if os.environ.get("BANSO_LIFE_SHRINK") else []
)


Weighed = tuple[int, Callable[[Declaring, Chance, Town], None]]
TAKE: list[Weighed] = [
    (6, Declaring.hold), (4, Declaring.staff_book), (3, Declaring.take_with_anybody), (2, Declaring.book_a_series),
    (4, Declaring.a_request_comes_again), (1, Declaring.a_key_comes_with_another_body),
    (1, Declaring.a_counsellor_of_the_other_town_cannot_be_had),
]  # fmt: skip
CHANGE: list[Weighed] = [
    (5, Declaring.confirm), (5, Declaring.move), (2, Declaring.cancel), (3, Declaring.swap_into_a_hold), (2, Declaring.mark),
    (1, Declaring.reaffirm), (1, Declaring.cancel_the_rest_of_a_series), (1, Declaring.a_stranger_finds_nothing),
]  # fmt: skip
DECLARE: list[Weighed] = [
    (1, Declaring.a_counsellor_begins), (1, Declaring.hours_change), (1, Declaring.a_day_is_different),
    (2, Declaring.leave_is_taken), (1, Declaring.leave_ends), (2, Declaring.others_take_what_lies_in_a_leave),
    (1, Declaring.a_room_opens), (1, Declaring.a_room_closes_or_opens_again), (1, Declaring.terms_change),
]  # fmt: skip
WAIT: list[Weighed] = [
    (3, Declaring.time_passes), (2, Declaring.holds_that_have_run_out_are_let_go), (1, Declaring.an_appointment_begins),
]  # fmt: skip
STEPS_OF: dict[str, list[Weighed]] = {"take": TAKE, "change": CHANGE, "declare": DECLARE, "wait": WAIT}
KINDS = [(8, "take"), (8, "change"), (3, "declare"), (3, "wait")]


class Life(Declaring):
    """Appointments are made and changed more often than the ground below them."""

    @rule()
    def something_happens(self) -> None:
        steps = STEPS_OF[self.chance.weighed(KINDS, "kind")]
        step = self.chance.weighed(steps, "step")
        step(self, self.chance, self.chance.one(self.towns, "town"))


@pytest.mark.timeout(600)
async def test_the_service_and_a_plain_model_agree_on_every_step(harness: Harness) -> None:
    desk = await open_desk(harness, "hold-expiry")
    Life.world = World(asyncio.get_running_loop(), harness, desk.started)
    lives = settings(
        max_examples=EXAMPLES,
        derandomize=OTHERS is None,
        database=None,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Life, settings=lives)
    assert await desk.findings() == []
