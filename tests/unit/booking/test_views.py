"""What people read on the pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.booking.appointment import confirm, hold
from services.booking.pages.views import Choosable, choice_of, countdown, read_choice, time_text
from services.booking.slot import Slot, slot_at

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 12, 3)
ONE, TWO = "cou_" + "a" * 26, "cou_" + "b" * 26


def slot(minute: int, counsellor: str = ONE, day: date = DAY) -> Slot:
    return slot_at(counsellor, "online", day, minute, 60, TOKYO)


def test_a_time_past_midnight_is_said_both_ways() -> None:
    assert time_text(1470) == "24:30（日付が変わって0:30）"
    assert time_text(1439) == "23:59"


@pytest.mark.parametrize("who", [ONE, None])
def test_a_button_says_the_time_it_stands_for_and_with_whom_if_somebody_was_named(who: str | None) -> None:
    wish = read_choice(Choosable(DAY, 1470, who).value, "online", 60)
    assert wish is not None
    assert (wish.counsellor_id, wish.service_date, wish.start_minute) == (who, DAY, 1470)
    assert choice_of(slot(1470)) == Choosable(DAY, 1470, ONE).value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "|2026-12-03|1470",
        "cou_x|2026-12-03|1470",
        f"{ONE}|2026-13-03|1470",
        f"{ONE}|2026-12-03|-1",
        f"{ONE}|2026-12-03|",
    ],
)
def test_what_no_button_says_is_no_choice(text: str) -> None:
    assert read_choice(text, "online", 60) is None


def test_the_countdown_rounds_up_and_ends_at_zero() -> None:
    now = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)
    held, _ = hold("apt_a", "res_a", slot(1470), now + timedelta(minutes=10), now)
    later = countdown(held, now + timedelta(minutes=1, seconds=30), TOKYO)
    assert (later.until, later.minutes) == ("0:50", 9)
    assert countdown(held, now + timedelta(minutes=11), TOKYO).minutes == 0
    assert countdown(replace(confirm(held, now)[0]), now, TOKYO).minutes == 0
