"""The capacity ledger: minutes that a worker could work, plans, has worked and has promised to orders.

Everything is counted by service date: 24:00-30:00 belongs to the day before. The guide (80 % of the theoretical hours, say) is a reason
to look at a schedule together, as its meaning says; nothing here ever blocks, shortens or takes away anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from services.booking.centre.attendance import confirmed, worked_minutes
from services.booking.centre.shift import Shift
from services.booking.centre.stretch import monday_of
from services.booking.centre.worker import Centre, Worker

Direction = Literal["below", "above"]
TOLERANCE = 0.1
"""A target is met within a tenth of the theoretical hours."""
FORECAST_WEEKS = 4
LOOK_BACK_WEEKS = 4


@dataclass(frozen=True)
class Ledger:
    """Minutes. `planned` are those of shifts that stand; an absence is in none of them. `open` have been worked but nobody has said how long."""

    theoretical: int = 0
    planned: int = 0
    actual: int = 0
    open: int = 0
    committed: int = 0

    @property
    def free(self) -> int:
        """What is planned and not promised yet."""
        return max(self.planned - self.committed, 0)

    @property
    def ratio(self) -> float | None:
        """Planned to theoretical; None when nothing could be worked."""
        return self.planned / self.theoretical if self.theoretical else None

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(
            self.theoretical + other.theoretical,
            self.planned + other.planned,
            self.actual + other.actual,
            self.open + other.open,
            self.committed + other.committed,
        )


@dataclass(frozen=True)
class Week:
    """A week of the forecast. `expected`: nothing is planned for it yet, `planned` is what the weeks before let expect."""

    monday: date
    planned: int
    committed: int
    free: int
    expected: bool = False


@dataclass(frozen=True)
class Notice:
    """A reason for staff to look at a schedule of `month` (its first day) together with the worker."""

    month: date
    direction: Direction
    ratio: float

    @property
    def key(self) -> str:
        """`2026-12:below`: a worker hears of each once."""
        return f"{self.month:%Y-%m}:{self.direction}"


def ledger(theoretical: int, shifts: Iterable[Shift], committed: int, today: date) -> Ledger:
    """Of one worker's shifts of one month or week. `today` is the present service date: shifts before it are over."""
    standing = [shift for shift in shifts if shift.stands]
    known = [shift for shift in standing if confirmed(shift)]
    over = [s for s in standing if not confirmed(s) and s.stretch.service_date < today]
    return Ledger(
        theoretical,
        sum(shift.stretch.minutes for shift in standing),
        sum(worked_minutes(shift) for shift in known),
        sum(shift.stretch.minutes for shift in over),
        committed,
    )


def month_ledger(
    worker: Worker, month: date, shifts: Iterable[Shift], commitments: Mapping[date, int], today: date
) -> Ledger:
    """`month` is its first day; `commitments` are minutes by Monday, a week's minutes counted to the month by its days."""
    of_month = [s for s in shifts if first_of_month(s.stretch.service_date) == month]
    committed = sum(minutes * days_in(month, monday) for monday, minutes in commitments.items()) // 7
    return ledger(worker.theoretical(month), of_month, committed, today)


def days_in(month: date, monday: date) -> int:
    """How many days of the week of `monday` lie in the month."""
    return sum(first_of_month(monday + timedelta(days=n)) == month for n in range(7))


def forecast(
    worker: Worker, shifts: Sequence[Shift], commitments: Mapping[date, int], today: date
) -> tuple[Week, ...]:
    """This week and the three after it. A week without any plan is expected to be as the median of the four weeks before this one."""
    this_monday = monday_of(today)
    planned: dict[date, int] = {}
    touched = set()
    for shift in shifts:
        monday = monday_of(shift.stretch.service_date)
        if shift.state != "withdrawn":
            touched.add(monday)
        if shift.stands:
            planned[monday] = planned.get(monday, 0) + shift.stretch.minutes
    past = [planned.get(this_monday - timedelta(weeks=n), 0) for n in range(1, LOOK_BACK_WEEKS + 1)]
    usual = min(int(median(past)), worker.weekly)
    weeks = []
    for n in range(FORECAST_WEEKS):
        monday = this_monday + timedelta(weeks=n)
        open_week = monday not in touched
        minutes = usual if open_week else planned.get(monday, 0)
        promised = commitments.get(monday, 0)
        weeks.append(Week(monday, minutes, promised, max(minutes - promised, 0), expected=open_week))
    return tuple(weeks)


