"""Weekly hours. A window belongs to the weekday on which it starts and may pass midnight: Friday 22:00-26:00.

Weekdays are 0 (Monday) to 6 (Sunday); minutes count from that day's midnight, Asia/Tokyo, up to 30:00; intervals are half-open.
A set of windows is compared as a bit mask of the 10,080 minutes of a week that begins on Monday and runs in a circle.

A shift is one window on one weekday. One that goes on after 30:00 is written as two windows, one after the other in the list: the first until
30:00, which says that it `goes_on`, the second from 6:00 of the days that follow. Two that only touch are two shifts: a night until 6:00 and
an early shift from 6:00.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

DAY = 24 * 60
WEEK = 7 * DAY
LATEST = 30 * 60
TIME_PATTERN = r"^(?:[01]?\d|2\d|30):[0-5]\d$"
CHOSEN = 60
"""Minutes in one stretch that are worth a day where one chooses one's own hours."""
_FULL = (1 << WEEK) - 1


@dataclass(frozen=True)
class Window:
    """On each of `weekdays` from `start` to `end`, in minutes. `goes_on`: the next window of the list is the rest of the same shift, on
    the days after."""

    weekdays: tuple[int, ...]
    start: int
    end: int
    goes_on: bool = False


def minute_of(text: str) -> int:
    """Minutes of `HH:MM`, where HH may be up to 30. Raises ValueError."""
    if not re.fullmatch(TIME_PATTERN, text):
        raise ValueError(f"not a time such as 25:30: {text!r}")
    hours, _, minutes = text.partition(":")
    minute = int(hours) * 60 + int(minutes)
    if minute > LATEST:
        raise ValueError("a day ends at 30:00 at the latest")
    return minute


def time_text(minute: int) -> str:
    """`HH:MM` of minutes: 1470 -> 24:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_mask(windows: Iterable[Window]) -> int:
    """One bit per minute of the week; what passes the end of Sunday is the beginning of Monday."""
    return _week_mask(tuple(windows))


@lru_cache(maxsize=16_384)
def _week_mask(windows: tuple[Window, ...]) -> int:
    # the same few hundred sets of hours are compared for every slate
    mask = 0
    for window in windows:
        for weekday in window.weekdays:
            mask |= ((1 << (window.end - window.start)) - 1) << (weekday * DAY + window.start)
    return (mask | mask >> WEEK) & _FULL


def weekly_minutes(windows: Iterable[Window]) -> int:
    """Minutes in a week that the windows cover, each minute once."""
    return week_mask(windows).bit_count()


def overlap_minutes(one: Iterable[Window], other: Iterable[Window]) -> int:
    """Minutes in a week that both cover."""
    return (week_mask(one) & week_mask(other)).bit_count()


def spans_of(windows: Iterable[Window]) -> list[tuple[tuple[int, ...], int, int]]:
    """(weekdays on which it starts, start, end), in minutes of those days, the end perhaps beyond 30:00."""
    found: list[tuple[tuple[int, ...], int, int]] = []
    before: Window | None = None
    for window in windows:
        if before is not None and before.goes_on:
            found[-1] = (before.weekdays, before.start, window.end + DAY)
        else:
            found.append((window.weekdays, window.start, window.end))
        before = window
    return found


def shifts_of(windows: Iterable[Window]) -> list[tuple[int, int, int]]:
    """(weekday on which it starts, start, end), in minutes of that day, the end perhaps beyond 30:00."""
    return [(day, start, end) for weekdays, start, end in spans_of(windows) for day in weekdays]


@lru_cache(maxsize=16_384)
def weekdays_of(windows: tuple[Window, ...]) -> int:
    """On how many weekdays a shift starts."""
    return len({day for day, _, _ in shifts_of(windows)})


def told_again(said: tuple[Window, ...], before: tuple[Window, ...]) -> tuple[Window, ...]:
    """What is `said`; the hours of `before` where it is the same but for what goes on, which forms and requests do not tell."""
    return before if said == tuple(replace(window, goes_on=False) for window in before) else said


def days_within(windows: Iterable[Window], wished: Iterable[Window], *, chosen: bool) -> int:
    """On how many weekdays a shift starts that lies within `wished` with its every minute; where hours are `chosen`, of which `CHOSEN`
    minutes in one stretch do (all, when it has less)."""
    free = week_mask(wished)
    return len({day for day, start, end in shifts_of(windows) if _fits(free, day, start, end, chosen=chosen)})


def _fits(free: int, day: int, start: int, end: int, *, chosen: bool) -> bool:
    begins, length = (day * DAY + start) % WEEK, end - start
    run = (free >> begins | free << (WEEK - begins)) & ((1 << length) - 1)
    least, reached = min(length, CHOSEN) if chosen else length, 1
    while reached < least:  # a bit that is left begins a run of so many minutes
        step = min(reached, least - reached)
        run &= run >> step
        reached += step
    return run != 0
