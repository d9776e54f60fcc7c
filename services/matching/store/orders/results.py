"""Lines of evidence: one for each completed assignment that says something about how work goes."""

from datetime import datetime

from services.matching.orders.evidence import KEPT_FOR, Line
from shared.mongo import Database, Document, reachable
from shared.outbox import Changes
from shared.shape import Shape

EVERY_LINE = 100_000
_SHAPE = Shape(Line)


class Results:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, tenant: str, line: Line, changes: Changes) -> None:
        """In the transaction that completes the assignment."""
        fields = {**_SHAPE.fields(line), "at": line.at}
        document: Document = {"_id": line.assignment_id, "tenant_id": tenant, **fields}
        await self.db["work_results"].insert_one(document, session=changes.session)

    async def known(self, tenant: str, now: datetime) -> list[Line]:
        """Everybody's, as far back as lines are kept."""
        where = {"tenant_id": tenant, "at": {"$gt": now - KEPT_FOR, "$lte": now}}
        async with reachable():
            found = await self.db["work_results"].find(where).to_list(EVERY_LINE)
        return [_SHAPE.read(document) for document in found]