def days_ahead(
    shifts: Sequence[Shift],
    weeks: Sequence[Week],
    worker: Worker,
    elsewhere: Mapping[date, int],
    today: date,
) -> dict[date, int]:
    """Minutes that the worker can give to orders on each day from `today` on, as far as the forecast's `weeks` reach.

    A week that is only expected is spread over the weekdays that the worker usually comes on. `elsewhere` are minutes by Monday that are
    promised to something else: they come out of the week's days in proportion.
    """
    planned: dict[date, int] = {}
    for shift in shifts:
        if shift.stands:
            day = shift.stretch.service_date
            planned[day] = planned.get(day, 0) + shift.stretch.minutes
    usual = _usual_weekdays(planned, worker, today)
    found: dict[date, int] = {}
    for week in weeks:
        dates = [week.monday + timedelta(days=n) for n in range(7)]
        if week.expected:
            on = [day for day in dates if day.weekday() in usual]
            of_week = {day: week.planned // len(on) for day in on}
        else:
            of_week = {day: planned.get(day, 0) for day in dates}
        total, gone = sum(of_week.values()), elsewhere.get(week.monday, 0)
        for day, minutes in of_week.items():
            left = minutes - -(-gone * minutes // total) if total else 0
            if day >= today and left > 0:
                found[day] = left
    return found


def _usual_weekdays(planned: Mapping[date, int], worker: Worker, today: date) -> frozenset[int]:
    """Those that the worker came on most often in the four weeks before this one, as many as they may come on."""
    this_monday = monday_of(today)
    first = this_monday - timedelta(weeks=LOOK_BACK_WEEKS)
    counts: dict[int, int] = {}
    for day in planned:
        if first <= day < this_monday:
            counts[day.weekday()] = counts.get(day.weekday(), 0) + 1
    often = sorted(counts, key=lambda weekday: (-counts[weekday], weekday))
    return frozenset(often[: worker.max_days])


def summed(forecasts: Iterable[Sequence[Week]]) -> tuple[Week, ...]:
    """The forecasts of several workers as one; free minutes are theirs added up, so that nobody's promise eats another's time."""
    by_monday: dict[date, list[Week]] = {}
    for weeks in forecasts:
        for week in weeks:
            by_monday.setdefault(week.monday, []).append(week)
    return tuple(
        Week(
            monday,
            sum(week.planned for week in weeks),
            sum(week.committed for week in weeks),
            sum(week.free for week in weeks),
            all(week.expected for week in weeks),
        )
        for monday, weeks in sorted(by_monday.items())
    )


def notice(centre: Centre, month: date, found: Ledger, today: date) -> Notice | None:
    """Whether staff should look at the schedule of `month` (its first day), and why.

    floor    planned hours below the guide ratio
    ceiling  planned hours above it
    target   further than a tenth of the theoretical hours from it, either way
    Too few hours are looked for only from the centre's review day of that month on: before it the later weeks are not planned yet.
    """
    if found.ratio is None:
        return None
    slack = TOLERANCE if centre.guide == "target" else 0.0
    lowest, highest = (round((centre.guide_ratio + by) * 1000) * found.theoretical for by in (-slack, slack))
    low = found.planned * 1000 < lowest and centre.guide in ("target", "floor")
    high = found.planned * 1000 > highest and centre.guide in ("target", "ceiling")
    if low and today >= month.replace(day=centre.review_day):
        return Notice(month, "below", found.ratio)
    return Notice(month, "above", found.ratio) if high else None


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
