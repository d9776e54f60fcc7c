"""Models by version and hash, their bytes in pieces that fit into documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import DESCENDING

from services.matching.engine.model import Model, read
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.events.matching.proposals import ModelPublished
from shared.ids import derived_id
from shared.mongo import Database, Document, Duplicate, reachable
from shared.outbox import Outbox

PIECE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Published:
    """A model's place in the municipality's row of models. `through`: everything done until then is in it."""

    id: str
    number: int
    hash: str
    through: datetime


class Models:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def latest(self, tenant: str) -> Published | None:
        async with reachable():
            found = await (
                self.db["models"].find({"tenant_id": tenant}).sort("number", DESCENDING).limit(1).to_list(1)
            )
        return _published(found[0]) if found else None

    async def publish(
        self, tenant: str, model: Model, before: Published | None, through: datetime
    ) -> Published:
        """The next model; the bytes first, then the announcement. When nothing changed, the same model is good until `through`."""
        if before is not None and before.hash == model.hash:
            return await self._still(tenant, before, through)
        number = before.number + 1 if before else 1
        published = Published(derived_id("mdl", tenant, str(number)), number, model.hash, through)
        pieces = _pieces(model.canonical)
        for place, piece in enumerate(pieces):
            await self._keep(tenant, model.hash, place, piece)
        fields = {
            "number": number,
            "hash": model.hash,
            "through": through,
            "trained_at": through,
            "pieces": len(pieces),
            "offers": len(model.offers),
        }
        events: Sequence[Payload] = [ModelPublished(model_id=published.id, hash=model.hash, version=number)]
        await self.outbox.insert("models", tenant, published.id, fields, events)
        if before is not None:
            await self._superseded(tenant, before, through)
        return published

    async def of_hash(self, tenant: str, model_hash: str) -> Model:
        """Raises NotFound for one that was let go of, ValueError when its bytes are not what they were."""
        where = {"tenant_id": tenant, "hash": model_hash}
        async with reachable():
            pieces = await self.db["model_pieces"].find(where).sort("place", 1).to_list(None)
        if not pieces:
            raise NotFound("this model is no longer kept")
        model = read(b"".join(piece["data"] for piece in pieces))
        if model.hash != model_hash:
            raise ValueError("the model's bytes have changed")
        return model

    async def _keep(self, tenant: str, model_hash: str, place: int, data: bytes) -> None:
        document: Document = {
            "_id": derived_id("mpc", tenant, model_hash, str(place)),
            "tenant_id": tenant,
            "hash": model_hash,
            "place": place,
            "data": data,
        }
        try:
            async with reachable():
                await self.db["model_pieces"].insert_one(document)
        except Duplicate:  # the same hash has the same bytes, and is good again
            async with reachable():
                await self.db["model_pieces"].update_one(
                    {"_id": document["_id"], "tenant_id": tenant}, {"$unset": {"superseded_at": 1}}
                )

    async def _still(self, tenant: str, before: Published, through: datetime) -> Published:
        document = await self.outbox.fetch("models", tenant, before.id)
        await self.outbox.update("models", tenant, before.id, document["version"], {"through": through})
        return Published(before.id, before.number, before.hash, through)

    async def _superseded(self, tenant: str, before: Published, at: datetime) -> None:
        document = await self.outbox.fetch("models", tenant, before.id)
        await self.outbox.update("models", tenant, before.id, document["version"], {"superseded_at": at})
        where = {"tenant_id": tenant, "hash": before.hash}
        async with reachable():
            for piece in await self.db["model_pieces"].find(where, {"_id": 1}).to_list(None):
                await self.db["model_pieces"].update_one(
                    {"_id": piece["_id"], "tenant_id": tenant}, {"$set": {"superseded_at": at}}
                )


def _pieces(data: bytes) -> list[bytes]:
    return [data[first : first + PIECE] for first in range(0, len(data), PIECE)]


def _published(document: Document) -> Published:
    return Published(document["_id"], document["number"], document["hash"], document["through"])
