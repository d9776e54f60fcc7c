"""Lists and due work over one index each. The embedded database uses an index only for a range with both ends."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pymongo import DESCENDING

from shared.http.paging import Page, decode_cursor, encode_cursor
from shared.mongo import Collection, Document, reachable

T = TypeVar("T")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LAST = "~"


def order_of(at: datetime, document_id: str) -> str:
    """Sorts by instant (milliseconds), then by id."""
    return f"{int(at.timestamp() * 1000):013d}{document_id}"


def due_by(now: datetime) -> Document:
    """The condition on `due_at` of what is due at `now`; nothing is due that has none."""
    return {"$gt": LONG_AGO, "$lte": now}


async def newest_first(
    tenant: str,
    collection: Collection,
    where: Mapping[str, Any],
    cursor: str | None,
    limit: int,
    read: Callable[[Document], T],
) -> Page[T]:
    """One page by descending `order`; `where` are equalities. Raises Invalid for a cursor that is none."""
    before = decode_cursor(cursor, (str,))[0] if cursor else LAST
    wanted = {**where, "order": {"$gt": "", "$lt": before}, "tenant_id": tenant}
    async with reachable():
        found = await collection.find(wanted).sort("order", DESCENDING).limit(limit + 1).to_list(limit + 1)
    more = len(found) > limit
    return Page(
        data=[read(document) for document in found[:limit]],
        next=encode_cursor(found[limit - 1]["order"]) if more else None,
    )


def changed(old: Document, new: Document) -> Document:
    """The fields of `new` that are not as in `old`."""
    return {name: value for name, value in new.items() if old[name] != value}


def stored_trace(correlation_id: str, causation_id: str | None, traceparent: str | None) -> Document:
    return {"correlation_id": correlation_id, "causation_id": causation_id, "traceparent": traceparent}
