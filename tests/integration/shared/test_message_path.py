"""The path of a message: document with pending events -> JetStream -> inbox and effect."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from nats.js.api import ConsumerConfig
from pymongo import InsertOne

from shared.clock import Clock, system_now
from shared.deadletters import letters, redrive
from shared.errors import Permanent, Retryable, StaleVersion
from shared.events.envelope import Event, envelop
from shared.events.intake import ResidentRegistered
from shared.idempotency import KEPT_PER_DOCUMENT, Command
from shared.inbox import INBOX, Consumer, Reaction, Tx
from shared.leases import LEASES
from shared.metrics import OUTBOX_AGE
from shared.mongo import CollectionSpec, Duplicate
from shared.outbox import OUTBOX_INDEX
from shared.publisher import EVENT_LOG
from shared.pull import PullConsumer
from shared.replay import replay
from shared.runtime import Core, connect_core
from shared.settings import CoreSettings
from shared.streams import DURABLES, Durable, reconcile
from shared.sweep import Sweep
from tests.harness import eventually

THINGS = CollectionSpec("things", (OUTBOX_INDEX,))
EFFECTS = CollectionSpec("effects")
DURABLE = next(d for d in DURABLES if d.name == "matching-residents")
PAYLOAD = ResidentRegistered(resident_id="res_1", channel="web", anonymous=True, municipality_code="990019")


class Path:
    """A publisher and a consumer joined by the real servers; `seen` counts calls of the handler."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.stop = asyncio.Event()
        self.seen: list[str] = []
        self.fail: dict[str, Exception] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def publish(self) -> None:
        self.tasks.append(asyncio.create_task(self.core.publisher.run(self.stop)))

    def consume(self, durable: Durable = DURABLE) -> None:
        consumer = Consumer(
            durable,
            [Reaction(ResidentRegistered, self.record)],
            self.core.db,
            self.core.outbox,
            PullConsumer(self.core.nc, durable),
        )
        self.tasks.append(asyncio.create_task(consumer.run(self.stop)))

    async def record(self, tx: Tx, event: Event, data: ResidentRegistered) -> None:
        self.seen.append(event.subject)
        if event.subject in self.fail:
            raise self.fail[event.subject]
        tx.stage(
            "effects", InsertOne({"_id": event.id, "tenant_id": event.tenantid, "subject": event.subject})
        )

    async def effects(self) -> list[str]:
        rows = await self.core.db["effects"].find({"tenant_id": "kyoto"}).to_list(None)
        return sorted(row["subject"] for row in rows)

    async def add(self, name: str, command: Command | None = None) -> bool:
        return await self.core.outbox.insert("things", "kyoto", name, {"n": 1}, [PAYLOAD], command=command)

    async def close(self) -> None:
        self.stop.set()
        await asyncio.gather(*self.tasks)


@pytest.fixture
async def path(settings: CoreSettings) -> AsyncIterator[Path]:
    core = await connect_core("test", settings, [THINGS, EFFECTS, EVENT_LOG, LEASES, INBOX])
    made = Path(core)
    yield made
    await made.close()
    await core.nc.close()
    core.db.close()


async def test_a_written_document_takes_effect_in_the_consumer_and_leaves_no_pending_event(
    path: Path,
) -> None:
    path.publish()
    path.consume()
    for n in range(50):
        await path.add(f"t{n}")
    await eventually(path.effects, until=lambda found: len(found) == 50)

    async def waiting() -> int:
        return await path.core.db["things"].count_documents({"outbox_at": {"$exists": True}})

    await eventually(waiting, until=lambda n: n == 0)
    assert await path.core.db["event_log"].count_documents({}) == 50


async def test_the_sweep_publishes_what_a_crash_left_in_documents(path: Path) -> None:
    path.consume()
    await path.add("left-behind")  # no publisher runs: as if the process had died after the write
    path.core.publisher._queue.clear()
    assert await Sweep(path.core.publisher, ["things"]).once(older_than=timedelta(0)) == 1
    assert await eventually(path.effects) == ["left-behind"]
    document = await path.core.db["things"].find_one({"_id": "left-behind"})
    assert document is not None
    assert document["outbox"] == []
    assert "outbox_at" not in document


