"""How a service lives: connect, serve, work, and leave without losing anything.

`python -m services.<name> api|worker|all` calls `run` with the service's `compose`, its only composition root. `api` serves HTTP and drains
what it writes; `worker` consumes, sweeps and runs timers; `all` does both. Leaving: unready -> stop fetching -> finish what is in hand ->
give back the rest -> drain -> close.
"""

import argparse
import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import nats
import structlog
import uvicorn
from fastapi import FastAPI
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared import log as logging
from shared.auth import Authenticator
from shared.clock import Clock
from shared.errors import Unavailable
from shared.health import Front, Health
from shared.http.limits import RateLimits
from shared.inbox import INBOX, Consumer, Reaction
from shared.key_use import KeyUse
from shared.leases import LEASES
from shared.mongo import CollectionSpec, Database
from shared.outbox import Outbox
from shared.publisher import EVENT_LOG, Publisher
from shared.pull import PullConsumer
from shared.registry import Registry
from shared.sealing import Sealer
from shared.secrets import Secrets
from shared.settings import CoreSettings
from shared.streams import durables_of, reconcile
from shared.sweep import Sweep

log = structlog.get_logger()
Background = Callable[[asyncio.Event], Awaitable[None]]
CONNECT_EVERY = 0.5


@dataclass
class Core:
    """What every service is composed of. Made once per process, here."""

    name: str
    settings: CoreSettings
    nc: Client
    db: Database
    clock: Clock
    registry: Registry
    secrets: Secrets
    sealer: Sealer
    authenticator: Authenticator
    key_use: KeyUse
    limits: RateLimits
    publisher: Publisher
    outbox: Outbox


@dataclass
class Service:
    """What a service's `compose` returns. `outboxes` names the collections whose documents carry events."""

    app: FastAPI
    reactions: Sequence[Reaction] = ()
    outboxes: Sequence[str] = ()
    workers: Sequence[Background] = ()
    """Timers and senders: run in the worker role until their stop event is set."""
    companions: Sequence[Background] = field(default_factory=tuple)
    """What an API process itself needs beside serving, e.g. keeping an index in memory current."""


Compose = Callable[[Core], Awaitable[Service]]


async def connect_core(name: str, settings: CoreSettings, collections: Sequence[CollectionSpec]) -> Core:
    """Connect to both servers, waiting until they answer, and prepare collections, streams and durables."""
    clock = Clock()
    holder: list[Registry] = []

    async def reconnected() -> None:
        for registry in holder:
            registry.reconnected()

    db = Database(settings.mongo_url, f"{settings.database_prefix}_{name}", pool=settings.mongo_pool)
    nc = await _until_it_answers(lambda: _connect_nats(name, settings, reconnected))
    await _until_it_answers(lambda: db.prepare([*collections, EVENT_LOG, LEASES, INBOX]))
    await _until_it_answers(lambda: reconcile(nc.jetstream(), replicas=settings.nats_replicas))
    registry = Registry(nc, replicas=settings.nats_replicas)
    holder.append(registry)
    secrets = Secrets(settings.secrets_dir)
    publisher = Publisher(db, nc)
    key_use = KeyUse(nc, replicas=settings.nats_replicas)
    return Core(
        name=name,
        settings=settings,
        nc=nc,
        db=db,
        clock=clock,
        registry=registry,
        secrets=secrets,
        sealer=Sealer(secrets),
        authenticator=Authenticator(registry, secrets, settings, key_use.note),
        key_use=key_use,
        limits=RateLimits(),
        publisher=publisher,
        outbox=Outbox(db, f"/{name}", clock, publisher),
    )


async def _connect_nats(
    name: str, settings: CoreSettings, reconnected: Callable[[], Awaitable[None]]
) -> Client:
    async def quiet(error: Exception) -> None:
        log.warning("nats_error", error=type(error).__name__)

    return await nats.connect(
        settings.nats_url,
        name=f"banso-{name}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        connect_timeout=2,
        reconnected_cb=reconnected,
        error_cb=quiet,
        drain_timeout=5,
    )


async def _until_it_answers(attempt: Callable[[], Awaitable[Any]]) -> Any:
    while True:
        try:
            return await attempt()
        except (Unavailable, NatsError, OSError, TimeoutError) as error:
            log.warning("waiting_for_server", error=type(error).__name__)
            await asyncio.sleep(CONNECT_EVERY)


class Running:
    """The background tasks of a process. One that dies by a bug takes the process down: something outside restarts it."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def start(self, work: Background, name: str) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(_as_coroutine(work, self.stop))
        task.set_name(name)
        task.add_done_callback(self._ended)
        self.tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background_failed", name=task.get_name(), error=type(error).__name__, exc_info=error)
            if not self.failed.done():
                self.failed.set_result(error)

    async def finish(self, grace: float) -> None:
        """Let everything finish what is in hand; cancel what has not after `grace` seconds."""
        self.stop.set()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _as_coroutine(work: Background, stop: asyncio.Event) -> None:
    await work(stop)


async def start(core: Core, service: Service, role: str) -> Running:
    """Start what the role runs; returns once tenants are known."""
    running = Running()
    running.start(core.registry.run, "registry")
    if core.settings.test_clock:
        running.start(_until_stopped(lambda: core.clock.follow(core.nc)), "test-clock")
    running.start(core.publisher.run, "publisher")
    running.start(core.key_use.run, "key-use")
    for companion in service.companions if role in ("api", "all") else ():
        running.start(companion, getattr(companion, "__name__", "companion"))
    await core.registry.ready.wait()
    if role in ("worker", "all"):
        running.start(Sweep(core.publisher, service.outboxes).run, "sweep")
        for durable in durables_of(core.name):
            pull = PullConsumer(core.nc, durable)
            consumer = Consumer(durable, service.reactions, core.db, core.outbox, pull)
            running.start(consumer.run, durable.name)
        for worker in service.workers:
            running.start(worker, getattr(worker, "__name__", "worker"))
    return running


def _until_stopped(work: Callable[[], Awaitable[None]]) -> Background:
    """Run something endless until the stop; begin again when the broker was away."""

    async def run(stop: asyncio.Event) -> None:
        while not stop.is_set():
            task = asyncio.ensure_future(work())
            ending = asyncio.ensure_future(stop.wait())
            await asyncio.wait([task, ending], return_when=asyncio.FIRST_COMPLETED)
            task.cancel()
            ending.cancel()
            await asyncio.gather(task, ending, return_exceptions=True)
            if not stop.is_set():
                await asyncio.sleep(CONNECT_EVERY)

    return run


class _Server(uvicorn.Server):
    """Signals are the runtime's own business: it must become unready first."""

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
    running = await start(core, service, role)
    front.app = service.app if role in ("api", "all") else None
    _settle()
    watching = asyncio.ensure_future(health.watch(core.db, core.nc))
    log.info("serving", role=role, port=settings.port)
    reasons: set[asyncio.Future[Any]] = {leaving, running.failed, serving}
    await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
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
