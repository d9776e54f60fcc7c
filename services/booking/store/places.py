"""Places at cooperating workplaces in the database."""

from pymongo import ASCENDING, IndexModel

from services.booking.centre.place import Place
from services.booking.store.listing import LAST, after
from shared.clock import Clock
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, reachable
from shared.outbox import Outbox
from shared.shape import Shape

PLACES = CollectionSpec(
    "places", (IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)], unique=True),)
)
_SHAPE = Shape(Place)


class Places:
    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self.clock = clock

    async def add(self, tenant: str, place: Place, command: Command) -> None:
        """Keep a new place; nothing when this command has made it before. Raises IdempotencyConflict."""
        fields = {**_SHAPE.fields(place), "listed": f"{self.clock.now().isoformat()}:{place.id}"}
        await self.outbox.insert("places", tenant, place.id, fields, command=command)

    async def change(self, tenant: str, place: Place) -> Place:
        """Keep a place that was changed at `place.version`. Raises StaleVersion."""
        fields = _SHAPE.fields(place)
        version = await self.outbox.update("places", tenant, place.id, place.version, fields)
        return _SHAPE.read({**fields, "_id": place.id, "version": version})

    async def get(self, tenant: str, place_id: str) -> Place:
        """Raises NotFound."""
        return _SHAPE.read(await self.outbox.fetch("places", tenant, place_id))

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Place]:
        """In order of creation. Raises Invalid for a cursor of another list."""
        async with reachable():
            found = (
                await self.outbox.db["places"]
                .find({"tenant_id": tenant, "listed": {"$gt": after(cursor), "$lt": LAST}})
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["listed"]) if len(found) > limit else None
        return Page(data=[_SHAPE.read(document) for document in found[:limit]], next=more)
