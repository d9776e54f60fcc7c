"""Series in the database: the rule that was agreed; its appointments name it."""

from datetime import date

from pymongo import ASCENDING, IndexModel

from services.booking.series import Series, SeriesRule
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document
from shared.outbox import Changes, Outbox

SERIES = CollectionSpec("series", (IndexModel([("tenant_id", ASCENDING), ("last_date", ASCENDING)]),))


class AllSeries:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def add(self, tenant: str, series: Series, command: Command, changes: Changes) -> None:
        """Insert inside the transaction that books its appointments. Raises Duplicate when this request was here before."""
        rule = series.rule
        fields = {
            "resident_id": series.resident_id,
            "counsellor_id": series.counsellor_id,
            "last_date": rule.dates()[-1].isoformat(),
            "rule": {
                "first_date": rule.first_date.isoformat(),
                "start_minute": rule.start_minute,
                "minutes": rule.minutes,
                "channel": rule.channel,
                "every_weeks": rule.every_weeks,
                "count": rule.count,
                "except_dates": [day.isoformat() for day in rule.except_dates],
            },
        }
        await self.outbox.insert("series", tenant, series.id, fields, command=command, changes=changes)

    async def fetch(self, tenant: str, series_id: str) -> Document:
        """The document, for `read` and `Command.seen_in`. Raises NotFound."""
        return await self.outbox.fetch("series", tenant, series_id)

    def read(self, document: Document) -> Series:
        """The series of a document."""
        rule = document["rule"]
        return Series(
            document["_id"],
            document["resident_id"],
            document["counsellor_id"],
            SeriesRule(
                date.fromisoformat(rule["first_date"]),
                rule["start_minute"],
                rule["minutes"],
                rule["channel"],
                rule["every_weeks"],
                rule["count"],
                tuple(date.fromisoformat(day) for day in rule["except_dates"]),
            ),
            document["version"],
        )
