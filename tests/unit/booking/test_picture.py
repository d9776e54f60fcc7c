"""What a process knows by heart is the same in whatever order, and however often, it was told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.counsellor import Asked, Counsellor
from services.booking.hours import Absence, DateHours, WeeklyHours
from services.booking.picture import Part, Picture
from services.booking.room import Room
from services.booking.service_day import instant

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST, DAYS = date(2026, 12, 1), 4
ALWAYS = tuple(WeeklyHours(n, 600, 1560) for n in range(7))
PEOPLE = [
    Counsellor("cou_1", "見本", ("ja",), ("online",), ALWAYS, daily_cap=2),
    Counsellor("cou_2", "見本", ("ja", "en"), ("online", "telephone"), ALWAYS),
]
ROOMS = [Room("rom_1", "見本", "line", ("online",)), Room("rom_2", "見本", "line", ("online",), active=False)]
NEWS = tuple[str, int, tuple[Part, ...]]


def picture(first: date = FIRST, days: int = DAYS) -> Picture:
    made = Picture("sample-a", first, days, TOKYO)
    for person in PEOPLE:
        made.put(person)
    for room in ROOMS:
        made.put_room(room)
    return made


BASE = picture().axis.bases[0]


@st.composite
def parts(draw: st.DrawFn) -> tuple[Part, ...]:
    """What an appointment takes; nothing once it is cancelled."""
    if draw(st.integers(0, 3)) == 0:
        return ()
    first = BASE + draw(st.integers(-300, DAYS * 288 + 20))
    day = FIRST + timedelta(days=(first - BASE) // 288)
    who, where = (
        draw(st.sampled_from(["cou_1", "cou_2", "cou_new"])),
        draw(st.sampled_from(["rom_1", "rom_2", None])),
    )
    taken = [
        Part("counsellor", who, first, first + 15, day),
        Part("resident", "res_1", first, first + 12, day),
    ]
    if where:
        taken.append(Part("room", where, first, first + 12))
    return tuple(taken)


@st.composite
def lives(draw: st.DrawFn) -> list[NEWS]:
    owners = [f"apt_{n}" for n in range(draw(st.integers(1, 6)))]
    return [(o, n, draw(parts())) for o in owners for n in range(1, draw(st.integers(1, 4)) + 1)]


def facts(of: Picture) -> Sequence[object]:
    asked, days = Asked("online"), range(of.axis.days)
    rooms = of.room_rows("online")
    days_around = [FIRST + timedelta(days=n) for n in range(-3, DAYS + 3)]
    return (
        of.tally(asked, 12, 3).counts().tolist(),
        of.room_matrix.union(rooms, days, 12, said=False).tolist(),
        sorted(of.held_by("resident", "res_1"), key=repr),
        [[of.workload.count(c, day) for day in days_around] for c in of.people],
        [of.workload.weeks(c) for c in of.people.values()],
    )


@settings(deadline=None)
@given(lives(), st.randoms(use_true_random=False))
def test_news_may_come_twice_and_in_any_order(life: list[NEWS], random: "np.random.Generator") -> None:
    told, once = picture(), picture()
    shuffled = life + life
    random.shuffle(shuffled)
    for owner, sequence, taken in shuffled:
        told.tell(owner, sequence, taken)
    for owner, (sequence, taken) in {o: (n, p) for o, n, p in life}.items():
        once.tell(owner, sequence, taken)
    assert facts(told) == facts(once)


@settings(deadline=None)
@given(lives(), st.integers(-2, 6), st.integers(2, 6))
def test_a_picture_that_goes_with_the_days_is_one_that_begins_there(
    life: list[NEWS], passed: int, days: int
) -> None:
    first = FIRST + timedelta(days=passed)
    rolled, anew = picture(), picture(first, days)
    for owner, sequence, taken in life:
        rolled.tell(owner, sequence, taken)
        anew.tell(owner, sequence, taken)
    rolled.roll(first, days)
    assert facts(rolled) == facts(anew)


@settings(deadline=None)
@given(lives())
def test_who_comes_later_has_what_was_told_of_them_before(life: list[NEWS]) -> None:
    later, before = picture(), picture()
    new = Counsellor("cou_new", "見本", ("ja",), ("online",), ALWAYS, daily_cap=1)
    before.put(new)
    for owner, sequence, taken in life:
        later.tell(owner, sequence, taken)
        before.tell(owner, sequence, taken)
    later.put(new)
    assert facts(later) == facts(before)


def test_without_an_owner_its_time_is_free_and_comes_back() -> None:
    made = picture()
    day = made.axis.day(1)
    first = made.axis.cell(day, 660)
    taken = [Part("counsellor", "cou_2", first, first + 12, day), Part("room", "rom_1", first, first + 12)]
    made.tell("apt_1", 1, taken)
    before = facts(made)
    with made.without("apt_1"):
        assert facts(made) == facts(picture())
    assert facts(made) == before


def test_an_older_state_of_a_counsellor_does_not_replace_a_newer_one() -> None:
    made = picture()
    made.put(replace(PEOPLE[0], version=3, channels=("telephone",)))
    made.put(replace(PEOPLE[0], version=2))
    assert made.people["cou_1"].channels == ("telephone",)


def test_work_is_offered_and_assigned_by_service_week() -> None:
    made = Picture("sample-a", date(2026, 12, 2), 10, TOKYO)
    away = Absence("lea_1", instant(date(2026, 12, 8), 0, TOKYO), instant(date(2026, 12, 9), 0, TOKYO))
    nights = (WeeklyHours(1, 1380, 1500), WeeklyHours(6, 1380, 1500))
    other = DateHours(date(2026, 12, 10))
    person = Counsellor("cou_1", "見本", (), ("online",), nights, exceptions=(other,), absences=(away,))
    made.put(person)
    sunday = date(2026, 12, 6)
    first = made.axis.cell(sunday, 1440)  # in the small hours of Monday, and still Sunday's
    made.tell("apt_1", 1, [Part("counsellor", "cou_1", first, first + 12, sunday)])
    work = made.workload
    at = work.week_number(sunday)
    assert work.mondays[at] == date(2026, 11, 30)
    assert (work.weeks(person)[at].open, work.weeks(person)[at].assigned) == (240, 60)
    # Tuesday's 23:00-24:00 is on leave, its 24:00-25:00 is not
    assert (work.weeks(person)[at + 1].open, work.weeks(person)[at + 1].assigned) == (180, 0)
    assert len(work.weeks(person)) == 6
