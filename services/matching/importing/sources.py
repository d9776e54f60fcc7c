"""Where pages of advertisements come from: a file that was sent, or the employment service's lists. Both begin where the import is."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime

from services.matching.fetching import Fetching
from services.matching.hellowork.reading import PAGE, Reader, Record, Unreadable
from services.matching.hellowork.session import was_last
from services.matching.import_run import ClosedNow, ImportRun, Place, start_over
from services.matching.store import Store
from services.matching.store.bulk import in_one
from shared.outbox import Changes

Pages = AsyncGenerator[tuple[list[Record], Place], None]
"""Records, and how far the import is once they are taken."""


@dataclass
class Going:
    """An import on its way."""

    run: ImportRun


async def sent(store: Store, tenant: str, run: ImportRun) -> Pages:
    """Of a file, behind what was taken already. Raises Unreadable, after the good records before."""
    reader, waiting, number = Reader(), list[Record](), 0
    try:
        async for piece in store.imports.pieces(tenant, run.id, run.pieces):
            number += 1
            found = await asyncio.to_thread(reader.feed, piece)
            waiting += [record for record in found if record.number > run.read]
            while len(waiting) >= PAGE:
                yield waiting[:PAGE], Place(number - 1, run.pieces)
                del waiting[:PAGE]
        reader.close()
    except Unreadable:
        waiting += [record for record in reader.left() if record.number > run.read]
        for first in range(0, len(waiting), PAGE):
            yield waiting[first : first + PAGE], Place(number, run.pieces)
        raise
    if waiting:
        yield waiting, Place(run.pieces, run.pieces)


async def fetched(store: Store, fetching: Fetching, tenant: str, going: Going) -> Pages:
    """Of the employment service's lists. Raises Refused, Unreachable, Unreadable; ClosedNow when night falls."""
    async with fetching.session(tenant) as session:
        lists = await session.lists()
        if going.run.place.lists != lists:
            going.run = await _start_over(store, tenant, going.run, lists, fetching.clock.now())
        while (place := going.run.place).part < len(lists):
            if not fetching.is_open():
                raise ClosedNow
            page = await session.page(lists[place.part], place.page, place.before)
            found = page.records if page else []
            following = (
                Place(place.part, place.parts, lists, place.page + 1, page.digest)
                if page and not was_last(len(found))
                else Place(place.part + 1, place.parts, lists)
            )
            yield [replace(record, number=going.run.read + record.number) for record in found], following


async def _start_over(
    store: Store, tenant: str, run: ImportRun, lists: tuple[str, ...], now: datetime
) -> ImportRun:
    async def work(changes: Changes) -> ImportRun:
        await store.imports.forget_pages(tenant, run.id, changes)
        return await store.imports.put(tenant, start_over(run, Place(0, len(lists), lists), now), changes)

    return await in_one(store.imports.outbox, work)
