"""What the staff's pages show of appointments: in words, day by day, and as a strip of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from services.booking.appointment import Appointment
from services.booking.counsellor import Counsellor
from services.booking.hours import Absence, is_holiday
from services.booking.service_day import MINUTES, instant

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
EARLIEST, LATEST = 480, 1320
"""8:00 and 22:00: a strip shows at least these hours."""


def reference(resident_id: str) -> str:
    """A short code for telling residents apart on a page; nobody can be found by it."""
    return resident_id[-6:].upper()


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
    said = "、".join(_text(s, e) for s, e in spans) or "なし"
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


def _text(start: int, end: int) -> str:
    return f"{start // 60}:{start % 60:02d}-{end // 60}:{end % 60:02d}"
