"""An import as something to look at: how far it is, what it changed, what was wrong, and how it ended.

One import per source runs at a time. One that has not moved for half an hour counts as given up: its process is gone, another may begin, and
what it had done stays, as an import that is repeated changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from shared.errors import Conflict

Source = Literal["hellowork", "companies", "offers", "occupations"]
State = Literal["running", "finished", "failed"]
Failure = Literal["unreadable", "unreachable", "refused", "closed_hours", "given_up"]
SHOWN = 1000
"""Faults that are kept one by one; beyond them only their number."""
STILL = timedelta(minutes=30)

MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "missing": {"ja": "必須の項目です", "en": "must not be empty"},
    "unreadable": {"ja": "読み取れません", "en": "cannot be read"},
    "unknown_place": {"ja": "市区町村の一覧にない場所です", "en": "a place that is not in the list of municipalities"},
    "unknown_word": {"ja": "決まった言葉のどれでもありません", "en": "none of the words that are possible"},
    "unknown_company": {"ja": "この企業番号の企業がありません", "en": "there is no company of this key"},
    "too_long": {"ja": "長すぎます", "en": "too long"},
    "twice": {"ja": "同じ番号が前にあります", "en": "the same number came before"},
    "implausible": {"ja": "金額が大きすぎるか小さすぎます", "en": "an amount that can hardly be true"},
    "cells": {"ja": "列の数か、値の形が違います", "en": "too many cells, or a value of another kind"},
}  # fmt: skip


class AlreadyRunning(Conflict):
    slug: ClassVar[str] = "import-running"


@dataclass(frozen=True)
class Fault:
    """`row` is a record's or a row's number, `key` the number that the source gives it, `place` a tag or column."""

    row: int
    key: str
    place: str
    code: str
    skips: bool


@dataclass(frozen=True)
class ImportRun:
    """`read` rows so far, of which `counts` by what they changed. `faults` are the first SHOWN of `faulty`."""

    id: str
    source: Source
    started_at: datetime
    moved_at: datetime
    state: State = "running"
    read: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    faulty: int = 0
    failure: Failure | None = None

    @property
    def ended_at(self) -> datetime | None:
        return None if self.state == "running" else self.moved_at


def begin(run_id: str, source: Source, latest: ImportRun | None, now: datetime) -> ImportRun:
    """`latest`: the source's import before this one. Raises AlreadyRunning while it moves."""
    if latest and latest.source == source and latest.state == "running" and not given_up(latest, now):
        raise AlreadyRunning("an import of this source is running")
    return ImportRun(run_id, source, now, now)


def given_up(run: ImportRun, now: datetime) -> bool:
    """It says that it runs and has not moved for half an hour."""
    return run.state == "running" and now - run.moved_at >= STILL


def advance(
    run: ImportRun, read: int, steps: Iterable[str], faults: Iterable[Fault], now: datetime
) -> ImportRun:
    """A page more: so many rows read, what each changed, what was wrong. Raises AlreadyRunning when it has ended (another has taken over)."""
    _running(run)
    counts = dict(run.counts)
    for step in steps:
        counts[step] = counts.get(step, 0) + 1
    found = tuple(faults)
    return replace(
        run,
        read=run.read + read,
        counts=counts,
        faults=(run.faults + found)[:SHOWN],
        faulty=run.faulty + len(found),
        moved_at=now,
    )


def finish(run: ImportRun, now: datetime) -> ImportRun:
    """Everything was read. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), state="finished", moved_at=now)


def fail(run: ImportRun, failure: Failure, now: datetime) -> ImportRun:
    """It cannot go on; what was done stays. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), state="failed", failure=failure, moved_at=now)


def _running(run: ImportRun) -> ImportRun:
    if run.state != "running":
        raise AlreadyRunning(f"the import has {run.state}")
    return run
