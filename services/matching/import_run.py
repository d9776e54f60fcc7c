"""An import as something to look at: how far it is, what it changed, what was wrong, and how it ended.

One import per source of a municipality runs at a time. Every page is taken in one transaction that moves the import, too: whoever goes on
after a crash begins behind the last page that was taken.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final, Literal

from shared.errors import Conflict

Source = Literal["hellowork", "companies", "offers"]
Way = Literal["upload", "fetch"]
State = Literal["running", "finished", "failed"]
Failure = Literal["unreadable", "unreachable", "refused", "given_up"]
SHOWN = 10_000
"""Faults that are kept one by one; beyond them only their number."""
TRIES = 5
"""How often work on it may begin without taking a single page, before it counts as hopeless."""
FEW, SHARE = 10, 0.5
"""A whole list that lacks more offers than FEW, and more than SHARE of those that were open, ends none before somebody has confirmed it."""

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


class NoMunicipalities(Conflict):
    """Without a list of municipalities nobody can tell where an advertised place is."""

    slug: ClassVar[str] = "no-municipalities"


class NothingWithheld(Conflict):
    """There is nothing (any more) that this import has left for somebody to confirm."""

    slug: ClassVar[str] = "nothing-withheld"


class Outdated(Conflict):
    """A later import of the same source says what is offered now."""

    slug: ClassVar[str] = "import-outdated"


class NotSetUp(Conflict):
    """There is no access to the employment service's lists."""

    slug: ClassVar[str] = "hellowork-not-set-up"


class ClosedNow(Conflict):
    """The employment service gives its lists from six o'clock on."""

    slug: ClassVar[str] = "hellowork-closed"


@dataclass(frozen=True)
class Fault:
    """`row` is a record's or a row's number, `key` the number that the source gives it, `place` a tag or column."""

    row: int
    key: str
    place: str
    code: str
    skips: bool


@dataclass(frozen=True)
class Place:
    """How far the source was read. `part` of `parts`: pieces of a file, good rows of a table, lists of the employment service; 0 parts: not
    known yet. The others only when fetching: the lists' ids, the next page of list `part`, the digest of the page before.
    """

    part: int = 0
    parts: int = 0
    lists: tuple[str, ...] = ()
    page: int = 1
    before: str = ""


@dataclass(frozen=True)
class ImportRun:
    """`read` records so far, of which `counts` by what they changed. `faulty`: how many faults were found; the first SHOWN are kept.

    `pieces`: of the file that was sent. `whole`: what is missing in it is no longer offered. `dry_run`: nothing is changed, only counted. `by`: who began it. `media`: how the
    rows of a table are written, csv or json. `line`: where an unreadable file is wrong. `open_before`: offers of the source that were open when
    it began. `withheld`: so many of them the whole list lacks that none was ended; `confirmed_by`: who wants them ended all the same.
    """

    id: str
    source: Source
    started_at: datetime
    moved_at: datetime
    way: Way = "upload"
    whole: bool = False
    dry_run: bool = False
    by: str = ""
    media: str = ""
    pieces: int = 0
    state: State = "running"
    place: Place = Place()
    read: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    faulty: int = 0
    failure: Failure | None = None
    line: int | None = None
    tries: int = 0
    open_before: int = 0
    withheld: int = 0
    confirmed_by: str = ""
    version: int = 1

    @property
    def ended_at(self) -> datetime | None:
        return None if self.state == "running" else self.moved_at

    @property
    def read_out(self) -> bool:
        """Everything was read, and what the list lacks is to be ended."""
        return bool(self.withheld and self.confirmed_by)

    @property
    def waits(self) -> bool:
        """For somebody to confirm that what it lacks is no longer offered."""
        return bool(self.state == "finished" and self.withheld and not self.dry_run)

    @property
    def share(self) -> float | None:
        """How much of the source was read, 0 to 1; None while nobody knows how much there is."""
        return min(1.0, self.place.part / self.place.parts) if self.place.parts else None


def begin_work(run: ImportRun) -> ImportRun:
    """Somebody starts, or goes on. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), tries=run.tries + 1)


def hopeless(run: ImportRun) -> bool:
    """Work on it began again and again and never took a page."""
    return run.tries > TRIES


def advance(
    run: ImportRun, read: int, steps: Iterable[str], faulty: int, place: Place, now: datetime
) -> ImportRun:
    """A page more: so many records read, what each changed, how many faults. Raises AlreadyRunning when it has ended."""
    _running(run)
    counts = dict(run.counts)
    for step in steps:
        counts[step] = counts.get(step, 0) + 1
    return replace(
        run,
        read=run.read + read,
        counts=counts,
        faulty=run.faulty + faulty,
        place=place,
        moved_at=now,
        tries=0,
    )


def start_over(run: ImportRun, place: Place, now: datetime) -> ImportRun:
    """What is fetched is another list than the one that was begun: it is read from its first page. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), read=0, counts={}, faulty=0, place=place, moved_at=now)


def lacks_too_much(run: ImportRun, missing: int) -> bool:
    """Whether so many offers are missing in the whole list that it is rather the list that is wrong; never once that was confirmed."""
    return not run.confirmed_by and missing > FEW and missing > SHARE * run.open_before


def withhold(run: ImportRun, missing: int, now: datetime) -> ImportRun:
    """What is missing stays open. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), withheld=missing, moved_at=now)


def confirm(run: ImportRun, by: str, now: datetime) -> ImportRun:
    """It goes on, and ends what its list lacks. Raises NothingWithheld."""
    if not run.waits:
        raise NothingWithheld("the import waits for no confirmation")
    return replace(run, state="running", confirmed_by=by, tries=0, moved_at=now)


def finish(run: ImportRun, now: datetime) -> ImportRun:
    """Everything was read, and what was confirmed is done. Raises AlreadyRunning when it has ended."""
    withheld = 0 if run.confirmed_by else run.withheld
    return replace(_running(run), state="finished", withheld=withheld, moved_at=now)


def fail(run: ImportRun, failure: Failure, now: datetime, line: int | None = None) -> ImportRun:
    """It cannot go on; what was done stays. Raises AlreadyRunning when it has ended."""
    return replace(_running(run), state="failed", failure=failure, line=line, moved_at=now)


def _running(run: ImportRun) -> ImportRun:
    if run.state != "running":
        raise AlreadyRunning(f"the import has {run.state}")
    return run
