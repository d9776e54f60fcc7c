"""A made-up staff of any size: hours by day and by night, and about two thirds of them booked. The same for every run."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from services.booking.axis import Axis
from services.booking.counsellor import Counsellor
from services.booking.hours import WeeklyHours
from services.booking.picture import Part, Picture
from shared.ids import derived_id

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS, MINUTES, STEP = 31, 60, 15
LENGTH = MINUTES // 5
SHIFTS = ((540, 1020), (1080, 1560), (780, 1260), (1320, 1620))
"""9:00-17:00, 18:00-26:00, 13:00-21:00, 22:00-27:00"""
BOOKED = 2 / 3


@dataclass(frozen=True)
class Staff:
    """`busy`: (counsellor id, first cell, end, service date) of every appointment."""

    first_day: date
    people: list[Counsellor]
    busy: list[tuple[str, int, int, date]]


def staff(count: int, first_day: date) -> Staff:
    chance, axis = random.Random(count), Axis(first_day, DAYS, TOKYO)
    people, busy = [], []
    for number in range(count):
        start, end = chance.choice(SHIFTS)
        days = sorted(chance.sample(range(7), 5))
        weekly = tuple(WeeklyHours(day, start, end) for day in days)
        person = Counsellor(
            derived_id("cou", f"bench-{number}"),
            f"見本 {number}",
            ("ja",),
            ("online",),
            weekly,
            works_holidays=True,
        )
        people.append(person)
        for n in range(DAYS):
            day = first_day + timedelta(days=n)
            for span in person.hours_on(day):
                for minute in range(span.start_minute, span.end_minute - MINUTES + 1, MINUTES):
                    if chance.random() < BOOKED:
                        first = axis.cell(day, minute)
                        busy.append((person.id, first, first + LENGTH, day))
    return Staff(first_day, people, busy)


def picture_of(made: Staff, home: str = "sample-a") -> Picture:
    picture = Picture(home, made.first_day, DAYS, TOKYO)
    for number, (who, first, end, day) in enumerate(made.busy):
        picture.tell(f"apt_{number}", 1, [Part("counsellor", who, first, end, day)])
    for person in made.people:
        picture.put(person)
    return picture
