"""A centre and its people to test rules with. 2026-12-07 is a Monday."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.booking.centre.rate import Rate
from services.booking.centre.shift import Origin, Shift, State, plan
from services.booking.centre.stretch import Stretch
from services.booking.centre.worker import Centre, Guide, Station, Worker
from services.booking.hours import WeeklyHours

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 12, 7)
ALL_WEEK = tuple(WeeklyHours(n, 0, 1800) for n in range(7))
OPEN = tuple(WeeklyHours(n, 540, 1560) for n in range(7))
"""9:00-26:00"""
RATE = Rate(date(2026, 10, 1), 1200)


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of December 2026; the hour may pass midnight."""
    midnight = datetime(2026, 12, day, tzinfo=TOKYO)
    return (midnight + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def station(name: str = "stn_a", seats: int = 2, skill: str | None = None) -> Station:
    return Station(name, "見本の席", seats, OPEN, skill)


def centre(*stations: Station, guide: Guide = "target", **more: Any) -> Centre:
    known = stations or (station(),)
    return Centre("cen_a", "見本センター", known, guide=guide, rates=(RATE,), **more)


def worker(name: str = "res_a", **more: Any) -> Worker:
    return Worker(name, "cen_a", **{"available": ALL_WEEK, **more})


def stretch(day: int, start: int, end: int) -> Stretch:
    """Of December 2026, in minutes."""
    return Stretch(date(2026, 12, day), start, end)


def shift(
    day: int,
    start: int = 600,
    end: int = 720,
    *,
    who: str = "res_a",
    name: str | None = None,
    station_id: str | None = "stn_a",
    state: State = "planned",
    origin: Origin = "week",
) -> Shift:
    made, _ = plan(
        name or f"shf_{day}_{start}", who, "cen_a", stretch(day, start, end), station_id, TOKYO, origin
    )
    return replace(made, state=state)


def minutes_of(shifts: Sequence[Shift]) -> int:
    return sum(s.stretch.minutes for s in shifts)
