"""What the staff's pages say of absences and days, without a browser."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.booking.counsellor import Counsellor
from services.booking.hours import Absence, WeeklyHours
from services.booking.pages.staff_agenda import days_of, language_name, reference, stretch_text
from services.booking.roster import whole_days
from shared.ids import derived_id

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 12, 3)


def absence(starts_at: datetime, ends_at: datetime) -> Absence:
    return Absence("lea_x", starts_at, ends_at)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "said"),
    [
        (*whole_days(DAY, DAY, TOKYO), "12月3日（木） まる1日"),
        (*whole_days(DAY, DAY + timedelta(days=2), TOKYO), "12月3日（木）から12月5日（土）まで"),
        (at(4, 0), at(4, 6), "12月3日（木） 24:00 から 12月3日（木） 30:00 まで"),
        (at(3, 13), at(3, 17, 30), "12月3日（木） 13:00 から 12月3日（木） 17:30 まで"),
        (at(3, 6), at(3, 12), "12月3日（木） 6:00 から 12月3日（木） 12:00 まで"),
        (at(3, 22), at(4, 6, 5), "12月3日（木） 22:00 から 12月4日（金） 6:05 まで"),
    ],
)
def test_an_absence_is_said_in_service_days(starts_at: datetime, ends_at: datetime, said: str) -> None:
    assert stretch_text(absence(starts_at, ends_at), TOKYO) == said


def counsellor(*absences: Absence) -> Counsellor:
    every_night = tuple(WeeklyHours(n, 1320, 1620) for n in range(7))
    return Counsellor(
        "cou_x", "見本", ("ja",), ("online",), every_night, absences=absences, works_holidays=True
    )


def test_a_leave_marks_the_day_whose_hours_it_takes() -> None:
    night = absence(at(4, 0), at(4, 3))
    days = days_of(date(2026, 12, 2), 4, [], counsellor(night), TOKYO)
    assert [bool(day.leaves) for day in days] == [False, True, False, False]
    whole = absence(*whole_days(DAY, DAY, TOKYO))
    days = days_of(date(2026, 12, 2), 4, [], counsellor(whole), TOKYO)
    assert [bool(day.leaves) for day in days] == [False, True, False, False]


def test_a_strip_ends_where_the_night_ends_and_shows_leave_inside_it_only() -> None:
    (day,) = days_of(DAY, 1, [], counsellor(absence(at(3, 23), at(6, 12))), TOKYO)
    assert day.strip is not None
    assert (day.strip.start, day.strip.end) == (480, 1620)
    assert [(bar.kind, bar.start, bar.length) for bar in day.strip.bars] == [
        ("open", 1320, 300),
        ("away", 1380, 240),
    ]
    assert day.strip.label == "担当の時間 22:00-27:00。予約 0件。"


def test_a_day_without_hours_says_why() -> None:
    rested = Counsellor("cou_x", "見本", ("ja",), ("online",), ())
    (day,) = days_of(DAY, 1, [], rested, TOKYO)
    assert (day.closed, day.strip) == ("担当の時間なし", None)
    (holiday,) = days_of(date(2027, 1, 1), 1, [], rested, TOKYO)
    assert (holiday.closed, holiday.holiday) == ("祝日", True)


def test_a_reference_tells_residents_apart_and_is_no_id() -> None:
    aoi, ren = derived_id("res", "aoi"), derived_id("res", "ren")
    assert reference(aoi) != reference(ren)
    assert len(reference(aoi)) == 6
    assert aoi.endswith(reference(aoi).lower())


def test_languages_have_names() -> None:
    assert [language_name(code) for code in ("ja", "pt-BR", "tlh")] == ["日本語", "ポルトガル語", "tlh"]