async def test_what_cannot_be_swept_shows_its_age_and_keeps_no_other_collection_waiting(path: Path) -> None:
    path.consume()
    await path.add("left-behind")
    path.core.publisher._queue.clear()
    long_ago = system_now() - timedelta(minutes=10)
    unreadable = {
        "_id": "u1",
        "tenant_id": "kyoto",
        "outbox": [{"id": "1", "event": "{}"}],
        "outbox_at": long_ago,
    }
    await path.core.db["others"].insert_one(unreadable)
    ours = {"_id": "left-behind", "tenant_id": "kyoto"}
    await path.core.db["things"].update_one(ours, {"$set": {"outbox_at": long_ago}})
    sweep = Sweep(path.core.publisher, ["others", "things"])
    with pytest.raises(ExceptionGroup):
        await sweep.once()
    assert await eventually(path.effects) == ["left-behind"]

    await path.add("waits")
    await path.core.db["things"].update_one({**ours, "_id": "waits"}, {"$set": {"outbox_at": long_ago}})
    await path.close()
    await path.core.nc.close()
    with pytest.raises(ExceptionGroup):
        await Sweep(path.core.publisher, ["things"]).once()
    assert OUTBOX_AGE._value.get() >= 600


async def test_events_that_were_added_while_others_were_drained_stay_pending(path: Path) -> None:
    await path.add("t1")
    first = path.core.publisher._queue[0]
    await path.core.outbox.update("things", "kyoto", "t1", 1, {"n": 2}, [PAYLOAD])
    await path.core.publisher.drain([first])
    document = await path.core.db["things"].find_one({"_id": "t1"})
    assert document is not None
    assert len(document["outbox"]) == 1
    assert "outbox_at" in document


async def test_one_document_with_a_newer_event_keeps_no_other_from_being_cleared(path: Path) -> None:
    for name in ("t1", "t2"):
        await path.add(name)
    batch = list(path.core.publisher._queue)
    await path.core.outbox.update("things", "kyoto", "t1", 1, {"n": 2}, [PAYLOAD])
    await path.core.publisher.drain(batch)
    things = {row["_id"]: row async for row in path.core.db["things"].find({"tenant_id": "kyoto"})}
    assert [event["id"] for event in things["t1"]["outbox"]] == [path.core.publisher._queue[-1].events[0].id]
    assert (things["t2"]["outbox"], "outbox_at" in things["t2"]) == ([], False)


async def test_an_event_published_twice_takes_effect_once(path: Path) -> None:
    path.consume()
    event = envelop(
        [PAYLOAD], source="/intake", tenant="kyoto", subject="res_1", sequence=1, now=Clock().now()
    )[0]
    js = path.core.nc.jetstream()
    await js.publish(event.nats_subject, event.encode())
    await js.publish(event.nats_subject, event.encode())
    await eventually(path.effects)
    await path.add("marker")
    path.publish()
    assert await eventually(path.effects, until=lambda found: "marker" in found) == ["marker", "res_1"]
    assert path.seen.count("res_1") == 1


async def test_one_bad_message_harms_no_other_of_its_batch(path: Path) -> None:
    path.fail["bad"] = Permanent("cannot ever work")
    for name in ("a", "bad", "b"):
        await path.add(name)
    path.publish()
    await eventually(lambda: path.core.db["event_log"].count_documents({}), until=lambda n: n == 3)
    path.consume()
    assert await eventually(path.effects, until=lambda found: len(found) == 2) == ["a", "b"]
    js = path.core.nc.jetstream()

    async def dead() -> list[str]:
        return [letter.reason async for letter in letters(js)]

    assert await eventually(dead) == ["cannot ever work"]


async def test_a_dead_letter_that_is_redriven_is_handled_and_removed(path: Path) -> None:
    path.fail["bad"] = Permanent("not yet")
    await path.add("bad")
    path.publish()
    path.consume()
    js = path.core.nc.jetstream()

    async def dead() -> list[int]:
        return [letter.seq async for letter in letters(js)]

    await eventually(dead)
    del path.fail["bad"]
    async for letter in letters(js):
        await redrive(js, letter)
    assert await eventually(path.effects) == ["bad"]
    assert await dead() == []


async def test_what_is_no_event_is_buried_with_its_original(path: Path) -> None:
    path.consume()
    js = path.core.nc.jetstream()
    await js.publish("evt.intake.kyoto.resident.registered.v1", b"no json")

    async def dead() -> list[bytes]:
        return [letter.original async for letter in letters(js)]

    assert await eventually(dead) == [b"no json"]


