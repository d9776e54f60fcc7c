"""Rooms and lines in the database."""

from typing import Any

from pymongo import ASCENDING, IndexModel

from services.booking.room import Room
from services.booking.store.listing import LAST, after
from shared.clock import Clock
from shared.events.booking import RoomChanged
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox

ROOMS = CollectionSpec(
    "rooms",
    (OUTBOX_INDEX, IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)], unique=True)),
)
EVERY_ROOM = 1_000


class Rooms:
    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self.clock = clock

    async def add(self, tenant: str, room: Room, command: Command) -> None:
        """Keep a new room; nothing when this command has made it before. Raises IdempotencyConflict."""
        fields = {**_fields(room), "listed": f"{self.clock.now().isoformat()}:{room.id}"}
        await self.outbox.insert(
            "rooms", tenant, room.id, fields, [RoomChanged(room_id=room.id)], command=command
        )

    async def change(self, tenant: str, room: Room) -> Room:
        """Keep a room that was changed at `room.version`. Raises StaleVersion."""
        events = [RoomChanged(room_id=room.id)]
        version = await self.outbox.update("rooms", tenant, room.id, room.version, _fields(room), events)
        return _room({**_fields(room), "_id": room.id, "version": version})

    async def get(self, tenant: str, room_id: str) -> Room:
        """Raises NotFound."""
        return _room(await self.outbox.fetch("rooms", tenant, room_id))

    async def all(self, tenant: str) -> list[Room]:
        """In order of creation."""
        async with reachable():
            documents = (
                await self.outbox.db["rooms"].find({"tenant_id": tenant}).sort("listed").to_list(EVERY_ROOM)
            )
        return [_room(document) for document in documents]

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Room]:
        """In order of creation. Raises Invalid for a cursor of another list."""
        async with reachable():
            documents = (
                await self.outbox.db["rooms"]
                .find({"tenant_id": tenant, "listed": {"$gt": after(cursor), "$lt": LAST}})
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(documents[limit - 1]["listed"]) if len(documents) > limit else None
        return Page(data=[_room(document) for document in documents[:limit]], next=more)


def _fields(room: Room) -> dict[str, Any]:
    return {
        "name": room.name,
        "kind": room.kind,
        "channels": list(room.channels),
        "active": room.active,
    }


def _room(document: Document) -> Room:
    return Room(
        id=document["_id"],
        name=document["name"],
        kind=document["kind"],
        channels=tuple(document["channels"]),
        active=document["active"],
        version=document["version"],
    )
