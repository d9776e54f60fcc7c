"""What a worker wishes for, as a form: more hours or not, and for each weekday one stretch that suits. What staff wrote in more detail stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.booking.centre.worker import Worker
from services.booking.hours import WeeklyHours
from services.booking.pages.work_views import STEP
from services.booking.service_day import MINUTES
from shared.web.pages import service_minute_text

WEEKDAYS = "月火水木金土日"
Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class WishDay:
    """A weekday (0 is Monday), minutes of the service day, None for a day without. `fixed`: its several stretches are shown, not asked for."""

    weekday: int
    start: int | None = None
    end: int | None = None
    liked: bool = False
    fixed: tuple[WeeklyHours, ...] = ()

    @property
    def name(self) -> str:
        return f"{WEEKDAYS[self.weekday]}曜日"

    @property
    def broken(self) -> bool:
        """Only one of the two times, or an end that does not come after the start."""
        if self.start is None or self.end is None:
            return self.start is not self.end
        return not 0 <= self.start < self.end <= MINUTES


def wished(worker: Worker) -> list[WishDay]:
    """The seven days as they are kept."""
    found = []
    for weekday in range(7):
        own = tuple(h for h in worker.available if h.weekday == weekday)
        liked = any(h.weekday == weekday for h in worker.preferred)
        if len(own) > 1:
            found.append(WishDay(weekday, liked=liked, fixed=own))
        elif own:
            found.append(WishDay(weekday, own[0].start_minute, own[0].end_minute, liked))
        else:
            found.append(WishDay(weekday))
    return found


def typed(days: Sequence[WishDay], form: Form) -> list[WishDay]:
    """The days as a form says them."""
    return [
        day
        if day.fixed
        else WishDay(
            day.weekday,
            _minute(form, f"start-{day.weekday}"),
            _minute(form, f"end-{day.weekday}"),
            f"liked-{day.weekday}" in form,
        )
        for day in days
    ]


def hours_of(
    worker: Worker, days: Sequence[WishDay]
) -> tuple[tuple[WeeklyHours, ...], tuple[WeeklyHours, ...]]:
    """(available, preferred) hours of the week. A day that is as it was keeps the hours that staff wrote for it."""
    available: list[WeeklyHours] = []
    preferred: list[WeeklyHours] = []
    for day, before in zip(days, wished(worker), strict=True):
        liked = [h for h in worker.preferred if h.weekday == day.weekday]
        if day.fixed or day == before:
            available += [h for h in worker.available if h.weekday == day.weekday]
            preferred += liked
        elif day.start is not None and day.end is not None:
            span = WeeklyHours(day.weekday, day.start, day.end)
            available.append(span)
            preferred += [span] if day.liked else []
    return tuple(available), tuple(preferred)


def choices(days: Sequence[WishDay]) -> list[tuple[int, str]]:
    """Times to choose from, in half hours, and whatever stands in the form already."""
    own = {minute for day in days for minute in (day.start, day.end) if minute is not None}
    return [(m, service_minute_text(m)) for m in sorted({*range(0, MINUTES + 1, STEP), *own}) if m <= MINUTES]


def _minute(form: Form, name: str) -> int | None:
    text = next(iter(form.get(name, ())), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
