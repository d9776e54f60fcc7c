"""A series of appointments as staff write it in a form: how it is read, and how it stands there again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from services.booking.pages.asking import COUNSELLOR, USUAL, read_date
from services.booking.pages.staff_hours_form import read_time
from services.booking.pages.views import CHANNELS
from services.booking.series import MOST, SeriesRule, check_series
from shared.errors import Invalid
from shared.events.booking import AppointmentChannel

EVERY = {1: "毎週", 2: "2週間ごと", 3: "3週間ごと", 4: "4週間ごと"}
PROBLEMS = {
    "first_date": "最初の日を、今日から1年以内で選んでください",
    "time": "始まる時刻を、22:00 や 24:30 のように、5分きざみで書いてください",
    "count": f"回数を、2から{MOST}までで書いてください。最後の日は、今日から400日以内にしてください",
    "minutes": "終わりが30:00をこえない長さを選んでください",
    "skip": "すべての日を外すことはできません",
}
FIELDS = {"start_minute": "time", "except_dates": "skip", "service_date": "first_date"}
"""Names of the rules -> names of the form, where they differ."""


@dataclass(frozen=True)
class SeriesForm:
    """What stands in the fields; `skip` are the dates that are left out."""

    channel: AppointmentChannel
    counsellor_id: str | None = None
    minutes: int = USUAL
    first_date: str = ""
    time: str = ""
    every_weeks: int = 1
    count: str = "6"
    skip: tuple[date, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    def fields(self) -> list[tuple[str, str]]:
        """The names and values that `typed` reads again, but for the dates that are left out."""
        return [
            ("channel", self.channel),
            ("counsellor", self.counsellor_id or ""),
            ("minutes", str(self.minutes)),
            ("first_date", self.first_date),
            ("time", self.time),
            ("every_weeks", str(self.every_weeks)),
            ("count", self.count),
        ]

    def query(self, *, also_skip: date | None = None) -> str:
        """The same with the dates that are left out, and one more, as the part of an address after `?`."""
        skip = sorted({*self.skip, also_skip} if also_skip else self.skip)
        return urlencode([*self.fields(), *(("skip", day.isoformat()) for day in skip)])

    def wrong(self, refused: Invalid) -> "SeriesForm":
        """The form with what the rules say of it."""
        name = FIELDS.get(refused.field, refused.field)
        known = name if name in PROBLEMS else "first_date"
        return replace(self, problems={known: PROBLEMS[known]})


def typed(form: Mapping[str, Sequence[str]], offered: Sequence[AppointmentChannel]) -> SeriesForm:
    """The form as it was sent; in the place of what no form of ours says stands what is usual."""

    def one(name: str, usual: str = "") -> str:
        return next(iter(form.get(name, ())), usual).strip()[:40]

    channel, who, minutes = one("channel"), one("counsellor"), one("minutes")
    every = {str(n): n for n in EVERY}.get(one("every_weeks"), 1)
    skip = {day for text in form.get("skip", ()) if (day := read_date(text))}
    return SeriesForm(
        next((known for known in CHANNELS if known == channel), next(iter(offered), "online")),
        who if COUNSELLOR.fullmatch(who) else None,
        int(minutes) if minutes.isascii() and minutes.isdigit() else USUAL,
        one("first_date"),
        one("time"),
        every,
        one("count", "6"),
        tuple(sorted(skip))[:MOST],
    )


def read(form: SeriesForm, today: date) -> tuple[SeriesRule | None, SeriesForm]:
    """The rule that the form says, or the form with what is wrong in it."""
    first, start = read_date(form.first_date), read_time(form.time)
    count = int(form.count) if form.count.isascii() and form.count.isdigit() and len(form.count) < 4 else 0
    if first is None or abs(first - today) > timedelta(days=366):
        return None, replace(form, problems={"first_date": PROBLEMS["first_date"]})
    if start is None:
        return None, replace(form, problems={"time": PROBLEMS["time"]})
    rule = SeriesRule(first, start, form.minutes, form.channel, form.every_weeks, count)
    skip = tuple(day for day in form.skip if day in rule.dates()) if 2 <= count <= MOST else ()
    try:
        return check_series(replace(rule, except_dates=skip), today), replace(form, skip=skip)
    except Invalid as refused:
        return None, form.wrong(refused)
