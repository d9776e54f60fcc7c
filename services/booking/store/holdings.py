"""Who has whose time, read from the calendars of a home: what a process keeps in memory begins with it."""

from dataclasses import dataclass
from datetime import date

from services.booking.cells import first_cell
from services.booking.claim import Kind
from shared.mongo import Database, Document, reachable

KINDS: tuple[Kind, ...] = ("counsellor", "resident", "room")


@dataclass
class Holding:
    """Cells `first` to `end` (exclusive, absolute) that `owner` has of a resource. `counted_on`: the service day it counts on, if it does."""

    kind: Kind
    resource: str
    owner: str
    first: int
    end: int
    counted_on: date


class Holdings:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def between(self, home: str, first: date, last: date) -> list[Holding]:
        """Everything in the calendars of these UTC dates, both included; what began before `first` is cut there."""
        found: list[Holding] = []
        for kind in KINDS:
            async with reachable():
                documents = (
                    await self.db["calendars"]
                    .find(
                        {
                            "tenant_id": home,
                            "kind": kind,
                            "day": {"$gte": first.isoformat(), "$lte": last.isoformat()},
                        },
                        {"resource_id": 1, "day": 1, "owners": 1},
                    )
                    .to_list(None)
                )
            found += holdings(kind, documents)
        return found


def holdings(kind: Kind, documents: list[Document]) -> list[Holding]:
    """An owner's cells that go on in the next date's calendar are one holding.

    It counts on the date of the calendar that has a mark of no cells for it, else on the last one that it touches: see `claim`.
    """
    open_ends: dict[tuple[str, str, int], Holding] = {}
    counted: dict[tuple[str, str], date] = {}
    found: list[Holding] = []
    for document in sorted(documents, key=lambda d: d["day"]):
        day, resource = date.fromisoformat(document["day"]), document["resource_id"]
        zero = first_cell(day)
        for owner, mark in document["owners"].items():
            first, end = zero + mark[0], zero + mark[1]
            if first == end:
                counted[resource, owner] = day
                continue
            holding = open_ends.pop((resource, owner, first), None)
            if holding is None:
                holding = Holding(kind, resource, owner, first, end, day)
                found.append(holding)
            holding.end, holding.counted_on = end, day
            open_ends[resource, owner, end] = holding
    for holding in found:
        holding.counted_on = counted.get((holding.resource, holding.owner), holding.counted_on)
    return found
