"""The floor: the database and broker operations of one registration, written as plainly as they can be.

python -m tests.bench.floor producer JSON    a bare ASGI endpoint: insert, publish, archive, pull, and the timeline's consumer
python -m tests.bench.floor alone JSON       the same without HTTP: the load runs in the process itself (result on stdout)
python -m tests.bench.floor consumer JSON    the other process: inbox and effects in one transaction, then the acknowledgement

Contained, as in the spine: the same two processes, the same driver, client, event loop and server of HTTP, the same writes with the same
durability, indexes and sizes, publishing in windows, batches of up to 100, acknowledgement after the commit. Left out: routing,
validation, authentication, tenants, limits, idempotency, correlation, metrics, logs, error types, retries, dead letters, sweeps, leases,
health and shutdown.
"""

import asyncio
import json
import os
import sys
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import nats
import uvicorn
import uvloop
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeout
from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from tests.bench.documents import TYPE, Document, event_of, known_of, resident_of, step_of
from tests.bench.load import Drive, drive

WINDOW = 200
BATCH = 100
DURABLE = WriteConcern(w="majority", j=True)


@dataclass(frozen=True)
class Place:
    """Where a floor works. `name` keeps the floors of one run apart: databases `<name>_intake`, `<name>_matching`, stream `<NAME>`."""

    name: str
    mongo_url: str
    nats_url: str
    port: int = 0
    pool: int = 8
    tenant: str = "sample-a"

    @property
    def stream(self) -> str:
        return self.name.upper()

    @property
    def subject(self) -> str:
        return f"{self.name}.intake.{self.tenant}.resident.registered.v1"

    def database(self, service: str) -> AsyncIOMotorDatabase[Document]:
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(self.mongo_url, maxPoolSize=self.pool)
        return client.get_database(
            f"{self.name}_{service}", write_concern=DURABLE, read_concern=ReadConcern("majority")
        )


class Producer:
    def __init__(self, place: Place, nc: Client) -> None:
        self.place = place
        self.db = place.database("intake")
        self.js = nc.jetstream(publish_async_max_pending=WINDOW * 2)
        self.queue: deque[tuple[str, str, bytes]] = deque()
        self.wake = asyncio.Event()
        self.tasks: list[asyncio.Future[None]] = []

    async def register(self) -> str:
        """One resident with the event inside the document; the event is left to `publish`."""
        resident_id, event_id, now = f"res_{os.urandom(13).hex()}", os.urandom(13).hex(), datetime.now(UTC)
        event = json.dumps(event_of(resident_id, event_id, now, self.place.tenant))
        await self.db["residents"].insert_one(
            {
                **resident_of(resident_id, now, self.place.tenant),
                "outbox": [{"id": event_id, "event": event}],
                "outbox_at": now,
            }
        )
        self.queue.append((resident_id, event_id, event.encode()))
        self.wake.set()
        return resident_id

    async def publish(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.queue:
                await self._drain([self.queue.popleft() for _ in range(min(WINDOW, len(self.queue)))])

    async def _drain(self, batch: list[tuple[str, str, bytes]]) -> None:
        acks = []
        for resident_id, event_id, event in batch:
            headers = {"Nats-Msg-Id": event_id, "ce-id": event_id, "ce-type": TYPE, "ce-subject": resident_id}
            acks.append(await self.js.publish_async(self.place.subject, event, headers=headers))
        await asyncio.gather(*acks)
        now, tenant = datetime.now(UTC), self.place.tenant
        await self.db["event_log"].insert_many(
            [
                {"_id": event_id, "tenant_id": tenant, "at": now, "type": TYPE, "event": event.decode()}
                for _, event_id, event in batch
            ],
            ordered=False,
        )
        await self.db["residents"].bulk_write(
            [
                UpdateOne(
                    {"_id": resident_id, "tenant_id": tenant},
                    {"$pull": {"outbox": {"id": event_id}}, "$unset": {"outbox_at": ""}},
                )
                for resident_id, event_id, _ in batch
            ],
            ordered=False,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Bare ASGI. Any GET answers 200, so that the start can be waited for."""
        if scope["method"] == "GET":
            await _answer(send, 200, b"{}")
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        json.loads(body)
        resident_id = await self.register()
        answer = {"id": resident_id, "channel": "web", "created_at": datetime.now(UTC).isoformat()}
        await _answer(send, 201, json.dumps(answer).encode())


async def consume(place: Place, nc: Client, service: str, durable: str, effects: str) -> None:
    """Take what is there, up to a batch; one transaction of inbox rows and effects; acknowledge."""
    db = place.database(service)
    inbox = nc.new_inbox()
    sub = await nc.subscribe(inbox)
    request = json.dumps({"batch": BATCH, "expires": int(5e9)}).encode()
    wanted = 0
    while True:
        if wanted <= 0:
            await nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.{place.stream}.{durable}", request, inbox)
            wanted = BATCH
        batch: list[Msg] = []
        try:
            while not batch or (sub.pending_msgs and len(batch) < BATCH):
                msg = await sub.next_msg(6)
                if msg.headers and "Status" in msg.headers:
                    wanted = 0
                    break
                batch.append(msg)
        except (NatsTimeout, TimeoutError):
            wanted = 0
        if not batch:
            continue
        wanted -= len(batch)
        await _commit(db, durable, effects, batch)
        for msg in batch:
            await msg.ack()


async def _commit(db: AsyncIOMotorDatabase[Document], durable: str, effects: str, batch: list[Msg]) -> None:
    events = [json.loads(msg.data) for msg in batch]
    now = datetime.now(UTC)
    async with (
        await db.client.start_session() as session,
        session.start_transaction(ReadConcern("snapshot"), DURABLE),
    ):
        rows = [{"_id": f"{durable}:{event['id']}", "at": now} for event in events]
        await db["inbox"].insert_many(rows, session=session)
        made = [step_of(event) if effects == "timeline" else known_of(event) for event in events]
        await db[effects].insert_many(made, session=session)


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _produce(place: Place) -> None:
    producer = await _started(place)
    config = uvicorn.Config(
        producer, host="127.0.0.1", port=place.port, access_log=False, log_config=None, lifespan="off"
    )
    await uvicorn.Server(config).serve()


async def _alone(place: Place, plan: Drive) -> None:
    producer = await _started(place)
    print(json.dumps(asdict(await drive([producer.register] * plan.lanes, plan))))


async def _started(place: Place) -> Producer:
    nc = await nats.connect(place.nats_url)
    producer = Producer(place, nc)
    timeline = consume(place, nc, "intake", f"{place.name}-timeline", "timeline")
    producer.tasks = [asyncio.ensure_future(producer.publish()), asyncio.ensure_future(timeline)]
    return producer


async def _consume(place: Place) -> None:
    nc = await nats.connect(place.nats_url)
    await consume(place, nc, "matching", f"{place.name}-residents", "residents")


def main() -> None:
    role, given = sys.argv[1], json.loads(sys.argv[2])
    place = Place(**given["place"])
    if role == "alone":
        uvloop.run(_alone(place, Drive(**given["plan"])))
    else:
        uvloop.run(_produce(place) if role == "producer" else _consume(place))


if __name__ == "__main__":
    main()
