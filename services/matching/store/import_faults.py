"""What was wrong in an import, some faults to a document."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from pymongo import ASCENDING, IndexModel

from services.matching.import_run import SHOWN, Fault, ImportRun
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, reachable
from shared.outbox import Changes

CHUNK = 100
"""Faults in a document."""
_TENANT = ("tenant_id", ASCENDING)
FAULTS: Final = CollectionSpec(
    "import_faults",
    (
        IndexModel([_TENANT, ("run_id", ASCENDING), ("first", ASCENDING)]),
        IndexModel([_TENANT, ("at", ASCENDING)]),
    ),
)


class ImportFaults:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def keep(
        self, tenant: str, run: ImportRun, faults: Sequence[Fault], at: datetime, changes: Changes
    ) -> None:
        """Those that come behind the `run.faulty` ones of before; none beyond SHOWN."""
        shown = faults[: max(0, SHOWN - run.faulty)]
        documents = [
            {
                "_id": derived_id("imf", tenant, run.id, str(run.faulty + first)),
                "tenant_id": tenant,
                "run_id": run.id,
                "first": run.faulty + first,
                "at": at,
                "faults": [asdict(fault) for fault in shown[first : first + CHUNK]],
            }
            for first in range(0, len(shown), CHUNK)
        ]
        if documents:
            async with reachable():
                await self.db["import_faults"].insert_many(documents, session=changes.session)

    async def some(self, tenant: str, run_id: str, start: int, count: int) -> list[Fault]:
        """At most `count` faults, from number `start` (the first is 0) on."""
        where = {
            "tenant_id": tenant,
            "run_id": run_id,
            "first": {"$gt": start - CHUNK, "$lt": start + count},
        }
        async with reachable():
            found = await self.db["import_faults"].find(where).sort("first", 1).to_list(None)
        numbered = [(d["first"] + n, Fault(**fault)) for d in found for n, fault in enumerate(d["faults"])]
        return [fault for number, fault in numbered if start <= number < start + count]
