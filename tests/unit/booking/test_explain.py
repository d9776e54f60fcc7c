"""Every rule that can keep times from being offered is named, and so is what would help."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from services.booking.availability import Window, free_slots
from services.booking.counsellor import Asked, Counsellor
from services.booking.explain import Explanation, Help, Reason, explain
from services.booking.explain_texts import FOR_STAFF, for_residents, help_text, reason_text
from services.booking.free_times import Search
from services.booking.hours import Absence, DateHours, WeeklyHours
from services.booking.picture import Part, Picture
from services.booking.room import Room
from services.booking.service_day import instant
from tests.unit.booking.test_free_times import Case, cases

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 12, 3)
HOLIDAY = date(2026, 11, 23)
EARLY = datetime(2026, 11, 1, tzinfo=TOKYO)
EVERY_DAY = tuple(WeeklyHours(n, 600, 720) for n in range(7))
"""10:00-12:00: five times of an hour on a grid of 15 minutes."""
SOMEBODY = Counsellor("cou_1", "見本", ("ja",), ("online",), EVERY_DAY)
AWAY = Absence("lea_1", instant(DAY, 0, TOKYO), instant(DAY, 1440, TOKYO))


def a_picture(*people: Counsellor, first: date = DAY, home: str = "sample-a") -> Picture:
    made = Picture(home, first, 8, TOKYO)
    for person in people:
        made.put(person)
    return made


def a_search(first: date = DAY, days: int = 1, asked: Asked = Asked("online"), **more: Any) -> Search:
    return Search(asked, Window(first, days, TOKYO, EARLY), 60, 15, **more)


def why(picture: Picture, search: Search, **more: Any) -> Explanation:
    whole = replace(search, window=replace(search.window, first_day=picture.axis.first_day, days=6))
    return explain([(None, picture)], search, range(search.window.days), whole, **more)


def codes(found: Explanation) -> dict[str, tuple[str, int]]:
    return {reason.code: (reason.unit, reason.count) for reason in found.reasons}


def taken(picture: Picture, start: int, cells: int, owner: str = "apt_1", who: str = "cou_1") -> list[Part]:
    first = picture.axis.cell(DAY, start)
    return [Part("counsellor", who, first, first + cells, DAY)]


@pytest.mark.parametrize(
    ("person", "asked", "code", "unit", "count"),
    [
        (SOMEBODY, Asked("telephone"), "channel", "people", 1),
        (SOMEBODY, Asked("online", language="en"), "language", "people", 1),
        (SOMEBODY, Asked("online", skills=("care",)), "skill", "people", 1),
        (SOMEBODY, Asked("online", gender="female"), "gender", "people", 1),
        (SOMEBODY, Asked("online", "cou_2"), "counsellor", "people", 1),
        (replace(SOMEBODY, weekly_hours=EVERY_DAY[:2]), Asked("online"), "weekly", "days", 1),
        (replace(SOMEBODY, exceptions=(DateHours(DAY),)), Asked("online"), "exception", "days", 1),
        (replace(SOMEBODY, to_date=date(2026, 12, 2)), Asked("online"), "not-here", "days", 1),
        (replace(SOMEBODY, absences=(AWAY,)), Asked("online"), "leave", "times", 5),
    ],
)
def test_who_and_when_is_named_first(
    person: Counsellor, asked: Asked, code: str, unit: str, count: int
) -> None:
    found = why(a_picture(person), a_search(asked=asked))
    assert codes(found) == {code: (unit, count)}
    assert found.free == 0


def test_a_public_holiday_is_named() -> None:
    found = why(a_picture(SOMEBODY, first=HOLIDAY), a_search(HOLIDAY))
    assert codes(found) == {"holiday": ("days", 1)}


def test_nobody_at_all_is_named() -> None:
    assert codes(why(a_picture(), a_search())) == {"nobody": ("people", 0)}


def test_what_is_taken_what_is_too_close_and_what_would_be_too_many_are_three_things() -> None:
    picture = a_picture(SOMEBODY)
    picture.tell("apt_1", 1, taken(picture, 690, 6))
    assert codes(why(picture, a_search())) == {"taken": ("times", 2)}
    assert codes(why(picture, a_search(buffer_minutes=15))) == {"taken": ("times", 2), "buffer": ("times", 1)}
    picture.put(replace(SOMEBODY, daily_cap=1, version=2))
    assert codes(why(picture, a_search())) == {"taken": ("times", 2), "daily-cap": ("times", 3)}


def test_what_concerns_the_resident_the_clock_and_rooms_is_named() -> None:
    picture = a_picture(SOMEBODY)
    first = picture.axis.cell(DAY, 600)
    picture.tell("apt_1", 1, [Part("resident", "res_1", first, first + 12, DAY)])
    mine = a_search(resident_id="res_1")
    assert codes(why(picture, mine)) == {"resident": ("times", 4)}
    assert codes(why(picture, replace(mine, resident_cap=1))) == {
        "resident": ("times", 4),
        "resident-cap": ("times", 1),
    }
    soon = replace(a_search(), window=Window(DAY, 1, TOKYO, instant(DAY, 631, TOKYO)))
    assert codes(why(picture, soon)) == {"notice": ("times", 3)}
    picture.put_room(Room("rom_1", "見本", "line", ("online",)))
    picture.tell("apt_2", 1, [Part("room", "rom_1", first, first + 24)])
    assert codes(why(picture, a_search())) == {"rooms": ("times", 5)}


def test_days_that_are_over_or_too_far_are_counted_apart() -> None:
    picture = a_picture(SOMEBODY)
    whole = a_search(days=6)
    found = explain([(None, picture)], a_search(days=6), range(-2, 9), whole)
    assert codes(found) == {"past": ("days", 2), "horizon": ("days", 3)}
    assert codes(explain([(None, picture)], None, range(7, 9), whole)) == {"horizon": ("days", 2)}
    assert codes(explain([(None, picture)], None, range(-3, -1), whole)) == {"past": ("days", 2)}


def test_a_pool_whose_hours_are_used_up_is_counted_and_offers_nothing() -> None:
    own, pool = a_picture(), a_picture(SOMEBODY, home="pool-a")
    search = a_search()
    view: Sequence[tuple[str | None, Picture]] = [(None, own), ("pool-a", pool)]
    assert explain(view, search, range(1), search).free == 5
    found = explain(view, search, range(1), search, used_up={"pool-a"})
    assert (codes(found), found.free) == ({"pool-quota": ("people", 1)}, 0)


def test_what_would_help_is_counted_with_everything_else_as_it_was() -> None:
    by_phone = Counsellor("cou_2", "見本", ("ja",), ("telephone",), EVERY_DAY)
    half = Counsellor("cou_3", "見本", ("ja",), ("online",), (WeeklyHours(3, 600, 630),))
    monday = Counsellor("cou_4", "見本", ("ja",), ("online",), (WeeklyHours(0, 600, 660),))
    found = why(a_picture(by_phone, half, monday), a_search())
    assert found.helps == [
        Help("other-day", "2026-12-07", 1),
        Help("channel", "telephone", 5),
        Help("shorter", "30", 1),
    ]
    nobody_speaks = why(a_picture(SOMEBODY), a_search(asked=Asked("online", language="en", gender="male")))
    assert [h.code for h in nobody_speaks.helps] == []
    in_part = replace(SOMEBODY, gender="male")
    one_less = why(a_picture(in_part), a_search(asked=Asked("online", language="en", gender="male")))
    assert one_less.helps == [Help("language", "", 5)]


def test_where_something_is_free_nothing_else_is_recommended() -> None:
    found = why(a_picture(SOMEBODY), a_search())
    assert (found.free, found.reasons, found.helps) == (5, [], [])


@settings(deadline=None)
@given(cases())
def test_every_time_of_the_hours_is_either_free_or_counted_with_one_reason(case: Case) -> None:
    search = case.search
    whole = replace(search, window=replace(search.window, days=3))
    found = explain([(None, case.picture)], search, range(search.window.days), whole)
    lost = sum(reason.count for reason in found.reasons if reason.unit == "times")
    ever = replace(search.window, not_before=datetime(2026, 1, 1, tzinfo=TOKYO))
    worked = sum(
        len(list(free_slots(person, 0, ever, search.asked.channel, search.minutes, search.step)))
        for person in case.picture.people.values()
        if search.asked.fits(person)
    )
    plain = case.plain()
    assert worked == lost + len(plain)
    assert found.free == len({(slot.service_date, slot.start_minute) for slot in plain})
    assert not (found.free and found.helps)


def test_residents_are_told_neither_numbers_of_people_nor_who_is_away() -> None:
    reasons = [Reason(code, "people", 7) for code in FOR_STAFF]
    told = for_residents(Explanation(0, reasons, []))
    assert not {"leave", "exception", "not-here", "weekly", "buffer", "daily-cap"} & {
        r.code for r in told.reasons
    }
    for lang in ("ja", "en"):
        texts = [reason_text(reason, lang, staff=False) for reason in told.reasons]
        assert all(text and "7" not in text and "{" not in text for text in texts)
        assert all("7" in reason_text(r, lang, staff=True) for r in reasons if r.code != "nobody")


def test_what_helps_is_said_in_words() -> None:
    assert (
        help_text(Help("other-day", "2026-12-07", 3), "ja")
        == "12月7日（月）には、空いている時間が3件あります。"
    )
    assert help_text(Help("channel", "telephone", 12), "ja") == "電話なら、空いている時間が12件あります。"
    assert help_text(Help("channel", "telephone", 12), "en") == "by telephone: 12 free times."
