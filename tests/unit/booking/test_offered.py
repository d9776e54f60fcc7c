"""Open minutes are what somebody really offers: hours of the days themselves, past midnight too, less leave."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.booking.hours import Absence, DateHours, Hours, Span, WeeklyHours
from services.booking.offered import offered_minutes

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 30)
NIGHTS = Hours(weekly=tuple(WeeklyHours(day, 1320, 1560) for day in range(7)))
"""22:00-26:00, 240 minutes a day."""


def test_the_hours_of_a_week_are_its_own_days_past_midnight_and_not_the_night_before() -> None:
    assert offered_minutes(NIGHTS, MONDAY, 7, TOKYO) == 7 * 240
    assert offered_minutes(NIGHTS, MONDAY, 1, TOKYO) == 240
    assert offered_minutes(NIGHTS, MONDAY, 0, TOKYO) == 0


def test_leave_dates_of_their_own_and_the_time_before_joining_offer_nothing() -> None:
    at_night = Absence(
        "lea_1", datetime(2026, 12, 3, 13, tzinfo=UTC), datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
    )
    closed = DateHours(date(2026, 12, 4))
    hours = Hours(
        NIGHTS.weekly, (closed, DateHours(date(2026, 12, 5), (Span(600, 630),))), absences=(at_night,)
    )
    # Thursday loses 22:00 to 24:30, Friday all, Saturday has half an hour
    assert offered_minutes(hours, MONDAY, 7, TOKYO) == 4 * 240 + (240 - 150) + 0 + 30
    assert offered_minutes(Hours(NIGHTS.weekly, from_date=date(2026, 12, 5)), MONDAY, 7, TOKYO) == 2 * 240
    assert offered_minutes(Hours(NIGHTS.weekly, active=False), MONDAY, 7, TOKYO) == 0
