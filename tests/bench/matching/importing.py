"""Imports of the employment service's advertisements, beside what they cannot do without: the bare parse of the same file, and the bare
database operations with the same documents, in turns on the same server.

Publishing the events is not part of it: that happens afterwards, beside it.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from xml.parsers import expat

import structlog

from services.matching.import_run import ImportRun
from services.matching.importing.parts import Importing, importing_of
from services.matching.importing.uploading import PIECE, Wish
from services.matching.settings import Settings
from services.matching.store import COLLECTIONS, open_store
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.mongo import Document, Session
from shared.runtime import Core, connect_core
from tests.bench.matching.report import Report
from tests.harness import a_tenant
from tests.servers import embedded
from tests.unit.matching.hellowork.samples import data, xml

RECORDS, PAGE = 5_000, 1_000
HOME = "990019"
PLACES = f"pref,city,lat,lng,lgcode\n見本県,さくら市,35.5,135.5,{HOME}\n"


@dataclass(frozen=True)
class Rate:
    """Records a second of an import, of the bare parse, of the bare writes; and the import's time as a multiple of the two together."""

    name: str
    imported: float
    parsed: float
    written: float
    ratio: float


MOST_TURNS = 3


def report(turns: int) -> Report:
    """A first import and the same again, medians over at most MOST_TURNS."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found = asyncio.run(_rates(min(turns, MOST_TURNS)))
    return Report(
        f"imports of {RECORDS:,} advertisements, beside the bare parse and the bare database operations",
        [
            f"{rate.name:14} {rate.imported:8,.0f} records/s  parse {rate.parsed:8,.0f}/s  "
            f"database {rate.written:8,.0f}/s  x {rate.ratio:.2f}"
            for rate in found
        ],
        {rate.name: asdict(rate) for rate in found},
    )


async def _rates(turns: int) -> list[Rate]:
    body = xml(*(_advert(n) for n in range(RECORDS)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with embedded.mongo_server(path) as mongo, embedded.nats_server(path) as nats:
            async with _core(path, mongo, nats) as core:
                found = [await _turn(core, body, turn) for turn in range(turns)]
    return [_rate(name, [turn[name] for turn in found]) for name in ("first import", "the same again")]


def _rate(name: str, turns: list[tuple[float, float, float]]) -> Rate:
    imported, parsed, written = (statistics.median(RECORDS / turn[n] for turn in turns) for n in range(3))
    ratio = statistics.median(turn[0] / (turn[1] + turn[2]) for turn in turns)
    return Rate(name, imported, parsed, written, ratio)


async def _turn(core: Core, body: bytes, turn: int) -> dict[str, tuple[float, float, float]]:
    tenant = f"bench-{turn}"
    core.registry.tenants.clear()
    core.registry.tenants[tenant] = a_tenant(tenant, municipality_code=HOME)
    importing = importing_of(
        core, open_store(core.db, core.outbox, core.sealer), cast(Settings, core.settings)
    )
    first = await _import(importing, tenant, body)
    offers = await core.db["offers"].find({"tenant_id": tenant}).to_list(None)
    again = await _import(importing, tenant, body)
    parsed = await _seconds(lambda: asyncio.to_thread(_parse, body))
    written = await _seconds(lambda: _write(core, offers))
    read = await _seconds(lambda: _read(core, tenant))
    return {"first import": (first, parsed, written), "the same again": (again, parsed, read)}


async def _import(importing: Importing, tenant: str, body: bytes) -> float:
    command = Command(new_ulid(), "sample")

    async def pieces() -> AsyncIterator[bytes]:
        for first in range(0, len(body), PIECE):
            yield body[first : first + PIECE]

    run: ImportRun = await importing.uploading.xml(
        tenant, Wish("hellowork", "bench", whole=True), pieces(), lambda _: command
    )
    took = await _seconds(importing.worker.once)
    done = await importing.worker.store.imports.get(tenant, run.id)
    assert (done.state, done.read) == ("finished", RECORDS), done
    return took


def _parse(body: bytes) -> None:
    parser = expat.ParserCreate()
    for first in range(0, len(body), PIECE):
        parser.Parse(body[first : first + PIECE], False)
    parser.Parse(b"", True)


async def _write(core: Core, offers: list[Document]) -> None:
    """The same documents into a collection with the same indexes, in as many transactions."""
    copies = [{**offer, "_id": f"{offer['_id']}.copy", "tenant_id": "floor"} for offer in offers]
    for page in _pages(copies):

        async def work(session: Session, page: list[Document] = page) -> None:
            await core.db["offers"].insert_many(page, ordered=False, session=session)

        await core.db.in_transaction(work)


async def _read(core: Core, tenant: str) -> None:
    """What an import that changes nothing has to look at, and one write for every page."""
    where = {"tenant_id": tenant, "source": "hellowork"}
    await core.db["offers"].find(where, {"source_id": 1, "digest": 1, "state": 1}).to_list(None)
    for page in range(0, RECORDS, PAGE):
        await core.db["imports"].update_one(
            {"tenant_id": tenant, "source": "hellowork"}, {"$set": {"floor": page}}
        )


def _pages(offers: list[Document]) -> Iterator[list[Document]]:
    return (offers[first : first + PAGE] for first in range(0, len(offers), PAGE))


async def _seconds(work: Callable[[], Awaitable[Any]]) -> float:
    begun = time.monotonic()
    await work()
    return time.monotonic() - begun


@asynccontextmanager
async def _core(folder: Path, mongo: str, nats: str) -> AsyncIterator[Core]:
    places = folder / "places.csv"
    places.write_text(PLACES)
    settings = Settings(mongo_url=mongo, nats_url=nats, secrets_dir=folder / "secrets", municipalities=places)
    core = await connect_core("matching", settings, COLLECTIONS)
    yield core
    await core.nc.close()
    core.db.close()


def _advert(number: int) -> dict[str, str]:
    """A made-up one; every hundredth employer is another."""
    return data(
        kjno=f"99010-{number:08d}",
        kjyukoymd="2099/01/31",
        jgshmei=f"サンプル製作所{number % 100}（見本）",
        shigoto_ny="生地をこね、型に入れます。" * (1 + number % 9),
        chgnkeitai_kagen=f"{190 + number % 40},000円",
    )
