"""Lists that are one range on one index: every document carries a sortable text, `order`, and an index ends with it.

The embedded database uses an index only for a range with both ends.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING

from shared.http.paging import Page, decode_cursor, encode_cursor
from shared.mongo import Collection, Document, reachable

T = TypeVar("T")
LAST = "\U0010ffff"
"""Sorts after every text."""


def order_of(at: datetime, document_id: str) -> str:
    """Sorts by instant (milliseconds), then by id."""
    return f"{int(at.timestamp() * 1000):013d}{document_id}"


async def newest_first(
    tenant: str,
    collection: Collection,
    where: Mapping[str, Any],
    cursor: str | None,
    limit: int,
    read: Callable[[Document], T],
) -> Page[T]:
    """One page by descending `order`; `where` are equalities. Raises Invalid for a cursor that is none."""
    beyond = {"$gt": "", "$lt": _position(cursor) or LAST}
    return await _page(tenant, collection, {**where, "order": beyond}, DESCENDING, limit, read)


async def in_order(
    tenant: str,
    collection: Collection,
    where: Mapping[str, Any],
    cursor: str | None,
    limit: int,
    read: Callable[[Document], T],
) -> Page[T]:
    """The same by ascending `order`."""
    beyond = {"$gt": _position(cursor), "$lt": LAST}
    return await _page(tenant, collection, {**where, "order": beyond}, ASCENDING, limit, read)


async def _page(
    tenant: str,
    collection: Collection,
    where: Mapping[str, Any],
    direction: int,
    limit: int,
    read: Callable[[Document], T],
) -> Page[T]:
    async with reachable():
        ordered = collection.find({**where, "tenant_id": tenant}).sort("order", direction)
        found = await ordered.limit(limit + 1).to_list(limit + 1)
    more = encode_cursor(found[limit - 1]["order"]) if len(found) > limit else None
    return Page(data=[read(document) for document in found[:limit]], next=more)


def _position(cursor: str | None) -> str:
    return str(decode_cursor(cursor, (str,))[0]) if cursor else ""
