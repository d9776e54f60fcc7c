"""The floor of a booking: its database and broker operations alone, written as plainly as they can be.

Contained, as at booking's desk: a look at what has been of the resident's appointments, then one transaction that reads the counsellor, takes the cells of counsellor and resident by conditional
updates in one bulk, and inserts the appointment with its pending event; then publishing in windows, archiving and clearing in bulk. Same
driver, durability, indexes, document sizes and event loop. Left out: HTTP, rules, hours, assignment, idempotency, retries, alternatives.
"""

import asyncio
import json
import os
from collections import deque
from datetime import UTC, datetime
from typing import Any

from bson.int64 import Int64
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession
from nats.aio.client import Client
from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from services.booking.cells import WORDS, DayCells, cells_of
from tests.bench.booking.places import Booking
from tests.bench.sample import TENANT

Document = dict[str, Any]
DURABLE = WriteConcern(w="majority", j=True)
WINDOW = 200


class Floor:
    """`like` and `event` are an appointment and its event as booking stores them: the floor's are as long, field for field."""

    def __init__(self, mongo_url: str, name: str, nc: Client, like: Document, event: str) -> None:
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_url, maxPoolSize=8)
        self.db = client.get_database(name, write_concern=DURABLE, read_concern=ReadConcern("majority"))
        self.js = nc.jetstream(publish_async_max_pending=WINDOW * 2)
        self.like = {key: value for key, value in like.items() if key not in ("outbox", "outbox_at")}
        self.event = json.loads(event)
        self.subject = f"floor.{TENANT}.appointment.held.v1"
        self.queue: deque[tuple[str, str, bytes]] = deque()
        self.wake = asyncio.Event()

    async def book(self, wanted: Booking) -> None:
        apt, event_id, now = f"apt_{os.urandom(13).hex()}", os.urandom(13).hex(), datetime.now(UTC)
        event = json.dumps({**self.event, "id": event_id, "subject": apt, "time": now.isoformat()})
        document = {
            **self.like,
            "_id": apt,
            "resident_id": wanted.resident_id,
            "agenda": f"{wanted.day.isoformat()}:{wanted.minute:04d}:{apt}",
            "commands": [{**command, "key": event_id} for command in self.like["commands"]],
            "outbox": [{"id": event_id, "event": event}],
            "outbox_at": now,
        }
        takes = [
            _take(resource, kind, apt, cells)
            for kind, resource in (("counsellor", wanted.counsellor_id), ("resident", wanted.resident_id))
            for cells in cells_of(wanted.starts_at, wanted.ends_at)
        ]

        past = {"tenant_id": TENANT, "resident_id": wanted.resident_id, "agenda": {"$gt": "", "$lt": "~"}}
        fields = {"state": 1, "missed_by": 1, "slot.counsellor_id": 1}
        await self.db["appointments"].find(past, fields).sort("agenda", -1).limit(50).to_list(50)

        async def work(session: AsyncIOMotorClientSession) -> None:
            where = {"_id": wanted.counsellor_id, "tenant_id": TENANT}
            await self.db["counsellors"].find_one(where, session=session)
            await self.db["calendars"].bulk_write(takes, ordered=True, session=session)
            await self.db["appointments"].insert_one(document, session=session)

        async with await self.db.client.start_session() as session:
            await session.with_transaction(work, read_concern=ReadConcern("snapshot"), write_concern=DURABLE)
        self.queue.append((apt, event_id, event.encode()))
        self.wake.set()

    async def publish(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.queue:
                await self._drain([self.queue.popleft() for _ in range(min(WINDOW, len(self.queue)))])

    async def _drain(self, batch: list[tuple[str, str, bytes]]) -> None:
        acks = [
            await self.js.publish_async(
                self.subject, event, headers={"Nats-Msg-Id": event_id, "ce-id": event_id}
            )
            for _, event_id, event in batch
        ]
        await asyncio.gather(*acks)
        now, kind = datetime.now(UTC), self.event["type"]
        await self.db["event_log"].insert_many(
            [
                {"_id": event_id, "tenant_id": TENANT, "at": now, "type": kind, "event": event.decode()}
                for _, event_id, event in batch
            ],
            ordered=False,
        )
        await self.db["appointments"].bulk_write(
            [
                UpdateOne(
                    {"_id": apt, "tenant_id": TENANT},
                    {"$pull": {"outbox": {"id": event_id}}, "$unset": {"outbox_at": ""}},
                )
                for apt, event_id, _ in batch
            ],
            ordered=False,
        )


def _take(resource: str, kind: str, owner: str, cells: DayCells) -> UpdateOne:
    masks, day = cells.masks(), cells.day.isoformat()
    return UpdateOne(
        {
            "_id": f"{TENANT}:{resource}:{day}",
            **{word: {"$bitsAllClear": Int64(bits)} for word, bits in masks.items()},
            "tenant_id": TENANT,
        },
        {
            "$bit": {word: {"or": Int64(bits)} for word, bits in masks.items()},
            "$set": {f"owners.{owner}": [cells.first, cells.end]},
            "$inc": {"count": 1},
            "$setOnInsert": {
                "kind": kind,
                "resource_id": resource,
                "day": day,
                **{word: Int64(0) for word in WORDS if word not in masks},
            },
        },
        upsert=True,
    )
