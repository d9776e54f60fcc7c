"""`python -m services.booking.audit`: recompute every calendar from the claims on it and compare, bit by bit.

For "two people say they have the same slot", and after a disaster. It reads one snapshot per tenant (and one per pool), so that it may run
while people book. Exit code 0: no overlap, no lost bit, no bit too many. 1: each finding is printed on a line.
"""

import argparse
import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from services.booking.cells import span_bits
from services.booking.claim import Claim, Entry, entries
from services.booking.quota import Use
from services.booking.settings import Settings
from services.booking.store.calendars import day_bits
from services.booking.store.snapshot import homes, ledger_snapshot, snapshot
from shared.mongo import Database, Document


@dataclass(frozen=True)
class Finding:
    """`kind`: overlap, lost-bits (an owner's cells are clear), stray-bits (set for nobody), owner (the calendar names another
    owner or other cells), count (of the day's appointments), ledger (of a pool). `where` is a document's id or a resource."""

    tenant: str
    kind: str
    where: str
    detail: str


@dataclass
class Report:
    """What was looked at, and what is wrong with it."""

    claims: int = 0
    calendars: int = 0
    findings: list[Finding] = field(default_factory=list)


async def audit(db: Database) -> Report:
    """Every tenant and pool of booking's database `db`. Raises Unavailable."""
    report = Report()
    everybody = await homes(db)
    for home in everybody:
        claims, calendars = await snapshot(db, home, [home])
        if any(len(mark) > 2 for calendar in calendars for mark in calendar["owners"].values()):
            claims, calendars = await snapshot(
                db, home, everybody
            )  # a pool: everybody has time of its people
        report.claims += len(claims)
        report.calendars += len(calendars)
        report.findings += overlaps(home, claims)
        report.findings += differences(home, claims, calendars)
        report.findings += ledger_differences(home, *await ledger_snapshot(db, home, everybody))
    return report


def overlaps(home: str, claims: Iterable[Claim]) -> Iterator[Finding]:
    """Claims that share a moment of a resource, from their instants alone: calendars are not asked."""
    taken: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for claim in claims:
        taken.setdefault(claim.resource.id, []).append((claim.starts_at, claim.ends_at, claim.owner))
    for resource, spans in taken.items():
        for (_, end, one), (start, _, other) in pairwise(sorted(spans)):
            if start < end:
                yield Finding(home, "overlap", resource, f"{one} and {other}")


def differences(home: str, claims: Iterable[Claim], calendars: Iterable[Document]) -> Iterator[Finding]:
    """Calendars that are not what the claims say."""
    expected = _expected(claims)
    stored = {calendar["_id"]: calendar for calendar in calendars}
    for where in sorted(expected.keys() | stored.keys()):
        owners = expected.get(where, {})
        calendar = stored.get(where)
        should = _bits(owners.values())
        are = day_bits(calendar)[1] if calendar else 0
        if lost := should & ~are:
            yield Finding(home, "lost-bits", where, _cells(lost))
        if stray := are & ~should:
            yield Finding(home, "stray-bits", where, _cells(stray))
        marks = {owner: entry.mark for owner, entry in owners.items()}
        named = calendar["owners"] if calendar else {}
        for owner in sorted(marks.keys() | named.keys()):
            if marks.get(owner) != named.get(owner):
                yield Finding(home, "owner", where, f"{owner}: {named.get(owner)}, not {marks.get(owner)}")
        count = sum(entry.counted for entry in owners.values())
        if calendar and calendar.get("count", 0) != count:
            yield Finding(home, "count", where, f"{calendar.get('count', 0)}, not {count}")


def ledger_differences(
    pool: str, uses: Iterable[Use], rows: Mapping[tuple[str, str], int]
) -> Iterator[Finding]:
    """Where a pool's ledger is not what the appointments use; `rows` are minutes by (Monday, municipality)."""
    used: dict[tuple[str, str], int] = {}
    for use in uses:
        key = (use.week.isoformat(), use.member)
        used[key] = used.get(key, 0) + use.minutes
    for week, member in sorted(used.keys() | rows.keys()):
        should, are = used.get((week, member), 0), rows.get((week, member), 0)
        if should != are:
            yield Finding(pool, "ledger", f"{pool}:{week}:{member}", f"{are} minutes, not {should}")


def _expected(claims: Iterable[Claim]) -> Mapping[str, dict[str, Entry]]:
    """Calendar id -> owner -> what it should say of them."""
    expected: dict[str, dict[str, Entry]] = {}
    for entry in entries(claims):
        expected.setdefault(entry.document_id, {})[entry.owner] = entry
    return expected


def _bits(owners: Iterable[Entry]) -> int:
    bits = 0
    for entry in owners:
        bits |= span_bits(0, entry.cells.first, entry.cells.end)
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
    print(f"{report.claims} claims, {report.calendars} calendars, {len(report.findings)} findings")
    return 1 if report.findings else 0


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m services.booking.audit",
        description="Recompute every calendar from the claims on it: shows overlaps, lost bits and stray bits.",
    ).parse_args()
    raise SystemExit(asyncio.run(_main(Settings())))


if __name__ == "__main__":
    main()
