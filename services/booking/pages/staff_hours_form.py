"""Hours as people write them in a field: `9:00-12:00、22:00-26:00`, one field a weekday or a date. Empty: not working."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.booking.hours import DateHours, Hours, Span, WeeklyHours, check_exceptions, check_weekly_hours
from services.booking.service_day import MINUTES, span_text
from shared.errors import Invalid

WEEKDAYS = "月火水木金土日"
TIME = r"(\d{1,2})(?:[:時](\d{2})?分?)?"
SPAN = re.compile(rf"{TIME}\s*(?:-|から)\s*{TIME}(?:\s*まで)?")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー〜～~", "-"))
CANNOT_READ = "9:00-12:00 のように、始めと終わりの時刻を書いてください"
NO_SUCH_TIME = "0:00から30:00までの時刻を、始めが先、終わりが後になるように、5分きざみで書いてください"
OVERLAPS = "ほかの時間と重なっています（前の日の夜の続きも確かめてください）"
TWICE = "同じ日が2回あります"
CANNOT_READ_DATE = "日付を選んでください"


@dataclass(frozen=True)
class HoursForm:
    """What stands in the fields. `dates` are (date, hours) as they were typed; `problems` name fields."""

    weekly: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    works_holidays: bool
    problems: Mapping[str, str] = field(default_factory=dict)


def written(hours: Hours, today: date, blank: int = 3) -> HoursForm:
    """The form of present hours: dates from `today` on, and empty rows to add some."""
    weekly = [_spans([h for h in hours.weekly if h.weekday == n]) for n in range(7)]
    dates = [
        (e.service_date.isoformat(), _spans(e.spans)) for e in hours.exceptions if e.service_date >= today
    ]
    return HoursForm(tuple(weekly), (*dates, *[("", "")] * blank), hours.works_holidays)


def typed(form: Mapping[str, Sequence[str]]) -> HoursForm:
    """The form as it was sent."""
    weekly = tuple(next(iter(form.get(f"weekday-{n}", ())), "")[:200] for n in range(7))
    rows = zip(form.get("date", ()), form.get("hours", ()), strict=False)
    dates = tuple((day[:10], text[:200]) for day, text in rows)[:400]
    return HoursForm(weekly, dates, "works_holidays" in form)


def read(form: HoursForm, past: Sequence[DateHours]) -> tuple[Hours | None, HoursForm]:
    """The hours that the form says, with the dates of the past, which it does not show; or the form with what is wrong in it."""
    problems: dict[str, str] = {}
    weekly: list[WeeklyHours] = []
    for weekday, text in enumerate(form.weekly):
        found = _read_spans(text)
        if found is None:
            problems[f"weekday-{weekday}"] = CANNOT_READ
        else:
            weekly += [WeeklyHours(weekday, s.start_minute, s.end_minute) for s in found]
    dates: list[tuple[int, DateHours]] = []
    for n, (day, text) in enumerate(form.dates):
        if not day and not text.strip():
            continue
        found, parsed = _read_spans(text), _read_date(day)
        if parsed is None:
            problems[f"date-{n}"] = CANNOT_READ_DATE
        elif found is None:
            problems[f"hours-{n}"] = CANNOT_READ
        else:
            dates.append((n, DateHours(parsed, found)))
    if not problems:
        try:
            asked = tuple(d for _, d in dates)
            hours = check_exceptions(Hours(check_weekly_hours(weekly), asked, form.works_holidays))
            return replace(hours, exceptions=(*past, *hours.exceptions)), form
        except Invalid as refused:
            problems = _problem(refused, weekly, [n for n, _ in dates])
    return None, HoursForm(form.weekly, form.dates, form.works_holidays, problems)


def _problem(refused: Invalid, weekly: Sequence[WeeklyHours], rows: Sequence[int]) -> dict[str, str]:
    """The field of the page that an error of the rules is about."""
    parts = refused.field.split(".")
    overlap = "overlap" in refused.detail
    if parts[0] == "weekly_hours":
        weekday = weekly[int(parts[1])].weekday
        return {f"weekday-{weekday}": OVERLAPS if overlap else NO_SUCH_TIME}
    row = rows[int(parts[1])]
    if parts[-1] == "service_date":
        return {f"date-{row}": TWICE}
    return {f"hours-{row}": OVERLAPS if overlap else NO_SUCH_TIME}


def _read_spans(text: str) -> tuple[Span, ...] | None:
    """None for what cannot be read."""
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).strip()
    if plain in ("", "休み", "なし"):
        return ()
    spans = []
    for part in re.split(r"\s*[、,;/]\s*|\n", plain):
        match = SPAN.fullmatch(part.strip())
        if match is None:
            return None
        hour, minute, to_hour, to_minute = (int(found or 0) for found in match.groups())
        if max(minute, to_minute) > 59 or max(hour, to_hour) > MINUTES // 60:
            return None
        spans.append(Span(hour * 60 + minute, to_hour * 60 + to_minute))
    return tuple(spans)


def read_time(text: str) -> int | None:
    """Minutes of a service day of `24:30`; None for what is none."""
    match = re.fullmatch(TIME, unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    minute = int(match[1]) * 60 + int(match[2] or 0)
    return minute if minute <= MINUTES and int(match[2] or 0) < 60 else None


def _read_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _spans(spans: Sequence[Span | WeeklyHours]) -> str:
    return "、".join(span_text(s.start_minute, s.end_minute) for s in spans)
