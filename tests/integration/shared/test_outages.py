"""Servers that go away and come back: the batch in hand is kept, no delivery is burnt, nothing is lost."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import ConsumerInfo
from pymongo import InsertOne

from shared import deadletters
from shared.clock import system_now
from shared.deadletters import letters
from shared.errors import Permanent, Unavailable
from shared.events.envelope import Event, decode, envelop
from shared.events.intake import ResidentRegistered
from shared.inbox import Consumer, Reaction, Tx
from shared.mongo import CollectionSpec
from shared.outbox import OUTBOX_INDEX
from shared.pull import PullConsumer
from shared.runtime import Core, connect_core
from shared.settings import CoreSettings
from shared.streams import ACK_WAIT, DURABLES, reconcile
from tests.harness import DEADLINE, eventually
from tests.servers import embedded

DURABLE = next(d for d in DURABLES if d.name == "matching-residents")
PAYLOAD = ResidentRegistered(resident_id="res_1", channel="web", anonymous=True, municipality_code="990019")
COLLECTIONS = [CollectionSpec("things", (OUTBOX_INDEX,)), CollectionSpec("effects")]


class OwnMongo:
    """An embedded server of the test's own, on one port, that can be taken away and brought back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, embedded.free_port()
        self.url = f"mongodb://127.0.0.1:{self.port}/?directConnection=true&retryWrites=false"
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        log = self.folder / "mongo.log"
        argv = [
            str(embedded.BIN / "secantusd-py"), "--host", "127.0.0.1", "--port", str(self.port),
            "--storage-path", str(self.folder / "mongo"), "--sync-on-commit", "--log-level", "WARNING",
        ]  # fmt: skip
        self.process = self._running.enter_context(embedded.process(argv, log))
        embedded.wait_for_port(self.port, self.process, log)
        embedded.wait_for_ping(self.url)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def close(self) -> None:
        self._running.close()

    def listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
            return True
        return False


@pytest.fixture
def own_mongo(tmp_path: Path) -> Iterator[OwnMongo]:
    made = OwnMongo(tmp_path)
    made.start()
    yield made
    made.close()


