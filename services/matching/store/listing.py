"""Newest first, a page at a time."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import DESCENDING

from shared.mongo import Database, Document, reachable

Position = tuple[datetime, str]
"""`created_at` and id of the last document of the page before."""


async def newest_first(
    db: Database, collection: str, tenant: str, where: Mapping[str, Any], after: Position | None, count: int
) -> list[Document]:
    """At most `count` documents of the tenant that match `where`, beginning after `after`.

    Two plain ranges instead of one `$or`, which not every server answers from the index.
    """
    found: list[Document] = []
    older: dict[str, Any] = {}
    async with reachable():
        if after is not None:
            at, last = after
            same_instant = {**where, "tenant_id": tenant, "created_at": at, "_id": {"$lt": last}}
            found = await db[collection].find(same_instant).sort("_id", DESCENDING).to_list(None)
            older = {"created_at": {"$lt": at}}
        if len(found) < count:
            rest = db[collection].find({**where, **older, "tenant_id": tenant})
            rest = rest.sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(count - len(found))
            found += await rest.to_list(None)
    return found[:count]


def containing(words: str) -> Document:
    """The condition on a text that holds every one of the words, in any order. What cannot be seen is no part of a word."""
    seen = "".join(each if each.isprintable() else " " for each in words)
    every = "".join(f"(?=[\\s\\S]*{re.escape(word)})" for word in seen.split())
    return {"$regex": f"^{every}", "$options": "i"}
