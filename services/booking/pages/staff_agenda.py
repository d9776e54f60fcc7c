"""What the staff's pages show of appointments: in words, day by day, and as a strip of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from services.booking.appointment import Appointment
from services.booking.counsellor import Counsellor
from services.booking.hours import Absence, is_holiday
from services.booking.roster import DAWN
from services.booking.service_day import MIDNIGHT, MINUTES, instant, span_text
from shared.web.pages import service_day_text, service_minute_text

STATES = {
    "held": "仮の予約",
    "confirmed": "予約ずみ",
    "attended": "相談ずみ",
    "missed": "行えませんでした",
    "cancelled": "取り消し",
}
MISSED = {"resident": "住民の都合がつかず", "counsellor": "相談員の都合で行えず"}
CLOSED = {
    "not-here": "担当期間の外",
    "exception": "この日は休み",
    "holiday": "祝日",
    "weekly": "担当の時間なし",
}
LANGUAGES = {
    "ja": "日本語",
    "en": "英語",
    "zh": "中国語",
    "ko": "韓国語",
    "pt": "ポルトガル語",
    "vi": "ベトナム語",
    "es": "スペイン語",
}
"""Codes without a name here are shown as they are."""
EARLIEST, LATEST = 480, 1320
"""8:00 and 22:00: a strip shows at least these hours."""


def reference(resident_id: str) -> str:
    """A short code for telling residents apart on a page; nobody can be found by it."""
    return resident_id[-6:].upper()


def language_name(code: str) -> str:
    """The name of a language; its code where it has none here."""
    return LANGUAGES.get(code.partition("-")[0], code)


def state_text(appointment: Appointment, now: datetime) -> str:
    """The state in words; an appointment that is over and has no record says so."""
    if appointment.state == "missed" and appointment.missed_by:
        return MISSED[appointment.missed_by]
    if unmarked(appointment, now):
        return "記録がまだです"
    return STATES[appointment.state]


def unmarked(appointment: Appointment, now: datetime) -> bool:
    """Is it over without anybody having said whether it took place?"""
    return appointment.state == "confirmed" and appointment.slot.ends_at <= now


def stretch_text(absence: Absence, zone: tzinfo) -> str:
    """An absence as service days say it: whole days by their dates, else with times up to 30:00.

    12月3日（木）まる1日 / 12月3日（木）から12月5日（土）まで / 12月3日（木） 24:00 から 12月3日（木） 30:00 まで
    """
    first, start = _service_time(absence.starts_at, zone)
    last, end = _service_time(absence.ends_at, zone, ending=True)
    if (start, end) == (DAWN, MINUTES):
        whole = service_day_text(first)
        return f"{whole} まる1日" if first == last else f"{whole}から{service_day_text(last)}まで"
    return (
        f"{service_day_text(first)} {service_minute_text(start)} から "
        f"{service_day_text(last)} {service_minute_text(end)} まで"
    )


def _service_time(moment: datetime, zone: tzinfo, *, ending: bool = False) -> tuple[date, int]:
    """An instant as a service day and its minute; the night belongs to the day before, and so does 6:00 where something ends."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if minute < DAWN or (ending and minute == DAWN):
        return local.date() - timedelta(days=1), minute + MIDNIGHT
    return local.date(), minute


@dataclass(frozen=True)
class Bar:
    """A part of a strip, in minutes of the service day."""

    start: int
    length: int
    kind: str


@dataclass(frozen=True)
class Strip:
    """One service day as a strip: open hours, leave, appointments. `label` says the same in words."""

    start: int
    end: int
    bars: tuple[Bar, ...]
    label: str

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Day:
    """A service day of an agenda. `closed` says why the counsellor does not work, empty when they do or when nobody is chosen."""

    day: date
    appointments: tuple[Appointment, ...]
    cancelled: tuple[Appointment, ...]
    strip: Strip | None = None
    closed: str = ""
    leaves: tuple[Absence, ...] = ()

    @property
    def holiday(self) -> bool:
        return is_holiday(self.day)


def days_of(
    first: date, days: int, appointments: Iterable[Appointment], counsellor: Counsellor | None, zone: tzinfo
) -> list[Day]:
    """The service days from `first` on, each with its appointments in order of time."""
    by_day: dict[date, list[Appointment]] = {first + timedelta(days=n): [] for n in range(days)}
    for appointment in appointments:
        by_day.get(appointment.slot.service_date, []).append(appointment)
    return [_day(day, found, counsellor, zone) for day, found in by_day.items()]


def _day(day: date, found: Sequence[Appointment], counsellor: Counsellor | None, zone: tzinfo) -> Day:
    kept = tuple(a for a in found if a.state != "cancelled")
    gone = tuple(a for a in found if a.state == "cancelled")
    if counsellor is None:
        return Day(day, kept, gone)
    starts, ends = instant(day, 0, zone), instant(day, MINUTES, zone)
    away = tuple(a for a in counsellor.absences if a.starts_at < ends and starts < a.ends_at)
    leaves = tuple(a for a in away if a.kind == "leave" and _takes_hours(a, counsellor, day, zone))
    closed = counsellor.hours.closed(day)
    strip = _strip(day, kept, counsellor, away, zone)
    return Day(day, kept, gone, strip, CLOSED[closed] if closed else "", leaves)


def _takes_hours(leave: Absence, counsellor: Counsellor, day: date, zone: tzinfo) -> bool:
    """Does the leave take anything of this day's hours, and not only of the night that belongs to another day?"""
    return any(
        leave.starts_at < instant(day, span.end_minute, zone)
        and instant(day, span.start_minute, zone) < leave.ends_at
        for span in counsellor.hours_on(day)
    )


def _strip(
    day: date, kept: Sequence[Appointment], counsellor: Counsellor, away: Sequence[Absence], zone: tzinfo
) -> Strip | None:
    hours = counsellor.hours_on(day)
    spans = [(s.start_minute, s.end_minute) for s in hours]
    taken = [(a.slot.start_minute, a.slot.end_minute) for a in kept]
    if not spans and not taken:
        return None
    start = min(EARLIEST, *(s for s, _ in [*spans, *taken])) // 60 * 60
    end = -(-max(LATEST, *(e for _, e in [*spans, *taken])) // 60) * 60
    bars = [Bar(s, e - s, "open") for s, e in spans]
    bars += [Bar(s, e - s, "away") for s, e in _away(day, away, start, end, zone)]
    bars += [Bar(s, e - s, "taken") for s, e in taken]
    said = "、".join(span_text(s, e) for s, e in spans) or "なし"
    return Strip(start, end, tuple(bars), f"担当の時間 {said}。予約 {len(taken)}件。")


def _away(
    day: date, away: Sequence[Absence], start: int, end: int, zone: tzinfo
) -> Iterable[tuple[int, int]]:
    """Absences in minutes of the service day, as far as the strip goes."""
    origin = instant(day, 0, zone)
    for absence in away:
        begins = max(start, int((absence.starts_at - origin).total_seconds() // 60))
        ends = min(end, int((absence.ends_at - origin).total_seconds() // 60))
        if begins < ends:
            yield begins, ends
