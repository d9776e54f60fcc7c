"""How much work each counsellor of a home has, beside the hours there are for it: kept day by day and week by week."""

from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from services.booking.assignment import Load
from services.booking.cells import CELL_MINUTES
from services.booking.counsellor import Counsellor
from services.booking.offered import offered_minutes

BEHIND = 28
"""Service days that have passed and still count for whose turn it is."""


class Workload:
    """Weeks are service weeks from Monday on: from the one that held the day 28 days ago to the one of the last day shown."""

    def __init__(self, first_day: date, days: int, zone: tzinfo) -> None:
        self.zone = zone
        self._counts: dict[tuple[str, date], int] = {}
        self._assigned: dict[tuple[str, date], int] = {}
        self.show(first_day, days)

    def show(self, first_day: date, days: int) -> None:
        """Move the window; what lies before it is forgotten."""
        self.oldest = _monday(first_day - timedelta(days=BEHIND))
        last = _monday(first_day + timedelta(days=days - 1))
        self.mondays = [self.oldest + timedelta(weeks=n) for n in range((last - self.oldest).days // 7 + 1)]
        self._offered: dict[str, tuple[Counsellor, list[int]]] = {}
        for kept in (self._counts, self._assigned):
            for key in [key for key, n in kept.items() if not n or key[1] < self.oldest]:
                del kept[key]

    def add(self, counsellor_id: str, service_date: date, cells: int, by: int) -> None:
        """One appointment of so many cells more (`by` 1) or less (-1)."""
        day, week = (counsellor_id, service_date), (counsellor_id, _monday(service_date))
        self._counts[day] = self._counts.get(day, 0) + by
        self._assigned[week] = self._assigned.get(week, 0) + by * cells * CELL_MINUTES

    def count(self, counsellor_id: str, service_date: date) -> int:
        """Appointments of that service day."""
        return self._counts.get((counsellor_id, service_date), 0)

    def weeks(self, counsellor: Counsellor) -> Sequence[Load]:
        """Minutes offered and assigned (buffers included) in each of `mondays`."""
        known = self._offered.get(counsellor.id)
        if known is None or known[0] is not counsellor:
            offered = [offered_minutes(counsellor.hours, monday, 7, self.zone) for monday in self.mondays]
            known = self._offered[counsellor.id] = (counsellor, offered)
        assigned = (self._assigned.get((counsellor.id, monday), 0) for monday in self.mondays)
        return [Load(*minutes) for minutes in zip(known[1], assigned, strict=True)]

    def week_number(self, service_date: date) -> int:
        """The place of the date's week in `weeks`; may lie outside."""
        return (_monday(service_date) - self.oldest).days // 7


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
