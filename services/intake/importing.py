"""Importing a catalogue: compare, write as a whole, report."""

from typing import Any

from services.intake.programme import compare
from services.intake.programme_csv import MESSAGES, Sheet
from services.intake.store import Programmes
from shared.changing import settled
from shared.errors import Conflict, Invalid
from shared.idempotency import Command

Report = dict[str, Any]
MOST_ROWS = 1000


async def import_sheet(
    programmes: Programmes, tenant: str, sheet: Sheet, command: Command, *, retire_missing: bool
) -> Report:
    """Counts, and the rows that were refused (with codes). Raises Invalid where retiring would empty the catalogue by mistake."""
    if retire_missing and not sheet.rows:
        raise Invalid("body", "no row could be read: nothing is retired")

    async def attempt() -> Report:
        catalogue = await programmes.catalogue(tenant)
        if command.seen_in(catalogue):
            if catalogue["report_of"] != command.key:
                raise Conflict("a later import has replaced this one")
            done: Report = catalogue["report"]
            return done
        changes = compare(
            tenant, await programmes.all(tenant), sheet.rows, sheet.seen, retire_missing=retire_missing
        )
        new = sum(change.new for change in changes)
        retired = sum(change.retires for change in changes)
        updated = len(changes) - new - retired
        report = {
            "imported": new,
            "updated": updated,
            "unchanged": len(sheet.rows) - new - updated,
            "retired": retired,
            "rejected": len({error.row for error in sheet.errors}),
            "rows": [
                {"row": e.row, "service_id": e.service_id, "field": e.field, "code": e.code}
                for e in sheet.errors[:MOST_ROWS]
            ],
        }
        await programmes.apply(tenant, catalogue, changes, report, command)
        return report

    return await settled(attempt)


def worded(report: Report, language: str) -> Report:
    """The report with a message beside each code, in `ja` or `en`."""
    rows = [{**row, "message": MESSAGES[row["code"]][language]} for row in report["rows"]]
    return {**report, "rows": rows}
