"""A file that is sent becomes an import: its bytes are kept in pieces as they come, never the whole in memory; a worker reads them later."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from services.matching.area import Areas
from services.matching.exchange import COMPANIES, OFFERS, Column
from services.matching.exchange_csv import Table, read_csv, read_json
from services.matching.import_run import ImportRun, NoMunicipalities, Source, Way
from services.matching.store import Store
from services.matching.table_faults import NoTable
from shared.clock import Clock
from shared.idempotency import Command

PIECE = 512 * 1024
"""Bytes of a piece: with whatever compression leaves of it, well within a document."""
LARGEST_TABLE = 20 * 1024 * 1024
"""Bytes of a list of companies or offers; MOST_ROWS are less than that."""
TABLES: dict[str, Sequence[Column]] = {"companies": COMPANIES, "offers": OFFERS}


@dataclass(frozen=True)
class Wish:
    """What is to be imported, and how; see ImportRun."""

    source: Source
    by: str
    whole: bool = False
    dry_run: bool = False
    media: str = ""
    way: Way = "upload"
    confirmed_by: str = ""


class Uploading:
    """`nudge` is called when there is something to read."""

    def __init__(self, store: Store, areas: Areas, clock: Clock, nudge: Callable[[], None]) -> None:
        self.store = store
        self.areas = areas
        self.clock = clock
        self.nudge = nudge

    async def xml(
        self, tenant: str, wish: Wish, body: AsyncIterable[bytes], command_of: Callable[[bytes], Command]
    ) -> ImportRun:
        """`command_of` makes the request's command of the SHA-256 of its body.

        Raises AlreadyRunning, NoMunicipalities, NoTable for nothing; IdempotencyConflict when the key came with another file.
        """
        if not self.areas.by_code:
            raise NoMunicipalities("the list of municipalities is not set up")
        run_id = command_of(b"").new_id("imp")
        known = await self.store.imports.known(tenant, run_id)
        if not known:
            await self._free(tenant, wish.source, run_id)
        try:
            digest, count = await self._keep(tenant, run_id, body, keep=not known)
        except Exception:  # whoever sends it has gone, say
            if not known and not await self.store.imports.known(tenant, run_id):  # sent again meanwhile
                await self.store.imports.let_go(tenant, run_id)
            raise
        command = command_of(digest)
        if done := await self.store.imports.done_before(tenant, run_id, command):
            return done
        if not count:
            raise NoTable("empty")
        return await self._begin(tenant, wish, run_id, count, command)

    async def _keep(
        self, tenant: str, run_id: str, body: AsyncIterable[bytes], *, keep: bool
    ) -> tuple[bytes, int]:
        """The body's SHA-256 and how many pieces it has."""
        digest, count = hashlib.sha256(), 0
        async for piece in _pieces(body):
            digest.update(piece)
            if keep:
                await self.store.imports.keep_piece(tenant, run_id, count, piece, self.clock.now())
            count += 1
        return digest.digest(), count

    async def table(self, tenant: str, wish: Wish, body: bytes, command: Command) -> ImportRun:
        """A list of companies or offers. Raises NoTable when it cannot be read as a whole, AlreadyRunning."""
        await asyncio.to_thread(read_table, wish.source, wish.media, body)
        run_id = command.new_id("imp")
        if done := await self.store.imports.done_before(tenant, run_id, command):
            return done
        await self._free(tenant, wish.source, run_id)
        pieces = [body[first : first + PIECE] for first in range(0, len(body), PIECE)]
        for place, piece in enumerate(pieces):
            await self.store.imports.keep_piece(tenant, run_id, place, piece, self.clock.now())
        return await self._begin(tenant, wish, run_id, len(pieces), command)

    async def _begin(self, tenant: str, wish: Wish, run_id: str, pieces: int, command: Command) -> ImportRun:
        now = self.clock.now()
        run = ImportRun(run_id, started_at=now, moved_at=now, pieces=pieces, **vars(wish))
        begun = await self.store.imports.begin(tenant, run, command)
        self.nudge()
        return begun

    async def _free(self, tenant: str, source: Source, run_id: str) -> None:
        """Said before a large file is sent, and again when it has come."""
        await self.store.imports.refuse_second(tenant, source, run_id)


def read_table(source: str, media: str, body: bytes, known: frozenset[str] | set[str] | None = None) -> Table:
    """The rows of a list. Raises NoTable."""
    read = read_json if media == "json" else read_csv
    return read(body, TABLES[source], known)


async def _pieces(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of PIECE, the last one shorter."""
    waiting = bytearray()
    async for chunk in body:
        waiting += chunk
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
