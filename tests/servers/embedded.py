"""The embedded servers as processes on free ports."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

BIN = Path(sys.executable).parent
DEADLINE = 30.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """Linux: a test run that is killed leaves no server behind (prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextlib.contextmanager
def process(
    argv: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed with the block: its data are the test's own. `environment` is added to our own."""
    with log.open("ab") as out:
        running = subprocess.Popen(
            argv,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=_die_with_parent,
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait(10)


def wait_for_port(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    """Raises RuntimeError with the end of the log when the process ends or does not listen in time."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        if running.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"no server on port {port}:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """A nats-server with JetStream in `folder`; yields its URL."""
    port = free_port()
    log = folder / "nats.log"
    argv = [
        str(BIN / "nats-server"),
        "-a",
        "127.0.0.1",
        "-p",
        str(port),
        "-js",
        "-sd",
        str(folder / "jetstream"),
    ]
    with process(argv, log) as running:
        wait_for_port(port, running, log)
        yield f"nats://127.0.0.1:{port}"


@contextlib.contextmanager
def mongo_server(folder: Path) -> Iterator[str]:
    """The embedded MongoDB-wire server with its data in `folder`; yields its URL."""
    port = free_port()
    log = folder / "mongo.log"
    argv = [
        str(BIN / "secantusd-py"), "--host", "127.0.0.1", "--port", str(port),
        "--storage-path", str(folder / "mongo"), "--sync-on-commit", "--log-level", "WARNING",
    ]  # fmt: skip
    with process(argv, log) as running:
        wait_for_port(port, running, log)
        url = f"mongodb://127.0.0.1:{port}/?directConnection=true&retryWrites=false"
        wait_for_ping(url)
        yield url


def wait_for_ping(url: str) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(url, serverSelectionTimeoutMS=int(DEADLINE * 1000))
    try:
        client.admin.command("ping")
    except PyMongoError as error:
        raise RuntimeError(f"the MongoDB server does not answer: {error}") from error
    finally:
        client.close()
