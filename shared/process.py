"""How a process of a service lives: connect, serve, work, and leave without losing anything.

`python -m services.<name> api|worker|all` calls `run` with the service's `compose`, its only composition root. `api` serves HTTP and drains
what it writes; `worker` consumes, sweeps and runs timers; `all` does both. Leaving: unready -> stop fetching -> finish what is in hand ->
give back the rest -> drain -> close.
"""

import argparse
import asyncio
import gc
import signal
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import structlog
import uvicorn
from nats.errors import Error as NatsError

from shared import log as logging
from shared.health import Front, Health
from shared.mongo import CollectionSpec
from shared.runtime import Compose, Running, connect_core, start
from shared.settings import CoreSettings

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """Signals are this module's own business: the process must become unready first."""

    def capture_signals(self) -> Any:
        return nullcontext()


async def serve(
    name: str, settings: CoreSettings, collections: Sequence[CollectionSpec], compose: Compose, role: str
) -> int:
    """Live until a signal; returns the exit code."""
    logging.configure(name, settings.log_level)
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, leave.set)

    health = Health()
    front = Front(health)
    config = uvicorn.Config(
        front, host=settings.host, port=settings.port, access_log=False, log_config=None, lifespan="off",
        timeout_graceful_shutdown=int(settings.shutdown_grace), timeout_keep_alive=30, server_header=False,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve())
    try:
        return await _live(name, settings, collections, compose, role, health, front, serving, leave)
    finally:
        server.should_exit = True
        await serving


async def _live(
    name: str,
    settings: CoreSettings,
    collections: Sequence[CollectionSpec],
    compose: Compose,
    role: str,
    health: Health,
    front: Front,
    serving: "asyncio.Future[None]",
    leave: asyncio.Event,
) -> int:
    leaving = asyncio.ensure_future(leave.wait())
    connecting = asyncio.ensure_future(connect_core(name, settings, collections))
    first: set[asyncio.Future[Any]] = {connecting, leaving, serving}
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        connecting.cancel()
        return 0 if leave.is_set() else 1
    core = connecting.result()
    service = await compose(core)
    running = Running()
    starting = asyncio.ensure_future(start(core, service, role, running))
    watching = asyncio.ensure_future(health.watch(core.db, core.nc))
    reasons: set[asyncio.Future[Any]] = {leaving, running.failed, serving}
    await asyncio.wait({starting, *reasons}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
        front.app = service.app if role in ("api", "all") else None
        _settle()
        health.started = True
        log.info("serving", role=role, port=settings.port)
        await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    log.info("leaving")
    health.leaving = True
    await asyncio.sleep(settings.drain_delay)  # until whoever routes to us has seen that we are unready
    front.refuse_new = True
    await front.quiet(settings.shutdown_grace)
    await running.finish(settings.shutdown_grace)
    watching.cancel()
    try:
        await asyncio.wait_for(core.nc.drain(), 10)
    except (NatsError, TimeoutError):
        pass
    core.db.close()
    log.info("left")
    return 1 if running.failed.done() else 0


def _settle() -> None:
    """What was made at start-up stays: a full collection that looks at it all again holds every request up for some 75 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def run(name: str, settings: CoreSettings, collections: Sequence[CollectionSpec], compose: Compose) -> None:
    """The `__main__` of a service."""
    import uvloop

    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    parser.add_argument("role", choices=["api", "worker", "all"], nargs="?", default="all")
    args = parser.parse_args()
    raise SystemExit(uvloop.run(serve(name, settings, collections, compose, args.role)))
