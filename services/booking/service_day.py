"""The booking day, which runs past midnight: a date and a minute 0..1800, so that 24:30 on the 3rd stays on the 3rd.

It is how people speak and how appointments are counted; calendars know instants only (`cells`).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTES = 1800
MIDNIGHT = 24 * 60
_OVERHANG = timedelta(minutes=MINUTES - MIDNIGHT)


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """The UTC instant of wall-clock `minute` (0..1800) of service day `day` in `zone`.

    Where a zone changes its clocks: of a time that comes twice the first, a time that is skipped by the offset before (PEP 495, fold 0).
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return wall.astimezone(UTC)


def earliest_running(now: datetime, zone: tzinfo) -> date:
    """The first service day that has not ended at `now`: until 6:00 it is still yesterday's."""
    return (now.astimezone(zone) - _OVERHANG).date()


def span_text(start_minute: int, end_minute: int) -> str:
    """As it is said: (1470, 1530) -> `24:30-25:30`."""
    return f"{_spoken(start_minute)}-{_spoken(end_minute)}"


def _spoken(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
