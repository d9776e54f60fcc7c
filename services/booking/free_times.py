"""Which times are free for a wish, out of `picture`s: how many people at each start, who they are, and slots in order of time."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import groupby, islice, pairwise
from operator import and_, itemgetter

import numpy as np
import numpy.typing as npt

from services.booking.availability import Window
from services.booking.axis import DAY_WORDS, KEPT, Words, grid, unpack, words_of_day, words_of_days
from services.booking.cells import CELL_MINUTES, CELL_SECONDS, run_starts, span_bits
from services.booking.counsellor import Asked
from services.booking.picture import Picture
from services.booking.slot import Slot
from services.booking.tally import Counts

ALL_DAY = (1 << KEPT) - 1


@dataclass(frozen=True)
class Search:
    """`minutes` long on a grid of `step` minutes, with `buffer_minutes` that the counsellor keeps free afterwards.

    For a resident without times that overlap what they have, and without days that have `resident_cap` appointments of theirs. The
    time of the appointment `moving` counts as free for everybody.
    """

    asked: Asked
    window: Window
    minutes: int
    step: int
    buffer_minutes: int = 0
    resident_id: str | None = None
    resident_cap: int | None = None
    moving: str | None = None

    @property
    def length(self) -> int:
        return self.minutes // CELL_MINUTES

    @property
    def tail(self) -> int:
        return self.buffer_minutes // CELL_MINUTES


@dataclass(frozen=True)
class FreeDay:
    """Minutes of a service day at which somebody is free, and how many people are."""

    service_date: date
    starts: Sequence[int] = field(default_factory=list)
    counts: Sequence[int] = field(default_factory=list)


def days_of(picture: Picture, window: Window) -> range:
    """The window's days as numbers of the picture's. Days that the picture does not show are left out."""
    first = picture.axis.number(window.first_day)
    return range(max(first, 0), max(min(first + window.days, picture.axis.days), 0))


def allowed(own: Picture, search: Search) -> Words:
    """(days, 6), as said: the starts that are on the grid and not too soon, at which the resident is free and a room, if one is needed.

    `own` is the picture of the municipality that asks, whoever's counsellors it asks for.
    """
    return reduce(and_, conditions(own, search).values())


def conditions(own: Picture, search: Search) -> dict[str, Words]:
    """What `allowed` consists of: grid, notice, resident, resident-cap and rooms, each (days, 6), as said; what does not apply is left out."""
    days, axis = days_of(own, search.window), own.axis
    found = {"grid": np.array([grid(search.step, search.minutes)] * len(days)).reshape(len(days), DAY_WORDS)}
    later = [axis.from_on(search.window.not_before, number) for number in days]
    found["notice"] = _as_said(own, days, later)
    if search.resident_id is not None:
        free, below_cap = _resident(own, search, search.resident_id, days)
        found["resident"], found["resident-cap"] = _as_said(own, days, free), _as_said(own, days, below_cap)
    rooms = own.room_rows(search.asked.channel)
    if rooms is not None:
        with own.without(search.moving):
            free_rooms = own.room_matrix.union(rooms, days, search.length, said=False)
        found["rooms"] = _put(own, days, free_rooms)
    return found


def _as_said(own: Picture, days: range, bits: Sequence[int]) -> Words:
    return _put(own, days, words_of_days(bits).copy())


def _put(own: Picture, days: range, words: Words) -> Words:
    for number in own.axis.walls.keys() & set(days):
        words[number - days.start] = own.axis.as_said(words[number - days.start], number)
    return words


def _resident(own: Picture, search: Search, resident_id: str, days: range) -> tuple[list[int], list[int]]:
    """Each day's bits at which the resident has nothing else to do; and all of them, or none on days on which they have enough."""
    busy: Counter[int] = Counter()
    counted: Counter[int] = Counter()
    for owner, part in own.held_by("resident", resident_id):
        if owner == search.moving:
            continue
        if part.counted_on:
            counted[own.axis.number(part.counted_on)] += 1
        for number, first, end in own.axis.parts(part.first, part.end):
            busy[number] |= span_bits(0, first, end)
    free = [run_starts(ALL_DAY & ~busy[n], search.length) if busy[n] else ALL_DAY for n in days]
    cap = search.resident_cap
    return free, [0 if cap is not None and counted[n] >= cap else ALL_DAY for n in days]


def counts(picture: Picture, search: Search) -> Counts:
    """(days, 384), as said: how many of the picture's people who fit could begin there; see `allowed` for what is not theirs."""
    days = days_of(picture, search.window)
    with picture.without(search.moving):
        tally = picture.tally(search.asked, search.length, search.tail)
        return tally.counts()[days.start : days.stop].copy()