class Work:
    """A core with a consumer whose handler records the event's subject, and what the broker says about its durable."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.stop = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.poisoned: set[str] = set()

    def run(self) -> asyncio.Task[None]:
        pull = PullConsumer(self.core.nc, DURABLE)
        reaction = Reaction(ResidentRegistered, self.record)
        consumer = Consumer(DURABLE, [reaction], self.core.db, self.core.outbox, pull)
        self.tasks.append(asyncio.create_task(consumer.run(self.stop)))
        return self.tasks[-1]

    async def record(self, tx: Tx, event: Event, _: ResidentRegistered) -> None:
        if event.subject in self.poisoned:
            raise Permanent("cannot ever work")
        row = {"_id": event.id, "tenant_id": event.tenantid, "subject": event.subject}
        tx.stage("effects", InsertOne(row))

    async def publish(self, *subjects: str) -> None:
        js = self.core.nc.jetstream()
        for subject in subjects:
            [event] = envelop(
                [PAYLOAD], source="/intake", tenant="kyoto", subject=subject, sequence=1, now=system_now()
            )
            await js.publish(event.nats_subject, event.encode(), headers=event.headers())

    async def effects(self) -> list[str]:
        try:
            rows = await self.core.db["effects"].find({}).to_list(None)
        except Exception:
            return []  # the server is away
        return sorted(row["subject"] for row in rows)

    async def durable(self) -> ConsumerInfo:
        info: ConsumerInfo = await self.core.nc.jetstream().consumer_info(DURABLE.stream, DURABLE.name)
        return info

    async def dead(self) -> list[str]:
        return [letter.reason async for letter in letters(self.core.nc.jetstream())]


async def a_core(settings: CoreSettings) -> AsyncIterator[Work]:
    core = await connect_core("test", settings, COLLECTIONS)
    work = Work(core)
    yield work
    work.stop.set()
    await asyncio.wait_for(asyncio.gather(*work.tasks), 30)
    await core.nc.close()
    core.db.close()


@pytest.fixture
async def work(settings: CoreSettings) -> AsyncIterator[Work]:
    async for made in a_core(settings):
        yield made


@pytest.fixture
async def own_work(settings: CoreSettings, own_mongo: OwnMongo) -> AsyncIterator[Work]:
    async for made in a_core(settings.model_copy(update={"mongo_url": own_mongo.url})):
        yield made


async def test_the_batch_stays_in_hand_while_the_database_is_away(
    own_work: Work, own_mongo: OwnMongo, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    keep = Consumer._keep

    async def noted(consumer: Consumer, msgs: Sequence[Msg]) -> None:
        kept.append(len(msgs))
        await keep(consumer, msgs)

    monkeypatch.setattr(Consumer, "_keep", noted)
    own_work.run()
    await own_work.publish("before")
    await eventually(own_work.effects, until=lambda found: found == ["before"])
    own_mongo.kill()
    names = [f"during-{n}" for n in range(5)]
    await own_work.publish(*names)

    async def given_up_once() -> bool:
        return bool(kept)

    await eventually(given_up_once, within=60)
    own_mongo.start()
    await eventually(own_work.effects, until=lambda found: found == sorted(["before", *names]), within=60)
    info = await eventually(own_work.durable, until=lambda i: not i.num_ack_pending)
    assert info.delivered is not None
    assert (info.delivered.consumer_seq, info.num_redelivered) == (6, 0), "an outage burns no deliveries"
    assert await own_work.dead() == []


async def test_a_write_while_the_database_is_away_is_refused_as_unavailable(
    own_work: Work, own_mongo: OwnMongo
) -> None:
    own_mongo.kill()
    with pytest.raises(Unavailable):
        await own_work.core.outbox.insert("things", "kyoto", "t1", {}, [PAYLOAD])
    own_mongo.start()

    async def again() -> bool:
        try:
            return await own_work.core.outbox.insert("things", "kyoto", "t2", {}, [PAYLOAD])
        except Unavailable:
            return False

    await eventually(again, within=30)


async def test_a_durable_that_is_gone_is_asked_for_quietly_and_found_again(work: Work) -> None:
    js = work.core.nc.jetstream()
    await js.delete_consumer(DURABLE.stream, DURABLE.name)
    pull = PullConsumer(work.core.nc, DURABLE)
    await pull.start()
    # answers in its own time, instead of asking again and again until something comes
    assert await asyncio.wait_for(pull.next_batch(10, wait=0.2), DEADLINE) == []
    await reconcile(js)
    await work.publish("after")

    async def batch() -> list[str]:
        return [msg.subject for msg in await pull.next_batch(10, wait=0.2)]

    assert await eventually(batch) == ["evt.intake.kyoto.resident.registered.v1"]
    await pull.stop()


async def test_a_stopped_consumer_leaves_although_its_stream_is_gone(work: Work) -> None:
    running = work.run()
    await work.publish("before")
    await eventually(work.effects)
    await work.core.nc.jetstream().delete_stream(DURABLE.stream)
    work.stop.set()
    await asyncio.wait_for(running, DEADLINE)


async def test_a_message_is_not_given_up_on_while_the_dead_letters_cannot_be_written(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    real = deadletters.bury

    async def away_at_first(*arguments: object) -> None:
        tries.append("try")
        if len(tries) < 3:
            raise NatsTimeout
        await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("shared.inbox.bury", away_at_first)
    work.poisoned = {"bad"}
    await work.publish("a", "bad", "b")
    running = work.run()
    assert await eventually(work.dead, within=30) == ["cannot ever work"]
    assert await eventually(work.effects, until=lambda found: len(found) == 2) == ["a", "b"]
    assert not running.done()
    info = await eventually(work.durable, until=lambda i: not i.num_ack_pending)
    assert info.num_redelivered == 0


async def test_what_a_leaving_consumer_had_fetched_comes_to_the_next_one_at_once(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, staying = PullConsumer(work.core.nc, DURABLE), PullConsumer(work.core.nc, DURABLE)
    await leaving.start()
    assert await leaving.next_batch(100, wait=0.1) == []  # its request stays open
    names = {f"t{n}" for n in range(3)}
    await work.publish(*names)

    async def fetched() -> int:
        assert leaving._sub is not None
        return leaving._sub.pending_msgs

    await eventually(fetched, until=lambda n: n == len(names))
    nc, publish = work.core.nc, work.core.nc.publish

    async def slowly(*arguments: Any, **named: Any) -> None:
        await publish(*arguments, **named)
        await nc.flush()  # a message that is given back can be delivered again before the next step

    monkeypatch.setattr(nc, "publish", slowly)
    await leaving.stop()
    await staying.start()
    come: set[str] = set()

    async def all_come() -> set[str]:
        for msg in await staying.next_batch(100, wait=0.2):
            come.add(decode(msg.data).subject)
            await msg.ack()
        return come

    # sooner than the broker would deliver again by itself
    assert await eventually(all_come, until=lambda found: found == names, within=ACK_WAIT / 3) == names
    info = await eventually(work.durable, until=lambda i: not i.num_ack_pending)
    assert info.delivered is not None
    assert info.delivered.consumer_seq == 2 * len(names), "given back once, not to itself again and again"
    await staying.stop()
