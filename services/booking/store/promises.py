"""What workers have promised to orders, as matching tells: one document per assignment, and the sum by week in the worker's own.

What matching said last about an assignment counts (`said` is its version), in whatever order it arrives. Promises that are over keep the minutes that were
used, so that a week's promised minutes stay true afterwards. `last_date` is the last Monday of them, or the day when it came to nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from pymongo import ASCENDING, IndexModel, ReplaceOne

from services.booking.store.workers import document_id
from shared.errors import Retryable, StaleVersion
from shared.events.matching.orders import PromisedWeek
from shared.inbox import Tx
from shared.mongo import CollectionSpec, Document

PROMISES = CollectionSpec(
    "promises",
    (
        IndexModel([("tenant_id", ASCENDING), ("resident_id", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("last_date", ASCENDING)]),
    ),
)


async def keep_promise(
    tx: Tx,
    tenant: str,
    resident_id: str,
    assignment_id: str,
    said: int,
    weeks: Iterable[PromisedWeek],
    now: datetime,
) -> None:
    """Count these weeks for the assignment, and nothing it said before. Raises Retryable when the worker has just changed."""
    place: Document = {"_id": assignment_id, "tenant_id": tenant}
    known = await tx.find("promises", tenant, {"_id": assignment_id})
    if known and known[0]["said"] >= said:
        return
    minutes = {week.monday.isoformat(): week.minutes for week in weeks}
    last = max(minutes, default=now.date().isoformat())
    kept = {**place, "resident_id": resident_id, "said": said, "weeks": minutes, "last_date": last}
    tx.stage("promises", ReplaceOne(place, kept, upsert=True))
    await _sum_up(tx, tenant, resident_id, now)


async def _sum_up(tx: Tx, tenant: str, resident_id: str, now: datetime) -> None:
    total: dict[str, int] = {}
    for promise in await tx.find("promises", tenant, {"resident_id": resident_id}):
        for monday, minutes in promise["weeks"].items():
            total[monday] = total.get(monday, 0) + minutes
    worker = document_id(tenant, resident_id)
    found = await tx.find("workers", tenant, {"_id": worker})
    if not found:  # nobody whose time is kept here
        return
    try:
        await tx.outbox.update(
            "workers",
            tenant,
            worker,
            found[0]["version"],
            {"promised": total, "review_at": now},
            changes=tx.changes,
        )
    except StaleVersion as error:
        raise Retryable("the worker's schedule has just changed") from error
