"""Which messages an appointment asks for, and when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.clock import TOKYO
from shared.quiet_hours import quiet_period, quiet_until
from shared.tenancy import QuietHours

REMINDERS = (
    ("appointment.reminder_days", timedelta(days=3)),
    ("appointment.reminder_hours", timedelta(hours=3)),
)
EVENING_REMINDER = "appointment.reminder_evening"
EVENING = time(19)
NOT_AGAIN = timedelta(hours=12)
"""An evening that comes sooner after the booking reminds of nothing that was forgotten."""
STILL_OF_USE = timedelta(hours=1)
"""A reminder that comes later than this before the start finds people on their way, or too late to go."""
BEFORE_QUIET = timedelta(minutes=10)
"""A reminder that cannot wait for the end of the quiet hours comes this long before they begin."""


@dataclass(frozen=True)
class Reminder:
    """`at` is a UTC instant outside the quiet hours."""

    template: str
    at: datetime


def plan_reminders(starts_at: datetime, now: datetime, quiet: QuietHours) -> tuple[Reminder, ...]:
    """Reminders three days and three hours before `starts_at`; those whose time is past are not made.

    One that falls into quiet hours waits for their end, or, when less than an hour would remain then (8:30) or the appointment would have
    begun (the usual case for 24:30), comes before they begin.
    """
    planned = []
    for template, before in REMINDERS:
        wanted = starts_at - before
        at = _outside(wanted, starts_at, quiet)
        if wanted > now and at > now:
            planned.append(Reminder(template, at))
    return tuple(planned)


def plan_evening(service_date: date, now: datetime, quiet: QuietHours) -> Reminder | None:
    """The extra reminder, the evening before `service_date` at 19:00 Asia/Tokyo, or shortly before quiet hours that have begun by then.

    The evening before 24:30 on the 3rd is that of the 2nd. None when it has passed, or is so near that it would only press.
    """
    wanted = datetime.combine(service_date - timedelta(days=1), EVENING, TOKYO).astimezone(UTC)
    period = quiet_period(wanted, quiet)
    at = period[0] - BEFORE_QUIET if period else wanted
    return Reminder(EVENING_REMINDER, at) if at >= now + NOT_AGAIN else None


def _outside(wanted: datetime, starts_at: datetime, quiet: QuietHours) -> datetime:
    period = quiet_period(wanted, quiet)
    if period is None:
        return wanted
    begin, end = period
    return end if starts_at - end >= STILL_OF_USE else begin - BEFORE_QUIET


def news_at(now: datetime, starts_at: datetime | None, quiet: QuietHours) -> tuple[datetime, bool]:
    """When to tell of a change that the person did not make: (instant, whether quiet hours are set aside).

    It waits for the end of the quiet hours unless the appointment it is about would have begun by then.
    """
    until = quiet_until(now, quiet)
    if until is None:
        return now, False
    if starts_at is not None and until >= starts_at > now:
        return now, True
    return until, False