def free_days(first_day: date, found: Counts, mask: Words) -> list[FreeDay]:
    """Days with their free starts in order; days without any are left out."""
    masked = found * unpack(mask)
    at_day, at_wall = np.nonzero(masked)
    how_many = masked[at_day, at_wall].tolist()
    minutes = (at_wall * CELL_MINUTES).tolist()
    edges = np.searchsorted(at_day, np.arange(len(masked) + 1)).tolist()
    return [
        FreeDay(first_day + timedelta(days=n), minutes[a:b], how_many[a:b])
        for n, (a, b) in enumerate(pairwise(edges))
        if b > a
    ]


def within(own: Picture, search: Search, windows: Iterable[tuple[Collection[int], int, int]]) -> Words:
    """(days, 6), as said: the starts from which one is done inside one of the windows, each (weekdays with 0 for Monday, minutes from, to)."""
    days = days_of(own, search.window)
    bits = dict.fromkeys(range(7), 0)
    for weekdays, start, end in windows:
        first, last = -(-start // CELL_MINUTES), (end - search.minutes) // CELL_MINUTES
        for weekday in weekdays if first <= last else ():
            bits[weekday] |= span_bits(0, first, last + 1)
    return words_of_days(bits[own.axis.day(number).weekday()] for number in days)


def slots(
    picture: Picture, search: Search, mask: Words, *, pool: str | None = None, each: int | None = None
) -> Iterator[Slot]:
    """Free slots in order of time, then of the counsellors' ids; computed day by day, as they are taken. `each`: of one start so many."""
    days = days_of(picture, search.window)
    names = np.array(list(picture.row))
    waiting: list[tuple[int, str, int, int]] = []
    for number in days:
        waiting += _starts_on(picture, search, number, mask[number - days.start], names)
        waiting.sort()
        # 25:00 of this day comes after 0:30 of the next one
        later = number + 1 < days.stop
        until = picture.axis.bases[number + 1] if later else None
        ready = sum(until is None or cell < until for cell, *_ in waiting)
        for _, alike in groupby(waiting[:ready], itemgetter(0, 3)):
            for cell, name, day, wall in islice(alike, each):
                yield _slot(picture, search, cell, name, day, wall, pool)
        del waiting[:ready]


def in_the_way(own: Picture, search: Search, service_date: date, minute: int) -> str | None:
    """The first of the `conditions` that keeps one start from being `allowed`; None when it is."""
    number, wall = (service_date - search.window.first_day).days, minute // CELL_MINUTES
    found = conditions(own, search).items()
    return next(
        (code for code, mask in found if not 0 <= number < len(mask) or not unpack(mask[number])[wall]), None
    )


def who(picture: Picture, search: Search, service_date: date, minute: int) -> list[str]:
    """Ids of those who fit and are free at one start; not whether the start is `allowed`."""
    number, wall = picture.axis.number(service_date), minute // CELL_MINUTES
    if not 0 <= number < picture.axis.days:
        return []
    nothing_else = words_of_day(1 << wall)
    names = np.array(list(picture.row))
    return sorted(name for _, name, *_ in _starts_on(picture, search, number, nothing_else, names))


def _starts_on(
    picture: Picture, search: Search, number: int, mask: Words, names: npt.NDArray[np.str_]
) -> list[tuple[int, str, int, int]]:
    """(cell, counsellor, day number, cell as said) of every start of one day."""
    rows = picture.rows(search.asked)
    base, found = picture.axis.bases[number], []
    with picture.without(search.moving):
        one = range(number, number + 1)
        for block, words in picture.matrix.starts(rows, one, search.length, search.tail):
            at_row, at_wall = np.nonzero(unpack(words[:, 0] & mask))
            which = at_row + block.start if rows is None else rows[at_row + block.start]
            for name, wall in zip(names[which].tolist(), at_wall.tolist(), strict=True):
                found.append((base + picture.axis.position(number, wall), name, number, wall))
    return found


def _slot(
    picture: Picture, search: Search, cell: int, name: str, day: int, wall: int, pool: str | None
) -> Slot:
    starts_at = datetime.fromtimestamp(cell * CELL_SECONDS, UTC)
    return Slot(
        name,
        search.asked.channel,
        picture.axis.day(day),
        wall * CELL_MINUTES,
        search.minutes,
        starts_at,
        starts_at + timedelta(minutes=search.minutes),
        pool,
    )
