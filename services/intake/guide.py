"""The guide to support programmes: an index per tenant, in memory, rebuilt when the catalogue has changed.

Whether it has is asked before each search (one document by its id), so that every process answers from what was imported last.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.intake.programme import Programme
from services.intake.retrieval import FIELD_WEIGHTS, Found, Index
from services.intake.store.programmes import Programmes
from services.intake.words import Reader
from shared.clock import TOKYO


@dataclass(frozen=True)
class Shelf:
    """One tenant's catalogue as of `content`."""

    content: int
    programmes: dict[str, Programme]
    index: Index


class Guide:
    def __init__(self, programmes: Programmes) -> None:
        self._programmes = programmes
        self._shelves: dict[str, Shelf] = {}
        self._building: dict[str, asyncio.Lock] = {}
        self._loading = asyncio.Lock()
        self._reader: Reader | None = None

    async def warm(self, _: asyncio.Event) -> None:
        """Load the dictionary before the first question. A companion of processes that answer; workers never pay for it."""
        await self._ready()

    async def search(
        self, tenant: str, question: str, now: datetime, most: int
    ) -> list[tuple[Programme, Found]]:
        """Programmes that `question` is about, best first, at most `most`; those past their closing day are not named."""
        reader = await self._ready()
        shelf = await self._shelf(tenant)
        today = now.astimezone(TOKYO).date()
        found = shelf.index.search(reader.clauses(question), most * 3)
        named = [(shelf.programmes[f.id], f) for f in found]
        return [(p, f) for p, f in named if not p.closed_on(today)][:most]

    async def _ready(self) -> Reader:
        async with self._loading:
            if self._reader is None:
                self._reader = await asyncio.to_thread(Reader)
        return self._reader

    async def _shelf(self, tenant: str) -> Shelf:
        content = (await self._programmes.catalogue(tenant))["content"]
        shelf = self._shelves.get(tenant)
        if shelf is not None and shelf.content == content:
            return shelf
        async with self._building.setdefault(tenant, asyncio.Lock()):
            shelf = self._shelves.get(tenant)
            if shelf is not None and shelf.content >= content:
                return shelf  # somebody who waited in front of us has built it
            programmes = await self._programmes.all(tenant)
            published = [p for p in programmes.values() if p.state == "published"]
            reader = (await self._ready()).another()
            index = await asyncio.to_thread(build_index, reader, published)
            made = Shelf(content, {p.id: p for p in published}, index)
            self._shelves[tenant] = made
            return made


def build_index(reader: Reader, programmes: Iterable[Programme]) -> Index:
    """The index over what programmes say about themselves; how and where to apply is not searched."""
    return Index(
        {p.id: {field: reader.words(p[field]) for field in FIELD_WEIGHTS if p[field]} for p in programmes}
    )
