"""Trying a change again when somebody else was faster."""

from collections.abc import Awaitable, Callable

import pytest

from shared.changing import TRIES, settled
from shared.errors import Conflict, StaleVersion
from shared.mongo import Duplicate


def losing(times: int, error: Exception) -> tuple[Callable[[], Awaitable[str]], list[int]]:
    """An attempt that loses `times` races before it succeeds, and the list of its runs."""
    runs: list[int] = []

    async def attempt() -> str:
        runs.append(len(runs))
        if len(runs) <= times:
            raise error
        return "done"

    return attempt, runs


@pytest.mark.parametrize("error", [StaleVersion(), Duplicate("taken")])
async def test_a_change_is_tried_until_nobody_interferes(error: Exception) -> None:
    attempt, runs = losing(TRIES - 1, error)
    assert await settled(attempt) == "done"
    assert len(runs) == TRIES


async def test_losing_again_and_again_is_a_conflict() -> None:
    attempt, runs = losing(TRIES, StaleVersion())
    with pytest.raises(Conflict) as refused:
        await settled(attempt)
    assert not isinstance(refused.value, StaleVersion)
    assert len(runs) == TRIES


async def test_who_named_a_version_hears_that_it_has_moved_on() -> None:
    attempt, runs = losing(TRIES, StaleVersion())
    with pytest.raises(StaleVersion):
        await settled(attempt, expected=3)
    assert len(runs) == 2


async def test_who_named_a_version_and_lost_to_their_own_repeated_request_hears_its_effect() -> None:
    attempt, _ = losing(1, StaleVersion())
    assert await settled(attempt, expected=3) == "done"
