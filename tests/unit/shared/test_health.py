"""Readiness: what both servers answer, with patience for a single failure."""

from typing import Any

import pytest
from pymongo.errors import OperationFailure

from shared.errors import Unavailable
from shared.health import FAILURES_TO_UNREADY, Health


class Servers:
    """Both servers as the check sees them; `error` is what the database answers with."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.is_connected = True

    async def ping(self) -> None:
        if self.error:
            raise self.error

    async def checked(self, health: Health, times: int = 1) -> bool:
        this: Any = self
        for _ in range(times):
            await health.check(this, this)
        return health.ready


@pytest.mark.parametrize("error", [Unavailable(), OperationFailure("not authorized")])
async def test_a_database_that_refuses_makes_unready_after_some_failures_and_ready_again_at_once(
    error: Exception,
) -> None:
    health, servers = Health(), Servers()
    assert await servers.checked(health)
    servers.error = error
    assert await servers.checked(health, FAILURES_TO_UNREADY - 1)
    assert not await servers.checked(health)
    assert (health.parts["mongo"], health.parts["nats"]) == (False, True)
    servers.error = None
    assert await servers.checked(health)


async def test_a_broker_that_is_away_makes_unready() -> None:
    health, servers = Health(), Servers()
    servers.is_connected = False
    assert not await servers.checked(health, FAILURES_TO_UNREADY)


def test_a_process_that_leaves_or_has_not_started_is_not_ready() -> None:
    health = Health()
    health.ready = True
    assert health.report()[0] == 503
    health.started = True
    assert health.report()[0] == 200
    health.leaving = True
    assert health.report()[0] == 503
