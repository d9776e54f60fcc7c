"""What the pages of the digital employment centre show: shifts in words, a week as a form, hours as a picture with its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.booking.centre.capacity import Ledger, Week
from services.booking.centre.shift import Shift, State
from services.booking.centre.stretch import Stretch
from services.booking.centre.week import Entry
from services.booking.centre.worker import Centre, Guide, Worker
from shared.clock import TOKYO
from shared.errors import Invalid
from shared.web.pages import Pages, service_day_text, service_minute_text

STATES: dict[State, str] = {
    "planned": "予定",
    "present": "来ました",
    "absent": "お休み",
    "late": "遅れます",
    "leaving_early": "早く帰ります",
    "withdrawn": "取り消し",
}
GUIDES: dict[Guide, str] = {"target": "めざす目安", "ceiling": "上限の目安", "floor": "下限の目安"}
HOME = "home"
STEP = 30
"""Minutes between two times that a form offers."""
WIDTH = 280
"""Units of a chart's width."""


@dataclass(frozen=True)
class Day:
    """One day of the week's form. `fixed` days are shown, not asked for: they have begun, were reported, or hold more than one shift."""

    day: date
    shifts: tuple[Shift, ...]
    fixed: bool
    start: int | None = None
    minutes: int | None = None
    place: str = HOME


def days_of(monday: date, shifts: Sequence[Shift], begun: Sequence[Shift]) -> list[Day]:
    """The seven days. `begun` are those of the shifts that a new week would not change."""
    found = []
    for n in range(7):
        day = monday + timedelta(days=n)
        own = tuple(s for s in shifts if s.stretch.service_date == day and s.state != "withdrawn")
        if not own:
            found.append(Day(day, (), False))
        elif len(own) > 1 or any(s in begun for s in own):
            found.append(Day(day, own, True))
        else:
            stretch = own[0].stretch
            place = own[0].station_id or HOME
            found.append(Day(day, own, False, stretch.start_minute, stretch.minutes, place))
    return found


def typed(days: Sequence[Day], form: Mapping[str, Sequence[str]]) -> list[Day]:
    """The days as a form says them; a day that was not asked for stays as it is."""
    return [day if day.fixed else _typed(day, n, form) for n, day in enumerate(days)]


def _typed(day: Day, n: int, form: Mapping[str, Sequence[str]]) -> Day:
    start, minutes = _number(form, f"start-{n}"), _number(form, f"minutes-{n}")
    place = next(iter(form.get(f"place-{n}", ())), HOME)[:40]
    return Day(day.day, day.shifts, False, start, minutes, place)


def _number(form: Mapping[str, Sequence[str]], name: str) -> int | None:
    text = next(iter(form.get(name, ())), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def entries_of_days(days: Sequence[Day]) -> list[Entry]:
    """What the form wants of the week; days without a start are free."""
    entries: list[Entry] = []
    for day in days:
        if day.fixed:
            entries += [Entry(s.stretch, s.station_id) for s in day.shifts]
        elif day.start is not None and day.minutes is not None:
            station = None if day.place == HOME else day.place
            entries.append(Entry(Stretch(day.day, day.start, day.start + day.minutes), station))
    return entries


def starts() -> list[tuple[int, str]]:
    """Times to begin at, said as people say them."""
    return [(minute, service_minute_text(minute)) for minute in range(0, 1680, STEP)]


def lengths(worker: Worker, used: Sequence[Day]) -> list[tuple[int, str]]:
    """How long a day may be, in half hours, and whatever stands in the form already."""
    own = {day.minutes for day in used if day.minutes}
    usual = range(worker.min_minutes, worker.max_minutes + 1, STEP)
    return [(minutes, length_text(minutes)) for minutes in sorted({*usual, worker.max_minutes, *own})]


def hours_text(minutes: int) -> str:
    """150 -> 2.5時間"""
    return f"{minutes / 60:g}時間" if minutes % 6 == 0 else f"{minutes / 60:.1f}時間"


def local_day_text(moment: datetime) -> str:
    """An instant as its day, Asia/Tokyo."""
    return service_day_text(moment.astimezone(TOKYO).date())


def prepare(pages: Pages) -> None:
    """What the templates of work use beside what all templates have."""
    pages.env.filters.update(hours=hours_text, local_day=local_day_text)
    pages.env.globals.update(one_week=timedelta(weeks=1), one_day=timedelta(days=1))


def length_text(minutes: int) -> str:
    """150 -> 2時間30分"""
    hours, rest = divmod(minutes, 60)
    return (f"{hours}時間" if hours else "") + (f"{rest}分" if rest or not hours else "")


def places(worker: Worker, centre: Centre) -> list[tuple[str, str]]:
    """Where one may work: at home, or at a station."""
    return [(HOME, "在宅"), *((s.id, s.name) for s in centre.stations if worker.eligible(s))]


def why_not(refused: Invalid, worker: Worker, entries: Sequence[Entry]) -> str:
    """A refusal of a week in plain words, naming the day."""
    part = refused.field.split(".")
    if len(part) < 3 or not part[1].isdigit() or int(part[1]) >= len(entries):
        if "days a week" in refused.detail:
            return f"はたらく日は、1週間に{worker.max_days}日までです。"
        return "もう始まっている時間は選べません。先の時間を選んでください。"
    stretch = entries[int(part[1])].stretch
    day = f"{stretch.service_date.month}月{stretch.service_date.day}日"
    if part[2] == "station_id":
        return f"{day}：その席は使えません。ほかの場所を選んでください。"
    if part[2] == "start_minute":
        return f"{day}：その時間は選べません。センターが開いている時間で、ほかの予定と重ならない時間を選んでください。"
    few, many = length_text(worker.min_minutes), length_text(worker.max_minutes)
    return f"{day}：1日の時間は、{few}から{many}までです。"


@dataclass(frozen=True)
class Bar:
    """One row of the chart: widths in units of WIDTH."""

    label: str
    planned: int
    committed: int
    free: int
    wide: int
    dark: int
    expected: bool = False
    mark: int | None = None


def week_bars(weeks: Sequence[Week], most: int) -> list[Bar]:
    """Planned minutes of each week, the promised part darker. `most` is the end of the scale."""
    end = max([most, 1, *(week.planned for week in weeks), *(week.committed for week in weeks)])
    return [
        Bar(
            f"{week.monday.month}/{week.monday.day}から",
            week.planned,
            week.committed,
            week.free,
            week.planned * WIDTH // end,
            week.committed * WIDTH // end,
            week.expected,
        )
        for week in weeks
    ]


def month_bar(month: date, ledger: Ledger, ratio: float) -> Bar:
    """Planned against theoretical minutes of a month, the worked part darker, the guide as a mark."""
    end = max(ledger.theoretical, ledger.planned, 1)
    return Bar(
        f"{month.month}月",
        ledger.planned,
        ledger.actual,
        ledger.free,
        ledger.planned * WIDTH // end,
        ledger.actual * WIDTH // end,
        mark=round(ledger.theoretical * ratio) * WIDTH // end,
    )
