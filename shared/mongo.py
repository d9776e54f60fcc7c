"""The only place that connects to MongoDB, and the only one that knows motor.

Driver errors are mapped once, here: a server that does not answer becomes `Unavailable`; a transaction that lost a race is run
again. Not by the driver's `with_transaction`: motor's commits on leaving a context of its own, where a commit that fails is not run
again, and it goes on without a pause for two minutes while somebody else's transaction holds a document.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import IndexModel
from pymongo.errors import (
    AutoReconnect,
    CollectionInvalid,
    ConnectionFailure,
    DuplicateKeyError,
    NotPrimaryError,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.errors import Unavailable

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession
Duplicate = DuplicateKeyError
DUPLICATE_KEY = 11000
"""The code under which a bulk write reports one."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The lower end of a range of instants: the embedded database uses an index only for a range with both ends."""
RACING_SECONDS = 20.0
"""How long a transaction is run again. A process that was killed inside one holds its documents until the server lets go (60 s)."""
AT_ONCE, LONGEST_PAUSE = 3, 0.1
"""A lost race is run again at once so many times, then after a pause that grows up to `LONGEST_PAUSE` seconds."""
UNREACHABLE = (AutoReconnect, ConnectionFailure, NotPrimaryError)

T = TypeVar("T")


@dataclass(frozen=True)
class CollectionSpec:
    """A collection and its indexes, created at start-up (implicit creation inside concurrent transactions conflicts)."""

    name: str
    indexes: Sequence[IndexModel] = ()


@asynccontextmanager
async def reachable() -> AsyncIterator[None]:
    """Turn the driver's connection errors inside the block into `Unavailable`."""
    try:
        yield
    except UNREACHABLE as error:
        raise Unavailable("the database does not answer") from error


class Database:
    """One service's database. `db["residents"]` is a collection with majority, journaled writes and aware UTC datetimes."""

    def __init__(self, url: str, name: str, *, pool: int = 8) -> None:
        self.client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            url, maxPoolSize=pool, serverSelectionTimeoutMS=5000, connectTimeoutMS=5000, socketTimeoutMS=20000
        )
        self._db: AsyncIOMotorDatabase[Document] = self.client.get_database(
            name,
            codec_options=CodecOptions(tz_aware=True),
            write_concern=WriteConcern(w="majority", j=True),
            read_concern=ReadConcern("majority"),
        )
        self.name = name
        self._collections: dict[str, Collection] = {}

    def __getitem__(self, collection: str) -> Collection:
        found = self._collections.get(collection)
        if found is None:  # making one costs more than an insert's own share of the process
            found = self._collections[collection] = self._db[collection]
        return found

    async def ping(self) -> None:
        """Raises Unavailable when the server does not answer."""
        async with reachable():
            await self.client.admin.command("ping")

    async def prepare(self, specs: Iterable[CollectionSpec]) -> None:
        """Create what is missing of collections and indexes."""
        async with reachable():
            existing = set(await self._db.list_collection_names())
            for spec in specs:
                if spec.name not in existing:
                    try:
                        await self._db.create_collection(spec.name)
                    except CollectionInvalid:
                        pass  # another process of the same service was faster
                if spec.indexes:
                    await self._db[spec.name].create_indexes(list(spec.indexes))

    async def in_transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Run `work` in a snapshot transaction; it is run again, from the start, when it loses a race.

        Raises Unavailable when the server cannot be reached, when it is not known whether the transaction was kept, or when others hold
        the same documents for too long; and whatever `work` raises (nothing is kept then).
        """
        began, tries = time.monotonic(), 0
        while True:
            try:
                async with reachable(), await self.client.start_session() as session:
                    return await self._attempt(session, work)
            except PyMongoError as error:
                if error.has_error_label("UnknownTransactionCommitResult"):
                    raise Unavailable("nobody knows whether the transaction was kept") from error
                if not error.has_error_label("TransientTransactionError"):
                    raise
                if time.monotonic() - began > RACING_SECONDS:
                    raise Unavailable("others hold the same documents") from error
            tries += 1
            if tries >= AT_ONCE:
                await asyncio.sleep(random.uniform(0, min(0.002 * 2 ** (tries - AT_ONCE), LONGEST_PAUSE)))

    async def _attempt(self, session: Session, work: Callable[[Session], Awaitable[T]]) -> T:
        transaction = session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern(w="majority", j=True)
        )
        async with (
            transaction,
            reachable(),
        ):  # a lost connection is reported at once; only lost races are run again
            return await work(session)

    def close(self) -> None:
        self.client.close()
