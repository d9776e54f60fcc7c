"""`python -m services.booking.audit`: recompute every calendar from the appointments and compare, bit by bit.

For "two people say they have the same slot", and after a disaster. It reads one snapshot per tenant, so that it may run while people book.
Exit code 0: no overlap, no lost bit, no bit too many. 1: each finding is printed on a line.
"""

import argparse
import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from services.booking.cells import cells_of, span_bits
from services.booking.settings import Settings
from services.booking.store.calendars import calendar_id, day_bits
from services.booking.store.snapshot import snapshot, tenants_with_bookings
from shared.mongo import Database, Document

Span = tuple[int, int]


@dataclass(frozen=True)
class Finding:
    """`kind`: overlap, lost-bits (an appointment's cells are clear), stray-bits (set for nobody), owner (the calendar
    names another owner or other cells). `where` is a calendar's id or a resource."""

    tenant: str
    kind: str
    where: str
    detail: str


@dataclass
class Report:
    """What was looked at, and what is wrong with it."""

    appointments: int = 0
    calendars: int = 0
    findings: list[Finding] = field(default_factory=list)


async def audit(db: Database) -> Report:
    """Every tenant of booking's database `db`. Raises Unavailable."""
    report = Report()
    for tenant in await tenants_with_bookings(db):
        appointments, calendars = await snapshot(db, tenant)
        report.appointments += len(appointments)
        report.calendars += len(calendars)
        report.findings += overlaps(tenant, appointments)
        report.findings += differences(tenant, appointments, calendars)
    return report


def overlaps(tenant: str, appointments: Iterable[Document]) -> Iterator[Finding]:
    """Appointments that share a moment of a person, from their instants alone: calendars are not asked."""
    taken: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for appointment in appointments:
        slot = appointment["slot"]
        for resource in (slot["counsellor_id"], appointment["resident_id"]):
            taken.setdefault(resource, []).append((slot["starts_at"], slot["ends_at"], appointment["_id"]))
    for resource, spans in taken.items():
        for (_, end, one), (start, _, other) in pairwise(sorted(spans)):
            if start < end:
                yield Finding(tenant, "overlap", resource, f"{one} and {other}")


def differences(
    tenant: str, appointments: Iterable[Document], calendars: Iterable[Document]
) -> Iterator[Finding]:
    """Calendars that are not what the appointments say."""
    expected = _expected(tenant, appointments)
    stored = {calendar["_id"]: calendar for calendar in calendars}
    for where in sorted(expected.keys() | stored.keys()):
        owners = expected.get(where, {})
        calendar = stored.get(where)
        should = _bits(owners.values())
        are = day_bits(calendar)[1] if calendar else 0
        if lost := should & ~are:
            yield Finding(tenant, "lost-bits", where, _cells(lost))
        if stray := are & ~should:
            yield Finding(tenant, "stray-bits", where, _cells(stray))
        named = {o: tuple(span) for o, span in calendar["owners"].items()} if calendar else {}
        for owner in sorted(owners.keys() | named.keys()):
            if owners.get(owner) != named.get(owner):
                yield Finding(tenant, "owner", where, f"{owner}: {named.get(owner)}, not {owners.get(owner)}")


def _expected(tenant: str, appointments: Iterable[Document]) -> Mapping[str, dict[str, Span]]:
    """Calendar id -> owner -> cells of that date."""
    expected: dict[str, dict[str, Span]] = {}
    for appointment in appointments:
        slot = appointment["slot"]
        for cells in cells_of(slot["starts_at"], slot["ends_at"]):
            for resource in (slot["counsellor_id"], appointment["resident_id"]):
                owners = expected.setdefault(calendar_id(tenant, resource, cells.day), {})
                owners[appointment["_id"]] = (cells.first, cells.end)
    return expected


def _bits(spans: Iterable[Span]) -> int:
    bits = 0
    for first, end in spans:
        bits |= span_bits(0, first, end)
    return bits


def _cells(bits: int) -> str:
    return "cells " + ", ".join(str(n) for n in range(bits.bit_length()) if bits >> n & 1)


async def _main(settings: Settings) -> int:
    db = Database(settings.mongo_url, f"{settings.database_prefix}_booking", pool=1)
    try:
        report = await audit(db)
    finally:
        db.close()
    for finding in report.findings:
        print(f"{finding.tenant}: {finding.kind} in {finding.where}: {finding.detail}")
    print(
        f"{report.appointments} appointments, {report.calendars} calendars, {len(report.findings)} findings"
    )
    return 1 if report.findings else 0


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m services.booking.audit",
        description="Recompute every calendar from the appointments: shows overlaps, lost bits and stray bits.",
    ).parse_args()
    raise SystemExit(asyncio.run(_main(Settings())))


if __name__ == "__main__":
    main()
