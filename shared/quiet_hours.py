"""Quiet hours: when nothing is sent that the person did not just ask for. Tokyo wall-clock times, which may pass midnight."""

from datetime import UTC, datetime, time, timedelta

from shared.clock import TOKYO
from shared.tenancy import QuietHours

DAY = timedelta(days=1)


def quiet_period(instant: datetime, hours: QuietHours) -> tuple[datetime, datetime] | None:
    """The quiet period [start, end) in which `instant` lies, as UTC instants; None when it lies in none.

    Equal start and end mean that there are no quiet hours. Tokyo has no summer time, so that a day has 24 hours.
    """
    if hours.start == hours.end:
        return None
    local = instant.astimezone(TOKYO)
    start, end = _at(local, hours.start), _at(local, hours.end)
    past_midnight = hours.start > hours.end
    periods = [(start - DAY, end), (start, end + DAY)] if past_midnight else [(start, end)]
    return next(((a.astimezone(UTC), b.astimezone(UTC)) for a, b in periods if a <= local < b), None)


def quiet_until(instant: datetime, hours: QuietHours) -> datetime | None:
    """When the quiet hours around `instant` end, UTC; None when they are not now."""
    period = quiet_period(instant, hours)
    return period[1] if period else None


def _at(local: datetime, clock: time) -> datetime:
    return local.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
