"""Why is nothing free? Rule by rule, with counts, and what would help.

Rules are asked in the order in which they keep a time from being offered: who could be asked at all (counted in people), on which days
they have hours (in days of those people), and at which times of those hours one could begin (in times of those people; a time is
counted with the first rule that it meets). A time that two people have is two times until it comes to what concerns nobody's own calendar.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np

from services.booking.availability import Window
from services.booking.axis import Words, grid, unpack, words_of_day
from services.booking.cells import run_starts
from services.booking.counsellor import Asked
from services.booking.free_times import Search, allowed, conditions, counts, days_of
from services.booking.hours import Closed
from services.booking.picture import Picture
from services.booking.tally import Counts
from shared.events.booking import AppointmentChannel

Unit = Literal["people", "days", "times"]
View = Sequence[tuple[str | None, Picture]]
"""(pool, picture), the municipality's own first."""
HALF_HOUR = 30


@dataclass(frozen=True)
class Reason:
    """`code`: nobody, channel, language, skill, gender, counsellor, pool-quota (people); past, horizon (days asked for); not-here, weekly,
    holiday, exception (days of people); leave, taken, buffer, daily-cap, notice, resident, resident-cap, rooms (times)."""

    code: str
    unit: Unit
    count: int


@dataclass(frozen=True)
class Help:
    """What would give `times` free times: channel (`value` names it), language, skill, gender, counsellor (without that condition),
    shorter (`value` minutes), or other-day (`value` is the first date)."""

    code: str
    value: str
    times: int


@dataclass(frozen=True)
class Explanation:
    """`free` counts the times that there are; the same start with several people is one."""

    free: int
    reasons: Sequence[Reason]
    helps: Sequence[Help]


def explain(
    view: View, search: Search | None, asked_days: range, whole: Search, *, used_up: Collection[str] = ()
) -> Explanation:
    """`search` covers what can be booked of the days that were asked for, None when nothing can; `whole` is the same wish over all days
    that can be, and `asked_days` are numbered from its first one on. Pools in `used_up` have no time left for this municipality."""
    past = range(min(asked_days.start, 0), min(asked_days.stop, 0))
    beyond = range(max(asked_days.start, whole.window.days), max(asked_days.stop, whole.window.days))
    outside = (("past", len(past)), ("horizon", len(beyond)))
    reasons = [Reason(code, "days", count) for code, count in outside if count]
    able = [(pool, picture) for pool, picture in view if pool not in used_up]
    free = 0
    if search:
        used = sum(len(picture.people) for pool, picture in view if pool in used_up)
        found, free = _times(able, search)
        reasons += [*_people(able, search.asked, used), *_days(able, search), *found]
    return Explanation(free, reasons, [] if free else _helps(able, search, whole))


def times(view: View, search: Search) -> Counts:
    """(days, 384): how many people are free at each start that is allowed."""
    found = sum((counts(picture, search) for _, picture in view[1:]), counts(view[0][1], search))
    masked: Counts = found * unpack(allowed(view[0][1], search))
    return masked


def _people(view: View, asked: Asked, without_quota: int) -> list[Reason]:
    everybody = [c for _, picture in view for c in picture.people.values()]
    missing = Counter(next(iter(asked.missing(c)), None) for c in everybody)
    found = [Reason("pool-quota", "people", without_quota)] if without_quota else []
    if not everybody and not without_quota:
        found.append(Reason("nobody", "people", 0))
    order = ("channel", "language", "skill", "gender", "counsellor")
    return found + [Reason(code, "people", missing[code]) for code in order if missing[code]]


def _days(view: View, search: Search) -> list[Reason]:
    window = search.window
    closed = Counter(
        c.hours.closed(day)
        for _, picture in view
        for c in picture.people.values()
        if search.asked.fits(c)
        for day in window.days_of()
    )
    order: tuple[Closed, ...] = ("not-here", "weekly", "holiday", "exception")
    return [Reason(code, "days", closed[code]) for code in order if closed[code]]


def _times(view: View, search: Search) -> tuple[list[Reason], int]:
    own = view[0][1]
    masks = {code: unpack(words) for code, words in conditions(own, search).items()}
    on_grid = masks.pop("grid")
    worked, untaken, unbuffered, uncapped = sum(_layers(picture, search) for _, picture in view) * on_grid
    steps = [
        ("leave", sum(_on_leave(picture, search) for _, picture in view)),
        ("taken", int((worked - untaken).sum())),
        ("buffer", int((untaken - unbuffered).sum())),
        ("daily-cap", int((unbuffered - uncapped).sum())),
    ]
    left = uncapped
    for code, mask in masks.items():
        steps.append((code, int((left * (1 - mask)).sum())))
        left = left * mask
    reasons = [Reason(code, "times", count) for code, count in steps if count]
    return reasons, int(np.count_nonzero(left))


def _layers(picture: Picture, search: Search) -> Counts:
    days = days_of(picture, search.window)
    with picture.without(search.moving):
        found: Counts = picture.matrix.layers(picture.rows(search.asked), days, search.length, search.tail)
    return found


def _on_leave(picture: Picture, search: Search) -> int:
    """Times of somebody's hours that an absence takes."""
    lost = 0
    mask: Words = grid(search.step, search.minutes)
    for counsellor in picture.people.values():
        if not counsellor.absences or not search.asked.fits(counsellor):
            continue
        hours = counsellor.hours
        always = replace(hours, absences=())
        for number in days_of(picture, search.window):
            here, said = picture.axis.open_and_said(hours, number)
            there, _ = picture.axis.open_and_said(always, number)
            if here == there:
                continue
            gone = run_starts(there, search.length) & ~run_starts(here, search.length)
            said_gone = picture.axis.as_said(words_of_day(gone), number) & words_of_day(said) & mask
            lost += int(np.bitwise_count(said_gone).sum())
    return lost


def _helps(view: View, search: Search | None, whole: Search) -> list[Help]:
    """Each changes one thing of the wish. A later day is looked for first with everything else as it was."""
    found = []
    if day := _first_day(view, whole, after=search.window if search else None):
        found.append(Help("other-day", day[0].isoformat(), day[1]))
    for code, value, changed in _changes(search or whole):
        if count := int(np.count_nonzero(times(view, changed))):
            found.append(Help(code, value, count))
    return found


def _changes(search: Search) -> list[tuple[str, str, Search]]:
    asked = search.asked
    found = [
        ("channel", channel, replace(search, asked=replace(asked, channel=channel)))
        for channel in get_args(AppointmentChannel)
        if channel != asked.channel
    ]
    without = {
        "counsellor": replace(asked, counsellor_id=None),
        "language": replace(asked, language=None),
        "skill": replace(asked, skills=()),
        "gender": replace(asked, gender=None),
    }
    found += [(code, "", replace(search, asked=less)) for code, less in without.items() if less != asked]
    if search.minutes > HALF_HOUR and HALF_HOUR % search.step == 0:
        found.append(("shorter", str(HALF_HOUR), replace(search, minutes=HALF_HOUR)))
    return found


def _first_day(view: View, whole: Search, after: Window | None) -> tuple[date, int] | None:
    """The first day with free times, rather after the window that was asked for than before it, and how many times it has."""
    by_day = np.count_nonzero(times(view, whole), axis=1).tolist()
    days = [(whole.window.first_day + timedelta(days=n), count) for n, count in enumerate(by_day) if count]
    later = [day for day in days if after is None or day[0] >= after.first_day]
    return next(iter(later or days), None)
