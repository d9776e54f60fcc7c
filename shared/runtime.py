"""What every process of a service is made of: the core that it is composed on, and the tasks that run beside serving.

`shared/process.py` lives with it: connects, serves, leaves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import nats
import structlog
from fastapi import FastAPI
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.auth import Authenticator
from shared.clock import Clock
from shared.errors import Unavailable
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
        """Let everything finish what is in hand; cancel what has not after `grace` seconds, and leave behind what does not even then."""
        self.stop.set()
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks, timeout=grace)
        for task in late:
            task.cancel()
        _, stuck = await asyncio.wait(late, timeout=grace) if late else (late, late)
        for task in stuck:
            log.error("background_does_not_end", name=task.get_name(), at=_where(task))


def _where(task: asyncio.Task[None]) -> list[str]:
    """Where a task waits, outermost first. (`Task.get_stack` has the outermost frame only.)"""
    places, waiting = [], cast(Any, task.get_coro())
    while (frame := getattr(waiting, "cr_frame", None)) is not None:
        places.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        waiting = waiting.cr_await
    return places


async def _as_coroutine(work: Background, stop: asyncio.Event) -> None:
    await work(stop)


async def start(core: Core, service: Service, role: str, running: Running | None = None) -> Running:
    """Start what the role runs, as tasks of `running`; returns once tenants are known."""
    running = running or Running()
    running.start(core.registry.run, "registry")
    if core.settings.test_clock:
        running.start(_until_stopped(lambda: core.clock.follow(core.nc)), "test-clock")
    running.start(core.publisher.run, "publisher")
    running.start(core.key_use.run, "key-use")
    if core.authenticator.staff_keys.remote:
        running.start(core.authenticator.staff_keys.follow, "staff-keys")
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
