"""Busy times out of an iCalendar file that a counsellor keeps elsewhere. Nothing of it but the times is kept.

Source: RFC 5545. The file comes from outside: its size, its events and what its recurrences would cost are looked at before any of
them is worked out. An event that cannot be understood is left out and named; a file that cannot be read is refused as a whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import icalendar
import recurring_ical_events

from services.booking.ical_cost import NotUnderstood, cost_of
from services.booking.ical_feed import OURS
from shared.errors import Invalid

LARGEST = 1024 * 1024
"""Bytes of a file."""
MOST_EVENTS = 2_000
MOST_STEPS = 300_000
"""Steps that the recurrences of a file may cost together (`ical_cost`): a second or two."""
EARLIEST = date(1980, 1, 1)
CONTENT_LINE = re.compile(r"[A-Za-z0-9-]+[;:]")


@dataclass(frozen=True)
class BusyTime:
    """[starts_at, ends_at) in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Skipped:
    """`event` names it by its line and UID, `why` says what could not be understood."""

    event: str
    why: str


@dataclass(frozen=True)
class Imported:
    """Busy times in order, none touching another."""

    busy: tuple[BusyTime, ...]
    skipped: tuple[Skipped, ...]


def read_busy(text: bytes, zone: tzinfo, starts_at: datetime, ends_at: datetime) -> Imported:
    """The busy times within [starts_at, ends_at) (UTC). `zone` is that of whole days and of times that name none.

    Cancelled events and those that leave the time free (TRANSP:TRANSPARENT) are no busy times, nor are our own appointments that
    came back by way of a feed. Raises Invalid (field `body`), naming
    the line, for what is no iCalendar file, is too large, or has too many events.
    """
    if len(text) > LARGEST:
        raise Invalid("body", f"at most {LARGEST} bytes")
    lines = _lines(text)
    begins = [number for number, line in lines if line.upper() == "BEGIN:VEVENT"]
    if len(begins) > MOST_EVENTS:
        raise Invalid("body", f"at most {MOST_EVENTS} events")
    calendars = _calendars(text)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if len(events) != len(begins):
        raise Invalid("body", "an event is not closed")
    skipped: list[Skipped] = []
    series: dict[str, list[Any]] = {}
    named: dict[int, str] = {}
    steps = 0.0
    for event, line in zip(events, begins, strict=True):
        uid = str(event.get("UID", ""))[:100]
        if uid.endswith(OURS):
            continue
        named[id(event)] = f"line {line}" + (f", {uid}" if uid else "")
        try:
            steps += _check(event, zone, ends_at)
        except NotUnderstood as why:
            skipped.append(Skipped(named[id(event)], str(why)))
            continue
        if steps > MOST_STEPS:
            raise Invalid("body", f"line {line}: the recurrences of this file are too many to work out")
        series.setdefault(uid or named[id(event)], []).append(event)
    busy: list[BusyTime] = []
    for of_one in series.values():
        try:
            busy += _times(of_one, calendars[0], zone, starts_at, ends_at)
        except Exception as error:  # whatever a foreign file brings the library to: this event is left out
            skipped.append(Skipped(named[id(of_one[0])], f"cannot be worked out ({type(error).__name__})"))
    return Imported(tuple(_joined(busy)), tuple(skipped))


def _text(text: bytes) -> str:
    """With one kind of line end. Other characters that Python takes for line ends (U+2028, say) are part of what somebody has written."""
    return re.sub(r"\r\n?", "\n", text.decode("utf-8-sig"))


def _lines(text: bytes) -> list[tuple[int, str]]:
    """Content lines with their numbers (from 1), unfolded. Raises Invalid for one that is none."""
    try:
        raw = _text(text).split("\n")
    except UnicodeDecodeError as error:
        number = text[: error.start].count(b"\n") + 1
        raise Invalid("body", f"line {number}: not UTF-8") from error
    found: list[tuple[int, str]] = []
    for number, line in enumerate(raw, 1):
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], found[-1][1] + line[1:])
        elif line.strip():
            if not CONTENT_LINE.match(line):
                raise Invalid("body", f"line {number}: not a line of an iCalendar file")
            found.append((number, line))
    if not found or found[0][1].strip().upper() != "BEGIN:VCALENDAR":
        raise Invalid("body", "line 1: not an iCalendar file")
    return _closed(found)


