"""Fixtures: real servers once per session, a broker without streams and databases of its own per test."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import nats
import pytest
import structlog
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.ids import new_ulid
from shared.settings import CoreSettings
from tests.harness import Harness
from tests.servers import embedded

# a service configures its own log; without this a traceback would be drawn with the values of all variables
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


# each started service makes some hundred thousand objects: at the usual thresholds half of that time goes into looking for garbage
gc.set_threshold(10_000, 10, 10)

SESSION = f"t{new_ulid().lower()}"
"""How the names of this session's databases begin."""
pytest_plugins = ("tests.browser",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(autouse=True)
def _unit_tests_open_no_socket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "/tests/unit/" not in str(request.node.path):
        return

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a unit test opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def _docker() -> bool:
    if "BANSO_MONGO_URL" in os.environ and "BANSO_NATS_URL" in os.environ:
        return False
    from tests.servers import docker

    return docker.answers()


@pytest.fixture(scope="session")
def mongo_url(_docker: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MongoDB-wire server for the session."""
    if url := os.environ.get("BANSO_MONGO_URL"):
        yield url
    elif _docker:
        from tests.servers import docker

        with docker.mongo_server() as url:
            yield url
    else:
        with embedded.mongo_server(tmp_path_factory.mktemp("mongo")) as url:
            yield url


@pytest.fixture(scope="session")
def _nats_server(_docker: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("BANSO_NATS_URL"):
        yield url
    elif _docker:
        from tests.servers import docker

        with docker.nats_server() as url:
            yield url
    else:
        with embedded.nats_server(tmp_path_factory.mktemp("nats")) as url:
            yield url


@pytest.fixture
async def nats_url(_nats_server: str) -> AsyncIterator[str]:
    """A NATS server without any stream or bucket: what an earlier test left is gone."""
    nc = await nats.connect(_nats_server)
    js = nc.jetstream()
    for stream in await js.streams_info():
        assert stream.config.name
        await js.delete_stream(stream.config.name)
    await nc.close()
    yield _nats_server


@pytest.fixture(scope="session")
def _prefixes(mongo_url: str) -> Iterator[list[str]]:
    """Beginnings of the names of empty databases: a test takes one, and gives it back. All of this session's are dropped at its end."""
    free: list[str] = []
    yield free
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_url)
    for name in client.list_database_names():
        if name.startswith(SESSION):
            client.drop_database(name)
    client.close()


@pytest.fixture
async def settings(
    mongo_url: str, nats_url: str, tmp_path: Path, _prefixes: list[str]
) -> AsyncIterator[CoreSettings]:
    """Settings with databases that are the test's own, and emptied at its end: making their indexes anew takes longer than most tests."""
    prefix = _prefixes.pop() if _prefixes else f"{SESSION}{new_ulid().lower()[-8:]}"
    made = CoreSettings(
        mongo_url=mongo_url,
        nats_url=nats_url,
        database_prefix=prefix,
        secrets_dir=tmp_path / "secrets",
        staff_jwks=str(tmp_path / "issuer" / "jwks.json"),
        staff_client_id="banso",
        public_url="http://localhost:8080",
        test_clock=True,
        shutdown_grace=5.0,
    )
    yield made
    if await _emptied(mongo_url, prefix):
        _prefixes.append(prefix)


async def _emptied(url: str, prefix: str) -> bool:
    """Whether the databases could be emptied: a process that was killed in a transaction may hold some of their documents."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(url)
    try:
        names = [name for name in await client.list_database_names() if name.startswith(prefix)]
        async with asyncio.timeout(2):
            for name in names:
                for collection in await client[name].list_collection_names():
                    await client[name][collection].delete_many({})
        return True
    except (TimeoutError, PyMongoError):
        return False
    finally:
        client.close()


@pytest.fixture
async def harness(settings: CoreSettings, tmp_path: Path) -> AsyncIterator[Harness]:
    """Starts services in this process against the real servers; see `tests/harness.py`."""
    made = Harness(settings, tmp_path)
    yield made
    await made.close()
