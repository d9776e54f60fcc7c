"""One stack for the session; another one for the tests that destroy things."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.demo.world import World, open_world
from tests.e2e.stacks import Running, running


@pytest.fixture(scope="session")
def banso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running stack that every test leaves as healthy as it found it."""
    with running(tmp_path_factory.mktemp("banso")) as made:
        yield made


@pytest.fixture(scope="session")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running stack whose servers may be killed and whose stores may be deleted."""
    with running(tmp_path_factory.mktemp("breakable")) as made:
        yield made


@pytest.fixture
async def world(banso: Running) -> AsyncIterator[World]:
    """The demo's view of the stack; the clock is put right at the end."""
    async with open_world(banso.plan) as made:
        yield made
