"""Digital employment centres in the database."""

from pymongo import ASCENDING, IndexModel

from services.booking.centre.worker import Centre
from services.booking.store.listing import LAST, after
from shared.clock import Clock
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, reachable
from shared.outbox import Changes, Outbox
from shared.shape import Shape

CENTRES = CollectionSpec(
    "centres", (IndexModel([("tenant_id", ASCENDING), ("listed", ASCENDING)], unique=True),)
)
_SHAPE = Shape(Centre)


class Centres:
    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self.clock = clock

    async def add(self, tenant: str, centre: Centre, command: Command) -> None:
        """Keep a new centre; nothing when this command has made it before. Raises IdempotencyConflict."""
        fields = {**_SHAPE.fields(centre), "listed": f"{self.clock.now().isoformat()}:{centre.id}"}
        await self.outbox.insert("centres", tenant, centre.id, fields, command=command)

    async def change(self, tenant: str, centre: Centre) -> Centre:
        """Keep a centre that was changed at `centre.version`. Raises StaleVersion."""
        version = await self.outbox.update(
            "centres", tenant, centre.id, centre.version, _SHAPE.fields(centre)
        )
        return _SHAPE.read({**_SHAPE.fields(centre), "_id": centre.id, "version": version})

    async def get(self, tenant: str, centre_id: str, changes: Changes | None = None) -> Centre:
        """Raises NotFound."""
        return _SHAPE.read(await self.outbox.fetch("centres", tenant, centre_id, changes=changes))

    async def page(self, tenant: str, cursor: str | None, limit: int) -> Page[Centre]:
        """In order of creation. Raises Invalid for a cursor of another list."""
        async with reachable():
            found = (
                await self.outbox.db["centres"]
                .find({"tenant_id": tenant, "listed": {"$gt": after(cursor), "$lt": LAST}})
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["listed"]) if len(found) > limit else None
        return Page(data=[_SHAPE.read(document) for document in found[:limit]], next=more)
