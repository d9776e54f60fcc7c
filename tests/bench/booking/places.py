"""Hours to book: no two alike, and neighbours in order are of different counsellors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.booking.counsellor import Counsellor
from services.booking.hours import WeeklyHours
from services.booking.service_day import instant
from shared.ids import derived_id
from tests.bench.booking.sample import MINUTES, TOKYO

COUNSELLORS = 64
ALWAYS = tuple(WeeklyHours(day, 0, 1440) for day in range(7))


@dataclass(frozen=True)
class Booking:
    counsellor_id: str
    resident_id: str
    day: date
    minute: int

    @property
    def starts_at(self) -> datetime:
        return instant(self.day, self.minute, TOKYO)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=MINUTES)


def people() -> list[Counsellor]:
    return [
        Counsellor(
            derived_id("cou", f"hour-{n}"), f"見本 {n}", ("ja",), ("online",), ALWAYS, works_holidays=True
        )
        for n in range(COUNSELLORS)
    ]


def hours(first_day: date, kind: str) -> Iterator[Booking]:
    """Each for another resident; `kind` keeps the residents of different uses apart."""
    ids = [person.id for person in people()]
    number = 0
    for days in range(2, 30):
        for minute in range(0, 1440, MINUTES):
            for counsellor_id in ids:
                number += 1
                resident = derived_id("res", f"{kind}-{number}")
                yield Booking(counsellor_id, resident, first_day + timedelta(days=days), minute)
