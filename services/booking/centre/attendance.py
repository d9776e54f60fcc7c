"""Attendance: one notice is enough, no reason is asked, everything can be put right afterwards.

A notice belongs to a shift by the shift's planned interval, never by the calendar date on which it was sent: at 24:40 it means the
shift 23:00-25:00 of the day before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from services.booking.centre.shift import Outcome, Shift
from services.booking.service_day import earliest_running
from shared.errors import Conflict
from shared.events.booking import AttendanceReported, AttendanceStatus

LOOK_BACK = timedelta(hours=6)
"""A notice may come so long after the end of the shift that it means."""
STEP = timedelta(minutes=5)
MOST_UNPLACED = 20
"""Notices of one worker that wait for a person to look; of more the oldest go."""


class NotWithin(Conflict):
    """A time of arriving or leaving lies outside of the shift."""

    slug = "not-within-shift"


class ShiftWithdrawn(Conflict):
    slug = "shift-withdrawn"


@dataclass(frozen=True)
class Unplaced:
    """A notice that belongs to no shift, or to one of several; `at` (UTC) is when it came."""

    at: datetime
    status: AttendanceStatus


@dataclass(frozen=True)
class Meant:
    """The shift that a notice means; None: no shift, or `several` that are as likely. A person looks at it then."""

    shift: Shift | None
    several: bool = False


def meant(shifts: Iterable[Shift], now: datetime, zone: tzinfo, service_date: date | None = None) -> Meant:
    """Which of a worker's shifts a notice sent at `now` means.

    The one that runs; else the next one of the service day (until 6:00 also of the day before); else the last one that ended within
    six hours. With `service_date` (tomorrow, say) the first of that day that has not ended.
    """
    known = [shift for shift in shifts if shift.state != "withdrawn"]
    if service_date is not None:
        of_day = [s for s in known if s.stretch.service_date == service_date and s.ends_at > now]
        return _first(of_day)
    running = [s for s in known if s.starts_at <= now < s.ends_at]
    if running:
        return _only(running)
    first_day, last_day = earliest_running(now, zone), now.astimezone(zone).date()
    coming = [s for s in known if s.starts_at > now and first_day <= s.stretch.service_date <= last_day]
    if coming:
        return _first(coming)
    over = [s for s in known if s.ends_at <= now <= s.ends_at + LOOK_BACK]
    latest = max((s.ends_at for s in over), default=None)
    return _only([s for s in over if s.ends_at == latest])


def _first(shifts: Sequence[Shift]) -> Meant:
    soonest = min((s.starts_at for s in shifts), default=None)
    return _only([s for s in shifts if s.starts_at == soonest])


def _only(shifts: Sequence[Shift]) -> Meant:
    return Meant(shifts[0]) if len(shifts) == 1 else Meant(None, several=len(shifts) > 1)


def report(shift: Shift, status: AttendanceStatus, now: datetime) -> Outcome | None:
    """What a notice makes of a shift; None when that is known already.

    Any status may follow any other. Who said that they come late and then that they are there has arrived now; who leaves early while the
    shift runs leaves now. Both are rounded to five minutes in the worker's favour. Raises ShiftWithdrawn.
    """
    if shift.state == "withdrawn":
        raise ShiftWithdrawn()
    arrived, left = shift.arrived_at, shift.left_at
    running = shift.starts_at < now < shift.ends_at
    if status == "present":
        came_late = shift.state == "late" and arrived is None and running
        arrived, left = (_floor(now) if came_late else arrived), None
        if shift.state == "absent":
            arrived = None
    elif status == "leaving_early":
        left = min(_ceil(now), shift.ends_at) if running else left
    elif status == "absent":
        arrived = left = None
    after = replace(shift, state=status, arrived_at=arrived, left_at=left, reported_at=now)
    if replace(after, reported_at=shift.reported_at) == shift:
        return None
    return after, [_reported(after, status)]


def record(
    shift: Shift,
    status: AttendanceStatus,
    arrived_at: datetime | None,
    left_at: datetime | None,
    now: datetime,
) -> Outcome | None:
    """What staff write down: the status and, where they differ from the plan, the times. Raises NotWithin, ShiftWithdrawn."""
    if shift.state == "withdrawn":
        raise ShiftWithdrawn()
    first, last = arrived_at or shift.starts_at, left_at or shift.ends_at
    if not shift.starts_at <= first < last <= shift.ends_at:
        raise NotWithin()
    if status == "absent":
        arrived_at = left_at = None
    after = replace(shift, state=status, arrived_at=arrived_at, left_at=left_at, reported_at=now)
    if replace(after, reported_at=shift.reported_at) == shift:
        return None
    return after, [_reported(after, status)]


def unclear(resident_id: str, status: AttendanceStatus) -> AttendanceReported:
    """A notice that belongs to no shift, or to one of several: a person looks at it."""
    return AttendanceReported(resident_id=resident_id, status=status, unclear=True)


def with_unplaced(
    waiting: Sequence[Unplaced], status: AttendanceStatus, now: datetime
) -> tuple[Unplaced, ...]:
    """What waits for a person to look, and this notice too."""
    return (*waiting, Unplaced(now, status))[-MOST_UNPLACED:]


def without_seen(waiting: Sequence[Unplaced], until: datetime) -> tuple[Unplaced, ...]:
    """What still waits once staff have looked at all that came until `until`: what came since was not on their page."""
    return tuple(notice for notice in waiting if notice.at > until)


def worked_minutes(shift: Shift) -> int:
    """Minutes that were worked as far as it is known; see `confirmed`."""
    if not shift.stands:
        return 0
    return (
        int(((shift.left_at or shift.ends_at) - (shift.arrived_at or shift.starts_at)).total_seconds()) // 60
    )


def confirmed(shift: Shift) -> bool:
    """Whether the minutes worked are known: nobody said anything yet, a late arrival or an early end without its time leave it open."""
    return (
        shift.state in ("present", "absent")
        or (shift.state == "late" and shift.arrived_at is not None)
        or (shift.state == "leaving_early" and shift.left_at is not None)
    )


def _reported(shift: Shift, status: AttendanceStatus) -> AttendanceReported:
    return AttendanceReported(
        resident_id=shift.resident_id,
        status=status,
        shift_id=shift.id,
        service_date=shift.stretch.service_date,
    )


def _floor(moment: datetime) -> datetime:
    return moment - timedelta(seconds=moment.timestamp() % STEP.total_seconds())


def _ceil(moment: datetime) -> datetime:
    floor = _floor(moment)
    return floor if floor == moment else floor + STEP