async def test_a_stream_that_was_lost_and_counts_anew_is_buried_from_as_before(path: Path) -> None:
    js = path.core.nc.jetstream()

    async def dead() -> list[bytes]:
        return [letter.original async for letter in letters(js)]

    path.consume()
    await js.publish("evt.intake.kyoto.resident.registered.v1", b"before the loss")
    await eventually(dead)
    await path.close()
    await js.delete_stream("INTAKE")
    await reconcile(js)
    path.stop.clear()
    path.consume()
    await js.publish("evt.intake.kyoto.resident.registered.v1", b"after the loss")
    assert await eventually(dead, until=lambda found: len(found) == 2) == [
        b"before the loss",
        b"after the loss",
    ]


async def test_a_retryable_failure_comes_again_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.inbox.BACKOFF", (0.05,))
    path.fail["later"] = Retryable("the other one has not come yet")
    await path.add("later")
    path.publish()
    path.consume()

    async def tries() -> int:
        return path.seen.count("later")

    await eventually(tries, until=lambda n: n >= 3)
    del path.fail["later"]
    assert await eventually(path.effects) == ["later"]


async def test_a_message_is_buried_after_its_last_delivery(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.inbox.BACKOFF", (0.02,))
    monkeypatch.setattr("shared.inbox.MAX_DELIVER", 3)
    path.fail["never"] = Retryable("still not")
    await path.add("never")
    path.publish()
    path.consume()
    js = path.core.nc.jetstream()

    async def dead() -> list[tuple[int, str]]:
        return [(letter.deliveries, letter.reason) async for letter in letters(js)]

    assert await eventually(dead) == [(3, "3 deliveries failed, last: still not")]


async def test_a_request_that_is_repeated_writes_once_and_another_body_is_refused(path: Path) -> None:
    from shared.errors import IdempotencyConflict

    command = Command("k1", "body-1")
    assert await path.add("t1", command) is True
    assert await path.add("t1", command) is False
    with pytest.raises(IdempotencyConflict):
        await path.add("t1", Command("k1", "body-2"))


async def test_a_creation_is_recognised_when_the_document_remembers_only_later_requests(path: Path) -> None:
    creation = Command("creation", "body")
    made = creation.new_id("thg")
    assert await path.add(made, creation)
    for n in range(KEPT_PER_DOCUMENT):
        later = Command(f"later-{n}", "body")
        await path.core.outbox.update("things", "kyoto", made, n + 1, {"n": n}, command=later)
    assert not await path.add(made, creation)
    with pytest.raises(Duplicate):
        await path.add(made, Command("another", "body"))


async def test_a_change_of_an_old_version_is_refused_and_leaves_no_event(path: Path) -> None:
    await path.add("t1")
    await path.core.outbox.update("things", "kyoto", "t1", 1, {"n": 2}, [PAYLOAD])
    with pytest.raises(StaleVersion):
        await path.core.outbox.update("things", "kyoto", "t1", 1, {"n": 3}, [PAYLOAD])
    document = await path.core.db["things"].find_one({"_id": "t1"})
    assert document is not None
    assert (document["n"], document["version"], len(document["outbox"])) == (2, 2, 2)


async def test_a_changed_durable_is_updated_not_ignored(path: Path) -> None:
    from shared.streams import reconcile

    js = path.core.nc.jetstream()
    await js.add_consumer(
        "INTAKE",
        ConsumerConfig(
            durable_name=DURABLE.name,
            ack_wait=5,
            max_ack_pending=7,
            filter_subjects=["evt.intake.*.contact.changed.v1", "evt.intake.*.consent.granted.v1"],
        ),
    )
    await reconcile(js)
    info = await js.consumer_info("INTAKE", DURABLE.name)
    assert (info.config.ack_wait, info.config.max_ack_pending) == (60, 256)
    heard = info.config.filter_subjects or [info.config.filter_subject]
    assert heard == DURABLE.filter_subjects, (
        "an installation that is there hears what its new version asks for"
    )


async def test_a_lost_jetstream_store_is_rebuilt_from_the_event_log(
    path: Path, settings: CoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.mongo import Database

    monkeypatch.setattr("shared.replay.PAGE", 2)
    path.publish()
    for n in range(5):
        await path.add(f"t{n}")
    await eventually(lambda: path.core.db["event_log"].count_documents({}), until=lambda n: n == 5)
    # the log of service "test" stands in for intake's
    log = Database(settings.mongo_url, f"{settings.database_prefix}_intake")
    await log["event_log"].insert_many(await path.core.db["event_log"].find({}).to_list(None))
    js = path.core.nc.jetstream()
    await js.delete_stream("INTAKE")
    assert (await replay(settings))["intake"] == 5
    path.consume()
    assert await eventually(path.effects, until=lambda found: len(found) == 5) == [f"t{n}" for n in range(5)]
    log.close()