def _closed(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines, once every BEGIN has its END. Raises Invalid."""
    opened: list[tuple[int, str]] = []
    for number, line in lines:
        word, _, name = line.strip().upper().partition(":")
        if word == "BEGIN":
            opened.append((number, name))
            if len(opened) > 4:
                raise Invalid("body", f"line {number}: nested too deeply")
        elif word == "END" and (not opened or opened.pop()[1] != name):
            raise Invalid("body", f"line {number}: closes what is not open")
    if opened:
        raise Invalid("body", f"line {opened[-1][0]}: is not closed")
    return [(number, line.strip()) for number, line in lines]


def _calendars(text: bytes) -> list[Any]:
    try:
        return list(icalendar.Calendar.from_ical(_text(text), multiple=True))
    except Exception as error:  # the library raises many kinds, of which only the words differ
        raise Invalid("body", f"cannot be read as iCalendar ({type(error).__name__})") from error


def _check(event: Any, zone: tzinfo, until: datetime) -> float:
    """What working the event out may cost, in occurrences. Raises NotUnderstood."""
    for name, message in event.errors:
        raise NotUnderstood(f"{name}: {message}"[:200])
    start = event.get("DTSTART")
    if start is None:
        raise NotUnderstood("has no DTSTART")
    if isinstance(start, list):
        raise NotUnderstood("has several DTSTART")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        _known_zone(name, event.get(name))
    first = start.dt.date() if isinstance(start.dt, datetime) else start.dt
    if first < EARLIEST:
        raise NotUnderstood(f"begins before {EARLIEST.isoformat()}")
    if "EXRULE" in event:
        raise NotUnderstood("EXRULE is not understood")
    rules = event.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    return sum(cost_of(rule, first, until.date()) for rule in rules) + 1


def _known_zone(name: str, value: Any) -> None:
    moment = getattr(value, "dt", None)
    named = getattr(value, "params", {}).get("TZID")
    if named and isinstance(moment, datetime) and moment.tzinfo is None:
        raise NotUnderstood(f"{name}: the time zone {str(named)[:60]} is not known")


def _times(
    events: list[Any], calendar: Any, zone: tzinfo, starts_at: datetime, ends_at: datetime
) -> Iterator[BusyTime]:
    """Occurrences of one series (with its changed and cancelled single ones) within the window."""
    alone = icalendar.Calendar()
    for timezone in calendar.walk("VTIMEZONE"):
        alone.add_component(timezone)
    for event in events:
        alone.add_component(event)
    # times without a zone are compared in UTC by the library: a day more on either side, cut off below
    day = timedelta(days=1)
    for found in recurring_ical_events.of(alone).between(starts_at - day, ends_at + day):
        if _leaves_free(found):
            continue
        first, last = _instant(found.start, zone), _instant(found.end, zone)
        first, last = max(first, starts_at), min(last, ends_at)
        if first < last:
            yield BusyTime(first, last)


def _leaves_free(event: Any) -> bool:
    return (
        str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    )


def _instant(moment: date | datetime, zone: tzinfo) -> datetime:
    """UTC. A whole day begins at midnight in `zone`; a time without a zone is that of `zone`."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _joined(times: Iterable[BusyTime]) -> Iterator[BusyTime]:
    """The same time without overlaps, in order."""
    current: BusyTime | None = None
    for time_ in sorted(times, key=lambda t: (t.starts_at, t.ends_at)):
        if current is None:
            current = time_
        elif time_.starts_at <= current.ends_at:
            current = BusyTime(current.starts_at, max(current.ends_at, time_.ends_at))
        else:
            yield current
            current = time_
    if current is not None:
        yield current
