"""Snapshots of offers, by their hash and the month in which a slate used them: what slates of a month need can be deleted by month."""

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from services.matching.offer import Offer
from services.matching.snapshot import Snapshot, digest, read_part, snapshot_hash
from shared.errors import NotFound
from shared.ids import derived_id
from shared.mongo import Database, Document, Duplicate, reachable

REMEMBERED = 20_000


class Snapshots:
    def __init__(self, db: Database) -> None:
        self.db = db
        self._known: OrderedDict[str, None] = OrderedDict()

    async def keep(
        self, tenant: str, snapshot: Snapshot, part: Callable[[int], bytes], now: datetime
    ) -> None:
        """See to it that the snapshot can be read again: what is missing is written, parts first. `part` gives one's bytes by number."""
        if await self._is_kept(tenant, snapshot.hash, now):
            return
        for number, name in enumerate(snapshot.parts):
            if _id(tenant, name, now) not in self._known:
                await self._keep(tenant, name, zlib.compress(part(number), 6), now)
        await self._keep(tenant, snapshot.hash, zlib.compress(json.dumps(snapshot.parts).encode()), now)

    async def offers(self, tenant: str, snapshot: str, used_at: datetime) -> list[Offer]:
        """Its offers in order of id. Raises NotFound for one that was let go of, ValueError when it is not what it was."""
        parts = json.loads(await self._data(tenant, snapshot, used_at))
        if snapshot_hash(parts) != snapshot:
            raise ValueError("the snapshot's list of parts has changed")
        found: list[Offer] = []
        for part in dict.fromkeys(parts):
            data = await self._data(tenant, part, used_at)
            if digest(data) != part:
                raise ValueError("a part of the snapshot has changed")
            found += read_part(data)
        return sorted(found, key=lambda offer: offer.id)

    async def _keep(self, tenant: str, name: str, data: bytes, now: datetime) -> None:
        document_id = _id(tenant, name, now)
        document: Document = {"_id": document_id, "tenant_id": tenant, "at": now, "data": data}
        try:
            async with reachable():
                await self.db["snapshots"].insert_one(document)
        except Duplicate:
            pass  # another process was faster: the same id holds the same bytes
        self._remember(document_id)

    async def _is_kept(self, tenant: str, snapshot: str, now: datetime) -> bool:
        document_id = _id(tenant, snapshot, now)
        if document_id in self._known:
            return True
        async with reachable():
            where = {"_id": document_id, "tenant_id": tenant}
            kept = await self.db["snapshots"].find_one(where, {"_id": 1}) is not None
        if kept:
            self._remember(document_id)
        return kept

    def _remember(self, document_id: str) -> None:
        self._known[document_id] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _data(self, tenant: str, name: str, used_at: datetime) -> bytes:
        async with reachable():
            found = await self.db["snapshots"].find_one(
                {"_id": _id(tenant, name, used_at), "tenant_id": tenant}
            )
        if found is None:
            raise NotFound("the offers that this slate was made from are no longer kept")
        return zlib.decompress(found["data"])


def _id(tenant: str, name: str, at: datetime) -> str:
    return derived_id("snp", tenant, at.strftime("%Y-%m"), name)
